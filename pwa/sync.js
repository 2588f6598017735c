// Keeps a page in step with the server: sends the outbox, fetches the snapshot, and knows when to try again.

import { ask, serverTime } from "./lib/contact.js";
import { farewell, touch, welcome } from "./session.js";
import { state } from "./store.js";

/** @typedef {"online" | "offline" | "signed_out"} Reach how the server was last found */

const ADDRESS = "/api/v1/me/snapshot";
/** @type {(reach: Reach) => void} */
let tell = () => undefined;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Promise<Reach> | null} */
let refreshing = null;

/**
 * Sync now, and again whenever the network comes back, the page is looked at, or a pause ends.
 * @param {(reach: Reach) => void} told
 * @param {number} staleAfter leave a snapshot alone that is younger (milliseconds)
 */
export function attend(told, staleAfter = 0) {
  tell = told;
  const again = () => sync(true, staleAfter);
  addEventListener("online", again);
  addEventListener("pageshow", ({ persisted }) => persisted && again());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());
  return again();
}

/**
 * Send what waits and see what is new.
 * @param {boolean} eager
 * @param {number} staleAfter
 */
export async function sync(eager = true, staleAfter = 0) {
  clearTimeout(timer);
  const before = await state();
  // Most visits have nothing to send, so what sends is loaded only then.
  const outbox = before.entries.some(({ state: each }) => each !== "done") ? await import("./outbox.js") : null;
  let drained = await outbox?.drain(eager);
  const age = Date.now() - Date.parse(before.snapshot?.at ?? "");
  /** @type {Reach} */
  let reach = drained?.kind === "offline" ? "offline" : "online";
  const sentSome = before.entries.some(({ state: each }) => each === "waiting") && drained?.kind === "empty";
  if (!(age < staleAfter) || drained?.kind === "sign_in" || sentSome) reach = await refresh();
  // Who is signed in may be known only now, and scans may have found their owner.
  if (outbox && reach === "online" && drained?.kind !== "stop") drained = await outbox.drain(eager);
  if (drained && drained.pending > 0 && drained.notBefore > Date.now()) {
    timer = setTimeout(() => sync(false, staleAfter), drained.notBefore - Date.now() + 50);
  }
  tell(reach);
}

/** Fetch the snapshot if it changed, and learn who is signed in. Calls that come meanwhile share the answer. */
export function refresh() {
  refreshing ??= fetchSnapshot().finally(() => (refreshing = null));
  return refreshing;
}

/** @returns {Promise<Reach>} */
async function fetchSnapshot() {
  const { snapshot } = await state();
  /** @type {Record<string, string>} */
  const headers = { "Nahplatz-Client": "1" };
  if (snapshot?.etag) headers["If-None-Match"] = snapshot.etag;
  const { status, body, etag } = await ask(ADDRESS, { headers });
  const at = new Date().toISOString();
  if (status === 304 && snapshot) {
    await touch({ ...snapshot, at });
    return "online";
  }
  if (status === 401 && isOurs(body)) {
    await farewell();
    return "signed_out";
  }
  if (status !== 200 || !isSnapshot(body)) return "offline";
  await welcome({ etag, at, body }, serverTime(body.server_time));
  return "online";
}

/**
 * A portal between us and the server may answer 401 too; only our own words end a session.
 * @param {any} body
 */
function isOurs(body) {
  return typeof body?.code === "string" && body.status === 401;
}

/**
 * @param {any} body
 * @returns {body is import("./lib/bookings.js").Snapshot}
 */
function isSnapshot(body) {
  return body?.schema === 1 && typeof body.person?.id === "string" && Array.isArray(body.bookings) && typeof body.spaces === "object";
}
