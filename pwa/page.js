// The pages that the server makes work without this; it adds the network bar, the service worker, the position and a clean sign-out.

import { frame, parts, showChosenDays, toast } from "./ui/frame.js";
import { holder } from "./lib/entries.js";
import { button, el, part, say } from "./ui/dom.js";

const FRESH = 600_000;
const PUSH_PATIENCE = 5000;

frame();
offerPosition();
showChosenDays();
countDays();
for (const table of parts("sorted")) import("./ui/sorting.js").then(({ sortable }) => sortable(table));
for (const field of parts("given")) import("./ui/copying.js").then(({ copyable }) => copyable(field));
for (const place of parts("push")) import("./ui/push.js").then(({ offerPush }) => offerPush(place));
for (const form of parts("sign-out")) form.addEventListener("submit", signOut);
for (const form of parts("sign-in")) form.addEventListener("submit", signIn);
// The first look at the page has the line for itself.
if (document.readyState === "complete") attendOutbox();
else addEventListener("load", attendOutbox, { once: true });

/** @type {WeakSet<EventTarget>} forms that may go now */
const ready = new WeakSet();

/**
 * Who signs in may be somebody else than the last one here.
 * @param {SubmitEvent} event
 */
async function signIn(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (ready.delete(form)) return;
  event.preventDefault();
  ready.add(form);
  try {
    if (await isKept()) await (await import("./session.js")).signIn();
  } finally {
    form.requestSubmit(event.submitter);
  }
}

/** Whether this phone keeps anything; asking must not make the database. */
async function isKept() {
  return (await indexedDB.databases()).some(({ name }) => name === "nahplatz");
}

/** Check-ins that wait are sent from every page, but who only looks around has none. */
async function attendOutbox() {
  if (!(await isKept())) return;
  const { attend } = await import("./sync.js");
  await attend(() => undefined, FRESH);
}

function offerPosition() {
  const place = part("position");
  if (!place) return;
  place.addEventListener("click", () => {
    place.toggleAttribute("disabled", true);
    navigator.geolocation.getCurrentPosition(go, () => {
      place.toggleAttribute("disabled", false);
      toast(say("no_position"));
    }, { timeout: 10_000, maximumAge: 600_000 });
  });
}

/** Who books several days at once reads on the button how many, and beside it what they cost together. */
function countDays() {
  const form = part("book");
  if (!form) return;
  const [labels, prices] = [form.dataset.labels, form.dataset.prices].map((list) => list?.split("|") ?? []);
  const count = () => {
    const chosen = form.querySelectorAll("input[name=date]:checked").length;
    part("book-button").textContent = labels[chosen];
    part("price").textContent = prices[chosen];
  };
  form.addEventListener("change", count);
  // On the way back browsers tick the days again that were ticked.
  addEventListener("pageshow", count);
}

/**
 * About a kilometre is near enough, and more is nobody's business.
 * @param {GeolocationPosition} position
 */
function go({ coords }) {
  const url = new URL(location.href);
  url.searchParams.delete("town");
  url.searchParams.set("near", `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`);
  location.assign(url);
}

/** @param {SubmitEvent} event */
async function signOut(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!navigator.onLine) return toast(say("sign_out_offline"));
  const [{ drain }, { state }, session] = await Promise.all([import("./outbox.js"), import("./store.js"), import("./session.js")]);
  await drain(true);
  const { session: known, entries } = await state();
  // What somebody else left on a shared device is theirs alone, even as a number.
  const unsent = entries.filter((entry) => entry.state !== "done" && holder(entry) === (known?.person ?? null)).length;
  if (unsent > 0 && !(await confirmed(say("sign_out_unsent", { count: unsent })))) return undefined;
  await session.signOut();
  // A browser may never say what it has; nobody waits for that to sign out.
  await Promise.race([endPushes().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, PUSH_PATIENCE))]);
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  // The emptied caches held nothing about a person; they are filled again so that the app still starts without network.
  navigator.serviceWorker?.controller?.postMessage({ type: "refill" });
  return form.submit();
}

/** What comes for whoever signs out must not show on a device that others may use. */
async function endPushes() {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration || !("pushManager" in registration)) return;
  for (const each of await registration.getNotifications()) each.close();
  await (await import("./ui/push.js")).end(registration);
}

/**
 * @param {string} question
 * @returns {Promise<boolean>}
 */
function confirmed(question) {
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "card", "aria-label": question, "data-ui": "confirm" }, el("p", {}, question),
      el("div", { class: "row" }, button(say("sign_out_yes"), () => dialog.close("yes"), "primary"), button(say("stay"), () => dialog.close(), "")));
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
