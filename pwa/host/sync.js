// Keeps a host's device in step with the server, by the rules that phones follow: sends what was recorded, one batch at a
// time through a Web Lock, and fetches the day's list.

import { BOOT, BUILD, ask, bootMs, makeBatch, serverTime } from "../lib/contact.js";
import { BATCH, askedAgain, isPaused, judge, nextBatch, revived, wait } from "../lib/rules.js";
import { finished, run, state } from "./store.js";

/** @typedef {import("../lib/board.js").HostEntry} HostEntry */
/** @typedef {"online" | "offline" | "sign_in" | "revoked" | "unknown"} Reach how the server was last found */

const DAY = 86_400_000;
const KEPT = 30 * DAY;
const STEADY = 60_000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {number | null} this clock less the monotonic one when the server last told its time; null: not in this page's life */
let steady = null;
/** @type {Promise<Reach> | null} */
let next = null;

/**
 * Send what waits, then see what is new. Calls that come while one waits for its turn share it.
 * @param {string} slug
 * @param {boolean} eager somebody is looking: do not wait for the end of our own pause
 * @returns {Promise<Reach>}
 */
export function sync(slug, eager = true) {
  next ??= navigator.locks.request(`host ${slug}`, async () => {
    next = null;
    clearTimeout(timer);
    const sent = await sendAll(slug, eager);
    if (sent !== "online") return sent;
    return refresh(slug);
  });
  return next;
}

/**
 * This device's best knowledge of the time: the server's word, moved on by the clock that nobody can set.
 * @param {import("../lib/contact.js").ServerTime | null} contact
 */
export function correctedNow(contact) {
  return contact?.boot === BOOT ? Date.parse(contact.at) + bootMs() - contact.boot_ms : Date.now();
}

/**
 * @param {string} slug
 * @param {boolean} eager
 * @returns {Promise<Reach>}
 */
async function sendAll(slug, eager) {
  let most = BATCH;
  for (;;) {
    const { device, pause, entries } = await state(slug);
    if (!device) return "online";
    if (device.token === null) return "revoked";
    const all = /** @type {any[]} */ (revived(/** @type {any[]} */ (entries), BUILD));
    const batch = nextBatch(all, slug, most);
    const pending = all.filter(({ state: each }) => each === "waiting").length;
    if (batch.length === 0) return "online";
    if (isPaused(pause, eager, Date.now())) {
      timer = setTimeout(() => sync(slug, false), Number(pause?.notBefore) - Date.now() + 50);
      return "offline";
    }
    if (navigator.onLine === false) return "offline";
    const answer = await post(batch, device.token, pending - batch.length);
    const outcome = judge(answer, batch.map(({ id }) => id), Date.now());
    if (outcome.kind === "taken") {
      await take(slug, batch, all, outcome.taken);
    } else if (outcome.kind === "halve") {
      most = Math.floor(batch.length / 2);
    } else if (outcome.kind === "sign_in") {
      if (!isRevoked(answer.body)) return "offline";
      await revoke(slug);
      return "revoked";
    } else if (outcome.kind === "stop") {
      await keep(batch.map((entry) => ({ ...entry, state: "stopped", status: outcome.status, stopped_by: BUILD })));
    } else {
      const attempt = pause ? pause.attempt + 1 : 0;
      const notBefore = Date.now() + wait(attempt, outcome, Math.random());
      await put(slug, { pause: { attempt, notBefore, firm: outcome.firm } });
      timer = setTimeout(() => sync(slug, false), notBefore - Date.now() + 50);
      return "offline";
    }
  }
}

/**
 * @param {string} slug
 * @returns {Promise<Reach>}
 */
async function refresh(slug) {
  const { device, snapshot } = await state(slug);
  if (!device?.token) return "online";
  // "Nothing new" does not tell the time, which is asked for when this clock may have been set since.
  const isTimeKnown = steady !== null && Math.abs(Date.now() - bootMs() - steady) < STEADY;
  /** @type {Record<string, string>} */
  const headers = { "Nahplatz-Client": "1", Authorization: `Bearer ${device.token}` };
  if (snapshot?.etag && isTimeKnown) headers["If-None-Match"] = snapshot.etag;
  const { status, body, etag } = await ask(`/api/v1/host/${encodeURIComponent(slug)}/snapshot`, { headers });
  if (status === 304 && snapshot) {
    const { serverTime: contact } = await state(slug);
    await run("readwrite", async (stores) => {
      stores.snapshot.put({ ...snapshot, at: new Date(correctedNow(contact)).toISOString() }, slug);
    });
    return "online";
  }
  if (status === 401 && isRevoked(body)) {
    await revoke(slug);
    return "revoked";
  }
  if (status === 404) return "unknown";
  if (status !== 200 || !isSnapshot(body)) return "offline";
  const now = Date.now();
  await run("readwrite", async (stores) => {
    for (const entry of /** @type {HostEntry[]} */ (await finished(stores.outbox.getAll()))) {
      if (entry.state === "done" && now - Date.parse(String(entry.sent_at)) > KEPT) stores.outbox.delete(entry.id);
    }
    stores.snapshot.put({ etag, at: body.server_time, body }, slug);
    for (const [name, value] of Object.entries(clocks(body.server_time))) stores.facts.put(value, `${name} ${slug}`);
  });
  return "online";
}

/**
 * @param {readonly any[]} batch
 * @param {string} token
 * @param {number} left
 */
function post(batch, token, left) {
  const headers = { "Content-Type": "application/json", "Nahplatz-Client": "1", Authorization: `Bearer ${token}` };
  const body = JSON.stringify(makeBatch(batch.map(({ event }) => event), left, new Date()));
  return ask("/api/v1/checkins", { method: "POST", headers, body });
}

/**
 * Entries that the server has a verdict for are done; those it has lost wait again.
 * @param {string} slug
 * @param {readonly any[]} batch
 * @param {readonly any[]} all
 * @param {import("../lib/rules.js").Taken} taken
 */
async function take(slug, batch, all, taken) {
  // By the server's clock, as the snapshot's age is: only then it can be told whether a snapshot knows of an event.
  const { serverTime: at, verdicts } = taken;
  const done = batch
    .filter(({ id }) => verdicts.has(id))
    .map((entry) => ({ ...entry, state: "done", status: 200, sent_at: at, verdict: verdicts.get(entry.id) ?? null }));
  const lost = askedAgain(all, batch[0].event.device, taken, Date.now()).map((entry) => ({ ...entry, state: "waiting", resent_at: at }));
  await keep([...done, ...lost]);
  await put(slug, { ...clocks(at), pause: null });
}

/**
 * What is kept of the server's time.
 * @param {string} at
 */
function clocks(at) {
  const now = Date.now();
  steady = now - bootMs();
  return { server_time: serverTime(at), ahead: now - Date.parse(at) };
}

/** @param {readonly any[]} entries */
function keep(entries) {
  return run("readwrite", async ({ outbox }) => entries.forEach((entry) => outbox.put(entry)));
}

/**
 * @param {string} slug
 * @param {Record<string, unknown>} facts
 */
function put(slug, facts) {
  return run("readwrite", async (stores) => {
    for (const [name, value] of Object.entries(facts)) stores.facts.put(value, `${name} ${slug}`);
  });
}

/**
 * The server no longer knows this device: the day's list goes, what was recorded stays until it may be sent again.
 * @param {string} slug
 */
function revoke(slug) {
  return run("readwrite", async ({ facts, snapshot }) => {
    const device = await finished(facts.get(`device ${slug}`));
    facts.put({ ...device, token: null }, `device ${slug}`);
    snapshot.delete(slug);
  });
}

/**
 * A portal between us and the server may answer 401 too; only our own words void a token.
 * @param {any} body
 */
function isRevoked(body) {
  return body?.code === "device_revoked";
}

/**
 * @param {any} body
 * @returns {body is import("../lib/board.js").HostSnapshot}
 */
function isSnapshot(body) {
  return body?.schema === 1 && typeof body.space?.slug === "string" && Array.isArray(body.guests) && Array.isArray(body.keys);
}
