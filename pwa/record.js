// From what was seen or typed to an event that is safely kept.

import { hashOf, read, readScan, stemOf } from "./lib/codes.js";
import { bootMs } from "./lib/contact.js";
import { makeEvent } from "./lib/event.js";
import { repeated } from "./lib/keeping.js";
import { bookingAt, spaceOf } from "./lib/scanned.js";
import { finished, run } from "./store.js";

/** @typedef {import("./lib/entries.js").Entry} Entry */
/** @typedef {{at: Date, ms: number}} Moment when a code was seen, by both clocks */
/** @typedef {{kind: "kept", entry: Entry, isRepeat: boolean} | {kind: "foreign" | "malformed"} | {kind: "not_kept", cause: string}} Recorded */

const PATIENCE = 4000;
// No sign says more; what does is not kept.
const LONGEST = 300;

/** @returns {Moment} */
export function thisMoment() {
  return { at: new Date(), ms: bootMs() };
}

/**
 * Record a check-in. "kept" is said only when the event is on the disk.
 * @param {string} text
 * @param {{origin: string, isScanned: boolean, moment: Moment}} circumstances
 * @returns {Promise<Recorded>}
 */
export async function record(text, { origin, isScanned, moment }) {
  if (text.length > LONGEST) return { kind: isScanned ? "foreign" : "malformed" };
  const reading = isScanned ? readScan(text, origin) : read(text, origin);
  if (reading.code === null) return { kind: reading.verdict };
  try {
    return await inTime(keepScan(text, reading, moment));
  } catch (error) {
    return { kind: "not_kept", cause: String(error) };
  }
}

/**
 * @param {string} text
 * @param {{verdict: "sign" | "short", code: string}} reading
 * @param {Moment} moment
 * @returns {Promise<Recorded>}
 */
async function keepScan(text, { verdict, code }, moment) {
  const hash = await hashOf(code);
  const at = moment.at.getTime();
  const stem = stemOf(code);
  return run("readwrite", async ({ outbox, facts, snapshot }) => {
    /** @type {import("./store.js").KeptSnapshot | undefined} */
    const kept = await finished(snapshot.get("mine"));
    const space = kept ? spaceOf(kept.body, hash, verdict) : null;
    const booking = kept && space ? bookingAt(kept.body, space, at) : null;
    /** @type {import("./store.js").Session | undefined} */
    const session = await finished(facts.get("session"));
    const owner = session?.signedIn ? session.person : null;
    const before = repeated(await finished(outbox.getAll()), { owner, kind: "check_in", stem, space, at });
    if (before) return { kind: "kept", entry: before, isRepeat: true };
    // The number and the event it belongs to are kept together or not at all: the numbers of a device have no gaps.
    const { id: device, seq: last } = (await finished(facts.get("device"))) ?? { id: crypto.randomUUID(), seq: 0 };
    const phone = { device, seq: last + 1, serverTime: (await finished(facts.get("server_time"))) ?? null };
    const event = makeEvent(phone, { kind: "check_in", code: text, booking: booking?.uuid ?? null }, moment);
    /** @type {Entry} */
    const entry = {
      id: event.id, event, owner, adopter: null, stem, space, state: "waiting", status: null, stopped_by: null,
      sent_at: null, resent_at: null, verdict: null, dismissed: false,
    };
    outbox.add(entry);
    facts.put({ id: device, seq: phone.seq }, "device");
    return { kind: "kept", entry, isRepeat: false };
  });
}

/**
 * A database that hangs must not leave somebody at the door without an answer. Should it recover, the second try is folded.
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
function inTime(work) {
  return Promise.race([work, new Promise((_, reject) => setTimeout(() => reject(new Error("took too long")), PATIENCE))]);
}
