// Sends what the phone recorded, in pages and in the service worker, one at a time by the Web Lock "outbox".

import { BUILD, ask, makeBatch, serverTime } from "./lib/contact.js";
import { holder } from "./lib/entries.js";
import { BATCH, askedAgain, isPaused, isSigned, judge, lostSince, nextBatch, revived, wait } from "./lib/rules.js";
import { finished, run, state } from "./store.js";

/** @typedef {import("./lib/types.js").Entry} Entry */
/** @typedef {import("./lib/types.js").Drained} Drained */

const ADDRESS = "/api/v1/checkins";
/** @type {Promise<Drained> | null} */
let next = null;
let isEager = false;

/**
 * Send everything that waits for the person who is signed in. Calls that come while one waits for its turn share it.
 * @param {boolean} eager somebody is looking: do not wait for the end of our own pause
 * @returns {Promise<Drained>}
 */
export function drain(eager) {
  isEager ||= eager;
  next ??= navigator.locks.request("outbox", () => {
    const wasEager = isEager;
    next = null;
    isEager = false;
    return sendAll(wasEager);
  });
  return next;
}

/**
 * Change entries of the outbox and facts together.
 * @param {readonly Entry[]} entries
 * @param {{server_time?: import("./lib/contact.js").ServerTime, pause?: import("./lib/types.js").Pause | null}} facts
 */
export function keep(entries, facts = {}) {
  return run("readwrite", async (stores) => {
    for (const entry of entries) stores.outbox.put(entry);
    for (const [name, value] of Object.entries(facts)) stores.facts.put(value, name);
  });
}

/**
 * @param {boolean} eager
 * @returns {Promise<Drained>}
 */
async function sendAll(eager) {
  let most = BATCH;
  for (;;) {
    const { session, pause, entries } = await state();
    const now = Date.now();
    const person = session?.person ?? null;
    const isByKey = session?.signedIn !== true;
    const all = revived(entries, BUILD);
    const pending = all.filter((entry) => entry.state === "waiting" && holder(entry) === person).length;
    showCount(pending);
    const report = (/** @type {Drained["kind"]} */ kind) => ({ kind, pending, notBefore: pause?.notBefore ?? 0 });
    const batch = person === null ? [] : nextBatch(all, person, most, isByKey);
    if (person === null || batch.length === 0) return report(pending > 0 && isByKey ? "sign_in" : "empty");
    if (isPaused(pause, eager, now)) return report("paused");
    if (navigator.onLine === false) return report("offline");

    const answer = await post(batch, person, pending - batch.length);
    const outcome = judge(answer, batch.map(({ id }) => id), now);
    if (outcome.kind === "taken") {
      await keep(settled(batch, all, outcome.taken), { server_time: serverTime(outcome.taken.serverTime), pause: null });
      if ([...outcome.taken.verdicts.values()].some(({ verdict }) => verdict === "gone")) await vanish(person);
      if (outcome.taken.resendSince !== null) await resend(outcome.taken.resendSince);
    } else if (outcome.kind === "halve") {
      most = Math.floor(batch.length / 2);
    } else if (outcome.kind === "sign_in") {
      return report("sign_in");
    } else if (outcome.kind === "stop") {
      await keep(batch.map((entry) => ({ ...entry, state: "stopped", status: outcome.status, stopped_by: BUILD })));
      return report("stop");
    } else {
      const attempt = pause ? pause.attempt + 1 : 0;
      const notBefore = Date.now() + wait(attempt, outcome, Math.random());
      await keep([], { pause: { attempt, notBefore, firm: outcome.firm } });
      return { kind: answer.status === 0 ? "offline" : "paused", pending, notBefore };
    }
  }
}

/**
 * The person was erased: what the server let go of goes here too, and with the last of it all that the phone knew.
 * @param {string} person
 */
function vanish(person) {
  return run("readwrite", async (stores) => {
    const own = /** @type {Entry[]} */ (await finished(stores.outbox.getAll())).filter((entry) => holder(entry) === person);
    // What nobody signed can never be sent any more.
    const left = own.filter((entry) => entry.state !== "done" && isSigned(entry));
    for (const entry of own) if (entry.verdict?.verdict === "gone" || left.length === 0) stores.outbox.delete(entry.id);
    stores.snapshot.clear();
    if (left.length === 0) stores.facts.clear();
  });
}

/**
 * The server came out of a backup: what it may have lost is sent again, once, and its keys are told again.
 * @param {string} since
 */
export function resend(since) {
  return run("readwrite", async ({ outbox, facts }) => {
    if ((await finished(facts.get("restored"))) === since) return;
    const at = new Date().toISOString();
    for (const entry of lostSince(await finished(outbox.getAll()), since)) outbox.put({ ...entry, state: "waiting", resent_at: at });
    const keyed = await finished(facts.get("keyed"));
    if (keyed) facts.put({ ...keyed, isKnown: false }, "keyed");
    facts.put(since, "restored");
  });
}

/**
 * The entries that an answer changes: those it has verdicts for, and those the server has lost.
 * @param {readonly Entry[]} batch
 * @param {readonly Entry[]} all
 * @param {import("./lib/rules.js").Taken} taken
 * @returns {Entry[]}
 */
function settled(batch, all, taken) {
  const sentAt = new Date().toISOString();
  const done = batch
    .filter(({ id }) => taken.verdicts.has(id))
    .map((entry) => /** @type {Entry} */ ({
      ...entry, state: "done", status: 200, sent_at: sentAt, verdict: taken.verdicts.get(entry.id) ?? null,
    }));
  const lost = askedAgain(all, batch[0].event.device, taken, Date.now());
  return [...done, ...lost.map((entry) => /** @type {Entry} */ ({ ...entry, state: "waiting", resent_at: sentAt }))];
}

/**
 * @param {readonly Entry[]} batch
 * @param {string} person
 * @param {number} left
 */
function post(batch, person, left) {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/json", "Nahplatz-Client": "1", "Nahplatz-Person": person };
  if (batch[0].owner === null) headers["Nahplatz-Unowned"] = "1";
  const body = JSON.stringify(makeBatch(batch.map(({ event }) => event), left, new Date()));
  return ask(ADDRESS, { method: "POST", headers, body });
}

/** @param {number} pending */
function showCount(pending) {
  // A courtesy that few browsers know.
  navigator.setAppBadge?.(pending).catch(() => undefined);
}
