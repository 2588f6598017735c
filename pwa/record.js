// From what was seen or typed to an event that is safely kept.

import { signatureOf } from "./keys.js";
import { hashOf, read, readScan, stemOf } from "./lib/codes.js";
import { bootMs } from "./lib/contact.js";
import { makeEvent } from "./lib/event.js";
import { repeated } from "./lib/keeping.js";
import { signedText } from "./lib/signing.js";
import { bookingAt, spaceOf } from "./lib/scanned.js";
import { finished, run } from "./store.js";

/** @typedef {import("./lib/entries.js").Entry} Entry */
/** @typedef {{at: Date, ms: number}} Moment when a code was seen, by both clocks */
/** @typedef {{id: string, text: string, verdict: "sign" | "short", hash: string, stem: string, moment: Moment}} Scanned */
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
 * The event is drafted, signed and then drafted again and kept, because no transaction waits for a signature.
 * @param {string} text
 * @param {{verdict: "sign" | "short", code: string}} reading
 * @param {Moment} moment
 * @returns {Promise<Recorded>}
 */
async function keepScan(text, { verdict, code }, moment) {
  const scanned = { id: crypto.randomUUID(), text, verdict, hash: await hashOf(code), stem: stemOf(code), moment };
  for (let tries = 0; ; tries += 1) {
    const plan = await run("readonly", (stores) => draft(stores, scanned));
    if (plan.kind === "kept") return plan;
    const signature = await signatureOf(plan.entry.event);
    const signed = signature === null ? null : { signature, text: signedText(plan.entry.event) };
    const kept = await run("readwrite", (stores) => keepDraft(stores, scanned, signed, tries));
    if (kept) return kept;
  }
}

/**
 * Keep what was drafted. Null: somebody else took its number meanwhile, and the signature is about that.
 * @param {import("./lib/types.js").Stores} stores
 * @param {Scanned} scanned
 * @param {{signature: string, text: string} | null} signed
 * @param {number} tries
 * @returns {Promise<Recorded | null>}
 */
async function keepDraft(stores, scanned, signed, tries) {
  const plan = await draft(stores, scanned);
  if (plan.kind === "kept") return plan;
  const { entry } = plan;
  const isAbout = signed !== null && signed.text === signedText(entry.event);
  // However many scans race, the event itself is never given up for its signature.
  if (signed !== null && !isAbout && tries < 3) return null;
  const event = Object.freeze({ ...entry.event, signature: isAbout ? signed.signature : null });
  const kept = { ...entry, event };
  stores.outbox.add(kept);
  const keyed = await finished(stores.facts.get("keyed"));
  if (keyed && keyed.device !== event.device) for (const name of ["keyed", "key"]) stores.facts.delete(name);
  stores.facts.put({ id: event.device, seq: event.seq }, "device");
  return { kind: "kept", entry: kept, isRepeat: false };
}

/**
 * What would be kept, or the entry that it repeats.
 * @param {import("./lib/types.js").Stores} stores
 * @param {Scanned} scanned
 * @returns {Promise<{kind: "kept", entry: Entry, isRepeat: true} | {kind: "draft", entry: Entry}>}
 */
async function draft({ outbox, facts, snapshot }, { id, text, verdict, hash, stem, moment }) {
  const at = moment.at.getTime();
  /** @type {import("./lib/types.js").KeptSnapshot | undefined} */
  const kept = await finished(snapshot.get("mine"));
  const space = kept ? spaceOf(kept.body, hash, verdict) : null;
  const booking = kept && space ? bookingAt(kept.body, space, at) : null;
  const [session, keyed] = [await finished(facts.get("session")), await finished(facts.get("keyed"))];
  const owner = ownerOf(session, keyed);
  const before = repeated(await finished(outbox.getAll()), { owner, kind: "check_in", stem, space, at });
  if (before) return { kind: "kept", entry: before, isRepeat: true };
  // The number and the event it belongs to are kept together or not at all: the numbers of a device have no gaps.
  // Whose scan this will be nobody knows yet: it must not bear the name of an installation that is somebody's.
  const present = session?.isLeft && keyed ? null : await finished(facts.get("device"));
  const { id: device, seq: last } = present ?? { id: crypto.randomUUID(), seq: 0 };
  const phone = { device, seq: last + 1, serverTime: (await finished(facts.get("server_time"))) ?? null };
  const event = makeEvent(phone, { id, kind: "check_in", code: text, booking: booking?.uuid ?? null }, moment);
  return {
    kind: "draft",
    entry: {
      id: event.id, event, owner, adopter: null, stem, space, state: "waiting", status: null, stopped_by: null,
      sent_at: null, resent_at: null, verdict: null, dismissed: false,
    },
  };
}

/**
 * Whose scan this is. An installation with a person's key stays theirs when only the session ran out, until somebody signs out or in.
 * @param {import("./lib/types.js").Session | undefined} session
 * @param {import("./lib/types.js").Keyed | undefined} keyed
 */
function ownerOf(session, keyed) {
  if (!session || session.isLeft) return null;
  return session.signedIn || (keyed?.isKnown && keyed.person === session.person) ? session.person : null;
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
