// What a scanned sign stands for, as far as the phone knows. Pure functions, loaded with the first scan.

import { sorted } from "./bookings.js";

/** @typedef {import("./bookings.js").Snapshot} Snapshot */

const HOUR = 3_600_000;

/**
 * The space whose sign has this hash. The lists differ for the long and the short form of a code.
 * @param {Snapshot} snapshot
 * @param {string} hash
 * @param {"sign" | "short"} form
 */
export function spaceOf(snapshot, hash, form) {
  const list = form === "sign" ? "sign_hashes" : "short_sign_hashes";
  return Object.keys(snapshot.spaces).find((slug) => snapshot.spaces[slug][list].includes(hash)) ?? null;
}

/**
 * The booking a scan is probably for: the one that runs or starts within an hour, else the next of the day. The server decides.
 * @param {Snapshot} snapshot
 * @param {string} slug
 * @param {number} now
 */
export function bookingAt(snapshot, slug, now) {
  const { today } = sorted(snapshot, now);
  const here = today.filter((each) => each.space === slug && Date.parse(each.ends_at) > now);
  return here.find((each) => Date.parse(each.starts_at) - HOUR <= now) ?? here[0] ?? null;
}
