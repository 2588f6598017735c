// What goes into the outbox, whose it becomes, and when it may go. Pure functions.

import { holder, shown } from "./entries.js";

/** @typedef {import("./entries.js").Entry} Entry */

const DAY = 86_400_000;
const KEPT = 30 * DAY;
const FOLD = 120_000;

/**
 * The same sign seen again within two minutes is the same scan: say which one it repeats. One that needs a look is not
 * repeated but tried anew: perhaps the person has booked since.
 * @param {readonly Entry[]} entries
 * @param {{owner: string | null, kind: string, stem: string, space: string | null, at: number}} scan
 */
export function repeated(entries, scan) {
  return entries.find(
    (entry) =>
      shown(entry) !== "look" &&
      holder(entry) === scan.owner &&
      entry.event.kind === scan.kind &&
      (entry.stem === scan.stem || (entry.space !== null && entry.space === scan.space)) &&
      Math.abs(scan.at - Date.parse(entry.event.captured_at)) <= FOLD,
  );
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
