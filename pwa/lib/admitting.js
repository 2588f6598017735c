// What a host is told of a pass that we signed: the pass against the list that the host's device carries. A pure function.
// Every valid pass is recorded whatever is said here, and the server judges it when it arrives. Red is only what cannot be the fault
// of this device's clock or of an old list.

import { localDay } from "./bookings.js";

/**
 * @typedef {{
 *   booking: string, starts_at: string, ends_at: string, state: "open" | "ended", checked_in_at: string | null
 * }} Listed a booking of the day; `booking` is the last 8 bytes of its UUID as 16 hex digits
 * @typedef {{
 *   space: number, timezone: string, date: string, at: string, bookings: readonly Listed[]
 * }} List of one space on one of its days; `at` is the server's time when it was made
 * @typedef {"welcome" | "already" | "list_old" | "time_amber" | "not_listed" | "other_day" | "other_space" | "revoked"} Word
 * @typedef {{word: Word, tone: "green" | "amber" | "red", at: string | null, listed: Listed | null}} Admission
 *   `at`: "already" since when, "list_old" and "not_listed" of when the list is, "other_day" when the booking begins
 */

const MINUTE = 60_000;
const LEEWAY = 10 * MINUTE;
// As early as a check-in belongs to a booking.
const EARLY = 60 * MINUTE;
const LIST_LIFE = 24 * 60 * MINUTE;

/**
 * @param {import("./pass.js").Pass} pass proved
 * @param {List} list
 * @param {number} now by this device's clock, corrected as well as it can be
 * @returns {Admission}
 */
export function judgePass(pass, list, now) {
  const start = pass.startMinute * MINUTE;
  const listed = list.bookings.find(({ booking }) => booking === pass.booking) ?? null;
  const say = (/** @type {Word} */ word, /** @type {Admission["tone"]} */ tone, /** @type {string | null} */ at = null) => ({ word, tone, at, listed });
  if (pass.space !== list.space) return say("other_space", "red");
  if (listed?.state === "ended") return say("revoked", "red");
  if (listed?.checked_in_at) return say("already", "amber", listed.checked_in_at);
  if (isOld(list, now)) return say("list_old", "amber", list.at);
  // The clock was set back behind the server's word, or is outside of what the pass is for.
  if (now < Date.parse(list.at) - LEEWAY || (listed && !isInTime(listed, now))) return say("time_amber", "amber");
  if (listed) return say("welcome", "green");
  const day = localDay(start, list.timezone);
  // The list's day is the server's word and never comes back; a later one may have come while this device's clock stood still.
  if (day !== list.date) return say("other_day", day < list.date ? "red" : "amber", new Date(start).toISOString());
  // It may have been booked after the list was made.
  return say("not_listed", "amber", list.at);
}

/**
 * More than a day, or of another day than the clock shows now.
 * @param {List} list
 * @param {number} now
 */
function isOld({ at, date, timezone }, now) {
  const days = [now - LEEWAY, now + LEEWAY].map((moment) => localDay(moment, timezone));
  return now - Date.parse(at) > LIST_LIFE || !days.some((day) => day <= date);
}

/**
 * From an hour before the booking until its end.
 * @param {Listed} listed
 * @param {number} now
 */
function isInTime({ starts_at: start, ends_at: end }, now) {
  return Date.parse(start) - EARLY - LEEWAY <= now && now <= Date.parse(end) + LEEWAY;
}
