// Who this phone belongs to, as the server last said; and what goes when that changes.

import { BOOT } from "./lib/contact.js";
import { holder } from "./lib/entries.js";
import { finished, run } from "./store.js";

/** @typedef {import("./lib/entries.js").Entry} Entry */
/** @typedef {import("./store.js").KeptSnapshot} KeptSnapshot */

const DAY = 86_400_000;
const KEPT = 30 * DAY;

/**
 * This person is signed in: another one's snapshot goes, and fresh scans without an owner are given to this one.
 * @param {KeptSnapshot} snapshot
 * @param {import("./lib/contact.js").ServerTime} time
 */
export function welcome(snapshot, time) {
  const now = Date.parse(snapshot.at);
  const person = snapshot.body.person.id;
  return run("readwrite", async (stores) => {
    for (const entry of /** @type {Entry[]} */ (await finished(stores.outbox.getAll()))) {
      if (canBeAdopted(entry, now)) stores.outbox.put({ ...entry, ...adoption(entry, person, now) });
      else if (isOver(entry, now)) stores.outbox.delete(entry.id);
    }
    stores.facts.put({ person, signedIn: true }, "session");
    stores.facts.put(time, "server_time");
    stores.snapshot.put(snapshot, "mine");
  });
}

/**
 * The snapshot was found unchanged: it is as good as new.
 * @param {KeptSnapshot} snapshot
 */
export function touch(snapshot) {
  return run("readwrite", async (stores) => void stores.snapshot.put(snapshot, "mine"));
}

/** Nobody is signed in: bookings go from this phone, but scans stay with the person who made them. */
export function farewell() {
  return run("readwrite", async (stores) => {
    const session = await finished(stores.facts.get("session"));
    if (session) stores.facts.put({ ...session, signedIn: false }, "session");
    stores.snapshot.clear();
  });
}

/** Signing out empties everything, except events that have not arrived and the numbering they belong to. */
export function signOut() {
  return run("readwrite", async (stores) => {
    const entries = /** @type {Entry[]} */ (await finished(stores.outbox.getAll()));
    const device = await finished(stores.facts.get("device"));
    stores.snapshot.clear();
    stores.facts.clear();
    for (const entry of entries) if (entry.state === "done") stores.outbox.delete(entry.id);
    if (entries.some((entry) => entry.state !== "done")) stores.facts.put(device, "device");
  });
}

/**
 * Signing in leads through other pages, so a scan of this very page's life was made while the person was signed in already:
 * the phone had only not asked yet.
 * @param {Entry} entry
 * @param {string} person
 * @param {number} now
 */
function adoption({ event }, person, now) {
  const isOwn = event.boot === BOOT && now - Date.parse(event.captured_at) < 120_000;
  return isOwn ? { owner: person } : { adopter: person };
}

/**
 * A scan made while nobody was signed in goes to whoever signs in within a day.
 * @param {Entry} entry
 * @param {number} now
 */
export function canBeAdopted(entry, now) {
  return entry.state === "waiting" && holder(entry) === null && Math.abs(now - Date.parse(entry.event.captured_at)) <= DAY;
}

/**
 * Whether the phone may forget an event: it arrived, and the time in which a restored server could ask for it again is over.
 * @param {Entry} entry
 * @param {number} now
 */
export function isOver(entry, now) {
  return entry.state === "done" && entry.sent_at !== null && now - Date.parse(entry.sent_at) > KEPT;
}
