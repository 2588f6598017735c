// The app without network. /sw.js imports this under its build's address, so a new build is a new worker.
// It keeps only files that are the same for everybody, never an answer to a signed-in person.

import { BUILD } from "./lib/contact.js";
import { drain } from "./outbox.js";
import { closeStale, open, renew, showPush } from "./sw/pushes.js";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const PREFIX = "nahplatz-build-";
const CACHE = PREFIX + BUILD;
const SETTINGS = "nahplatz-settings";
// How long the network may take: short for a page that is kept here, else late is better than "no network".
const PATIENCE = { kept: 3000, unkept: 10_000 };
const TIDY = 2000;
const LEGAL = /^\/(hilfe|impressum|datenschutz|barrierefreiheit)$/;
const SHELL = /^\/(meine$|c\/)/i;
const DISPLAY = /^\/anzeige\//;
const BOARD = /^\/gastgeber\/[^/]+$/;

worker.addEventListener("install", (/** @type {any} */ event) => {
  // Where the browser can, it takes files without waking this worker.
  const routed = event.addRoutes?.({ condition: { urlPattern: { pathname: "/assets/*" } }, source: "cache" });
  event.waitUntil(Promise.all([routed?.catch(() => undefined), precache()]));
});
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("sync", (/** @type {any} */ event) => event.waitUntil(drainInBackground()));
// A phone that is woken up may have network again, so what waits is sent too.
worker.addEventListener("push", (event) => event.waitUntil(Promise.all([showPush(event.data), drain(true).catch(() => undefined)])));
worker.addEventListener("notificationclick", (event) => event.waitUntil(open(event)));
worker.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

worker.addEventListener("message", (event) => {
  const { type, language } = event.data;
  // Only the person decides when a new version takes over.
  if (type === "activate") event.waitUntil(worker.skipWaiting());
  if (type === "refill") event.waitUntil(precache());
  if (type === "language") event.waitUntil(Promise.all([keepLanguage(language), tidied()]));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (request.method === "GET" && url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
});

async function precache() {
  const response = await fetch(`/assets/${BUILD}/precache.json`);
  const { urls } = await response.json();
  const cache = await caches.open(CACHE);
  await cache.addAll(urls);
}

/** The build before stays: a page that is still open may load a part of it. */
async function takeOver() {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** @param {Request} request */
async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}

/**
 * @param {Request} request
 * @param {URL} url
 * @returns {Promise<Response>}
 */
async function page(request, url) {
  const asked = url.searchParams.get("lang");
  const legal = LEGAL.exec(url.pathname);
  const name = BOARD.test(url.pathname) ? "board" : "shell";
  const offline = async () => (legal && (await kept(legal[1], asked))) || kept(name, asked);
  if (request.method !== "GET") return fetch(request).catch(async (error) => (await offline()) ?? Promise.reject(error));
  if (asked === null && DISPLAY.test(url.pathname)) return (await kept("display", null)) ?? fetch(request);
  // Only a change of language asks the server for a shell.
  const isShell = asked === null && (name === "board" || SHELL.test(url.pathname));
  const shell = isShell ? await kept(name, null) : undefined;
  return shell ?? networkFirst(request, offline, legal ? PATIENCE.kept : PATIENCE.unkept);
}

/**
 * @param {Request} request
 * @param {() => Promise<Response | undefined>} offline
 * @param {number} patience milliseconds
 */
async function networkFirst(request, offline, patience) {
  const network = fetch(request).then((response) => {
    // The proxy has no server: as good as no network.
    if (response.status === 502 || response.status === 504) throw new Error("no server");
    return response;
  });
  network.catch(() => undefined);
  /** @type {Promise<undefined>} */
  const late = new Promise((resolve) => setTimeout(resolve, patience, undefined));
  const answer = await Promise.race([network, late]).catch(() => undefined);
  return answer ?? (await offline()) ?? network;
}

/**
 * A page of this build from the cache, in the person's language.
 * @param {string} name
 * @param {string | null} asked
 */
async function kept(name, asked) {
  const language = asked ?? (await keptLanguage());
  const address = (/** @type {string} */ each) => `/assets/${BUILD}/${name}.${each}.html`;
  return (await caches.match(address(language))) ?? caches.match(address("de"));
}

async function keptLanguage() {
  const setting = await caches.match("/language", { cacheName: SETTINGS });
  return setting ? setting.text() : navigator.language.slice(0, 2);
}

/** @param {string} language */
async function keepLanguage(language) {
  if ((await keptLanguage()) === language) return;
  const settings = await caches.open(SETTINGS);
  await settings.put("/language", new Response(language));
}

/** Every page says its language when it starts; a moment later it has asked for its bookings too. */
async function tidied() {
  await new Promise((resolve) => setTimeout(resolve, TIDY));
  await closeStale();
}

async function drainInBackground() {
  const windows = await worker.clients.matchAll({ type: "window" });
  // Phones that wake up together do not ask together.
  if (windows.length === 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * 10_000));
  const { kind, pending } = await drain(true);
  // The browser tries a failed sync again.
  if (pending > 0 && (kind === "offline" || kind === "paused")) throw new Error("not all sent");
}
