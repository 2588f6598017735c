// What the worker makes of a push: one notification per booking and kind, none that makes no sense any more, and where a tap leads.

import { BUILD, ask } from "../lib/contact.js";
import { state } from "../store.js";

/** @typedef {{title: string, url: string}} Button */
/**
 * As the server writes it. `at`: when it left, `until`: when it is of no use any more, in milliseconds; `ended`: what is said if the booking is no more.
 * @typedef {{
 *   title: string, body: string, tag: string, url: string, actions: Button[], at: number, until: number, booking: string | null, ended: string | null
 * }} Push
 */

const SNAPSHOT = "/api/v1/me/snapshot";
// A phone that was just woken up may have no network yet; the reminder shall not wait for it.
const PATIENCE = 4000;
const ICONS = { icon: `/assets/${BUILD}/static/icons/icon-192.png`, badge: `/assets/${BUILD}/static/icons/notification.png` };
// What came at once was judged by the server just now; asking again would make all phones ask at the same moment.
const AT_ONCE = 120_000;
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

/**
 * Show a push. Browsers want every push to be seen, so one about a booking that was cancelled on its way says that, and quietly.
 * @param {PushMessageData | null} data
 */
export async function showPush(data) {
  const push = read(data);
  if (!push) return;
  await closeStale();
  const isOver = push.ended !== null && push.booking !== null && Date.now() - push.at > AT_ONCE && (await isGone(push.booking));
  // Only what needs its booking goes with it; that it was cancelled is still worth knowing.
  const booking = push.ended === null ? null : push.booking;
  const options = { tag: push.tag, ...ICONS, data: { url: push.url, until: push.until, booking } };
  if (isOver) {
    await worker.registration.showNotification(push.ended ?? "", { ...options, silent: true, data: { url: "/meine", until: push.until, booking: null } });
  } else {
    const actions = push.actions.map(({ title, url }) => ({ action: url, title }));
    // A second copy replaces the first without ringing again.
    await worker.registration.showNotification(push.title, /** @type {any} */ ({ ...options, body: push.body, actions }));
  }
  for (const client of await worker.clients.matchAll({ type: "window" })) client.postMessage({ type: "shown", tag: push.tag });
}

/**
 * Open what a tap is about, in a window that is there already if it can be led there.
 * @param {NotificationEvent} event
 */
export async function open({ notification, action }) {
  notification.close();
  const asked = action !== "" ? action : notification.data?.url;
  const url = new URL(typeof asked === "string" ? asked : "/meine", worker.location.origin);
  if (url.origin !== worker.location.origin) return;
  const windows = await worker.clients.matchAll({ type: "window" });
  for (const client of windows) {
    // A window of the build before, or on a page that another worker controls, cannot be led.
    const led = await client.navigate(url.href).catch(() => null);
    if (led) return void (await led.focus().catch(() => undefined));
  }
  await worker.clients.openWindow(url.href);
}

/** Close what makes no sense any more: its time is over, or its booking is. */
export async function closeStale() {
  const shown = (await worker.registration.getNotifications?.()) ?? [];
  if (shown.length === 0) return;
  const { snapshot } = await state();
  const current = snapshot ? openBookings(snapshot.body) : null;
  for (const each of shown) {
    const { until, booking } = each.data ?? {};
    const isOver = typeof until === "number" && until < Date.now();
    if (isOver || (booking && current && !current.has(booking))) each.close();
  }
}

/**
 * The browser changed its address for pushes by itself.
 * @param {any} event
 */
export async function renew({ oldSubscription, newSubscription }) {
  const options = oldSubscription?.options ?? newSubscription?.options;
  const made = newSubscription ?? (options && (await worker.registration.pushManager.subscribe(options)));
  if (!made) return;
  const { endpoint, keys } = made.toJSON();
  await send("PUT", { endpoint, p256dh: keys?.p256dh, auth: keys?.auth });
  if (oldSubscription && oldSubscription.endpoint !== endpoint) await send("DELETE", { endpoint: oldSubscription.endpoint });
}

/**
 * @param {string} method
 * @param {object} body
 */
function send(method, body) {
  const headers = { "Content-Type": "application/json", "Nahplatz-Client": "1" };
  return ask("/api/v1/push-subscription", { method, headers, body: JSON.stringify(body) });
}

/**
 * Whether the server no longer has this booking open; without an answer it is believed.
 * @param {string} booking
 */
async function isGone(booking) {
  const { status, body } = await ask(SNAPSHOT, { signal: AbortSignal.timeout(PATIENCE) });
  return status === 200 && Array.isArray(/** @type {any} */ (body)?.bookings) && !openBookings(/** @type {any} */ (body)).has(booking);
}

/** @param {import("../lib/bookings.js").Snapshot} snapshot */
function openBookings({ bookings }) {
  return new Set(bookings.filter(({ state: each }) => each === "open").map(({ uuid }) => uuid));
}

/**
 * @param {PushMessageData | null} data
 * @returns {Push | null}
 */
function read(data) {
  try {
    const push = data?.json();
    return typeof push?.title === "string" && typeof push.tag === "string" ? push : null;
  } catch {
    return null;
  }
}
