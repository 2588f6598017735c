// Messages on the lock screen: whether this browser shows them, allowing and ending it, and trying whether they arrive.

import { ask } from "../lib/contact.js";
import { nameOf } from "../keys.js";
import { button, el, say } from "./dom.js";
import { isApple } from "./frame.js";

const ADDRESS = "/api/v1/push-subscription";
// A browser whose push service cannot be reached may never answer.
const PATIENCE = 20_000;
// How often a trial is asked after, and for how long; then it is slow enough to say so.
const STEP = 700, STEPS = 22;

/** @param {HTMLElement} place with the key of the server in `data-key`, and in `data-known` digests of the endpoints that it has */
export async function offerPush(place) {
  const key = place.dataset.key ?? "";
  place.replaceChildren(word(say("push_working")));
  const registration = await worker();
  const isPossible = registration && "PushManager" in window && "Notification" in window;
  if (!isPossible) return place.replaceChildren(...impossible());
  const subscription = await fitting(registration, key, place.dataset.known ?? "");
  if (Notification.permission === "denied") place.replaceChildren(...denied());
  else if (subscription) showOn(place, registration, subscription);
  else showOff(place, registration, key);
  return undefined;
}

/** The service worker, once it is there; a private window has none and does not say so. */
async function worker() {
  if (!("serviceWorker" in navigator)) return null;
  return within(navigator.serviceWorker.ready, 5000).catch(() => null);
}

/**
 * The subscription of this browser, if it was made for the key that the server has now and for whoever is signed in.
 * @param {ServiceWorkerRegistration} registration
 * @param {string} key
 * @param {string} known
 */
async function fitting(registration, key, known) {
  const found = await registration.pushManager.getSubscription().catch(() => null);
  if (!found) return null;
  const made = found.options.applicationServerKey;
  if ((!made || base64url(made) === key) && known.includes(await digest(found.endpoint))) return found;
  await found.unsubscribe().catch(() => false);
  return null;
}

/** @param {string} endpoint */
async function digest(endpoint) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {HTMLElement} place
 * @param {ServiceWorkerRegistration} registration
 * @param {string} key
 * @param {string} [trouble]
 */
function showOff(place, registration, key, trouble) {
  const on = button(say("push_on"), async () => {
    on.disabled = true;
    status.textContent = say("push_working");
    const problem = await allow(registration, key);
    if (problem === "denied") place.replaceChildren(...denied());
    else if (problem) showOff(place, registration, key, say(problem));
    else location.reload();
  }, "primary");
  const status = word(trouble ?? say("push_is_off"));
  place.replaceChildren(status, el("div", { class: "row" }, on));
}

/**
 * @param {HTMLElement} place
 * @param {ServiceWorkerRegistration} registration
 * @param {PushSubscription} subscription
 */
function showOn(place, registration, subscription) {
  const status = word(say("push_is_on"));
  const attempt = button(say("push_try"), async () => {
    attempt.disabled = true;
    status.textContent = say("push_trying");
    status.textContent = await outcome(subscription);
    attempt.disabled = false;
  }, "");
  const off = button(say("push_off"), async () => {
    if (!navigator.onLine) return void (status.textContent = say("push_no_net"));
    await end(registration);
    location.reload();
  }, "quiet");
  place.replaceChildren(status, el("div", { class: "row" }, attempt, off));
}

/**
 * Ask the person, then the browser, then tell the server. Returns the text that says why not, or null.
 * @param {ServiceWorkerRegistration} registration
 * @param {string} key
 */
async function allow(registration, key) {
  if (!navigator.onLine) return "push_no_net";
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? "denied" : "push_not_asked";
  try {
    const options = { userVisibleOnly: true, applicationServerKey: key };
    const subscription = await within(registration.pushManager.subscribe(options), PATIENCE);
    if (await keep(subscription)) return null;
    await subscription.unsubscribe().catch(() => false);
    return "push_no_net";
  } catch {
    return "push_no_service";
  }
}

/**
 * Tell the server where this browser takes messages.
 * @param {PushSubscription} subscription
 */
async function keep(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const name = nameOf(navigator.userAgent) ?? "";
  return (await send("PUT", ADDRESS, { endpoint, p256dh: keys?.p256dh, auth: keys?.auth, name })).status === 204;
}

/**
 * End the messages to this browser; also when the server is not told, because the browser takes no more then.
 * @param {ServiceWorkerRegistration} registration
 */
export async function end(registration) {
  const subscription = await registration.pushManager?.getSubscription().catch(() => null);
  if (!subscription) return;
  await send("DELETE", ADDRESS, { endpoint: subscription.endpoint });
  await subscription.unsubscribe().catch(() => false);
}

/**
 * Send a message to this browser and say in words what becomes of it.
 * @param {PushSubscription} subscription
 */
async function outcome(subscription) {
  const trial = { isShown: false, state: "waiting" };
  const seen = (/** @type {MessageEvent} */ event) => {
    trial.isShown ||= event.data?.type === "shown";
  };
  navigator.serviceWorker.addEventListener("message", seen);
  try {
    const { status, body } = await send("POST", `${ADDRESS}/trials`, { endpoint: subscription.endpoint });
    const said = /** @type {any} */ (body);
    if (status !== 200) return said?.detail ?? say("push_no_net");
    for (let step = 0; step < STEPS && !trial.isShown && (trial.state === "waiting" || trial.state === "sent"); step += 1) {
      await new Promise((resolve) => setTimeout(resolve, STEP));
      if (trial.state !== "waiting") continue;
      const { body: now } = await ask(`${ADDRESS}/trials/${said.trial}`, {});
      trial.state = /** @type {any} */ (now)?.state ?? trial.state;
    }
    return say(trial.isShown ? "push_shown" : `push_${trial.state}`);
  } finally {
    navigator.serviceWorker.removeEventListener("message", seen);
  }
}

/** Why this browser shows no messages, and what helps. */
function impossible() {
  if (!isApple()) return [word(say("push_unsupported"))];
  const steps = el("ol", { class: "steps" }, el("li", {}, say("push_apple_1")), el("li", {}, say("push_apple_2")));
  return [word(say("push_apple")), steps, el("p", { class: "hint" }, say("push_apple_old"))];
}

function denied() {
  const way = isApple() ? "apple" : /Android/.test(navigator.userAgent) ? "android" : "other";
  return [word(say("push_denied")), el("p", {}, say(`push_denied_${way}`)), el("p", {}, say("push_denied_then"))];
}

/** @param {string} text */
function word(text) {
  return el("p", { role: "status", "data-ui": "push-word" }, text);
}

/**
 * @param {string} method
 * @param {string} address
 * @param {object} body
 */
function send(method, address, body) {
  const headers = { "Content-Type": "application/json", "Nahplatz-Client": "1" };
  return ask(address, { method, headers, body: JSON.stringify(body) });
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} patience milliseconds
 * @returns {Promise<T>}
 */
function within(promise, patience) {
  return Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error("too slow")), patience))]);
}

/** @param {ArrayBuffer} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
