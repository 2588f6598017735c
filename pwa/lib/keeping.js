// What goes into the outbox, and what is there already. Pure functions.

import { shown } from "./bookings.js";
import { holder } from "./entries.js";

/** @typedef {import("./entries.js").Entry} Entry */

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
