// What every page has around its content: word of the network, the service worker and its new versions, the way to install.

import { boot, button, el, part, say } from "./dom.js";

const HOUR = 3_600_000;
let wasOffline = false;

export function frame() {
  showNetwork();
  addEventListener("online", showNetwork);
  addEventListener("offline", showNetwork);
  offerInstall();
  if ("serviceWorker" in navigator) {
    // The first look at the page has the line for itself.
    if (document.readyState === "complete") startWorker();
    else addEventListener("load", () => setTimeout(startWorker, 500), { once: true });
  }
}

/**
 * A short word at the lower edge.
 * @param {string} text
 * @param {Node} [way]
 */
export function toast(text, way) {
  const made = el("div", { class: "toast" }, el("p", {}, text), way);
  part("toasts").append(made);
  if (!way) setTimeout(() => made.remove(), 4000);
}

/**
 * @param {string} name
 * @returns {NodeListOf<HTMLElement>}
 */
export function parts(name) {
  return document.querySelectorAll(`[data-ui="${name}"]`);
}

/** The chosen day of a row that is wider than the screen; the page itself stays where it is. */
export function showChosenDays() {
  for (const row of parts("days")) {
    const chosen = row.querySelector("[aria-current]");
    if (!chosen || row.scrollWidth <= row.clientWidth) continue;
    const [outer, inner] = [row, chosen].map((one) => one.getBoundingClientRect());
    row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }
}

function showNetwork() {
  const bar = part("offline-bar");
  bar.hidden = navigator.onLine;
  bar.textContent = navigator.onLine ? "" : say("offline");
  if (navigator.onLine && wasOffline) toast(say("online"));
  wasOffline = !navigator.onLine;
}

async function startWorker() {
  const registration = await navigator.serviceWorker.register("/sw.js", { type: "module" }).catch(() => null);
  if (!registration) return;
  registration.addEventListener("updatefound", () => watch(registration));
  watch(registration);
  let asked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - asked < HOUR) return;
    asked = Date.now();
    registration.update().catch(() => undefined);
  });
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ type: "language", language: boot.language });
}

/**
 * A new version waits until the person wants it: parts of two versions on one page would not fit.
 * @param {ServiceWorkerRegistration} registration
 */
function watch({ waiting, installing }) {
  if (waiting && navigator.serviceWorker.controller) offerUpdate(waiting);
  installing?.addEventListener("statechange", () => {
    if (installing.state === "installed" && navigator.serviceWorker.controller) offerUpdate(installing);
  });
}

/** @param {ServiceWorker} worker */
function offerUpdate(worker) {
  if (part("update")) return;
  const load = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    worker.postMessage({ type: "activate" });
  };
  toast(say("new_version"), el("button", { type: "button", "data-ui": "update", click: load }, say("load_now")));
}

/** Pages that have a place for it say how the app comes onto the home screen, unless it is there or the person declined. */
function offerInstall() {
  const place = part("install");
  if (!place || matchMedia("(display-mode: standalone)").matches || localStorage.getItem("install") === "no") return;
  const decline = button(say("install_no"), () => {
    localStorage.setItem("install", "no");
    place.hidden = true;
  }, "quiet small");
  const show = (/** @type {Node[]} */ ...content) => {
    place.replaceChildren(el("h2", {}, say("install")), ...content);
    place.hidden = false;
  };
  if (isApple()) {
    const steps = el("ol", { class: "steps" }, el("li", {}, say("install_ios_1")), el("li", {}, say("install_ios_2")));
    show(el("p", {}, say("install_why")), steps, el("div", { class: "row" }, decline));
    return;
  }
  addEventListener("beforeinstallprompt", (/** @type {any} */ event) => {
    event.preventDefault();
    const install = button(say("install_now"), () => {
      event.prompt();
      place.hidden = true;
    }, "primary small");
    show(el("p", {}, say("install_why")), el("div", { class: "row" }, install, decline));
  });
}

/** Whether this is an iPhone or iPad; the latter says that it is a Mac, but no Mac is touched. */
export function isApple() {
  return /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
}
