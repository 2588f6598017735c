// The lines of the outbox: whose they are, what became of them, and which are done with.

import { BOOT } from "./contact.js";

/** @typedef {import("./types.js").Entry} Entry */

const DAY = 86_400_000;
const KEPT = 30 * DAY;

/**
 * Whose event this is, as far as this phone knows.
 * @param {Entry} entry
 */
export function holder(entry) {
  return entry.owner ?? entry.adopter;
}

/**
 * What was sent without a session was only stored; the snapshot tells what became of it.
 * @param {import("./types.js").Verdict} verdict
 * @param {any} body
 * @returns {import("./types.js").Verdict}
 */
export function inFull(verdict, body) {
  const known = body.checkins?.find((/** @type {any} */ { id }) => id === verdict.id);
  if (!known) return verdict;
  const space = body.spaces[known.space];
  return { ...verdict, ...known, space: space ? { slug: known.space, name: space.name } : null };
}

/**
 * Signing in leads through other pages, so a scan of this very page's life was made while the person was signed in already:
 * the phone had only not asked yet.
 * @param {Entry} entry
 * @param {string} person
 * @param {number} now
 */
export function adoption({ event }, person, now) {
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
