// The bookings of the snapshot, as the screen and the check-in need them. Pure functions.

/**
 * @typedef {"morning" | "afternoon" | "day" | "hours"} Period
 * @typedef {{
 *   uuid: string, date: string, period: Period, starts_at: string, ends_at: string, seat: {number: number, name: string | null},
 *   space: string, state: "open" | "ended", ended_reason: string | null, ended_note: string | null,
 *   ways: {name: string, town: string, period: Period, path: string}[], released_at: string | null, sequence: number,
 *   door: {shown_from: string, shown_until: string, told: Record<string, any> | null} | null,
 *   payer?: {name: string | null, own_cents: number | null, can_change: boolean, decide_by: string | null} | null,
 *   checkin: {id: string, at: string, verdict: string, reason: string | null} | null, pass?: string | null
 * }} Booking
 * @typedef {{
 *   name: string, town: string, address: string | null, plz: string | null, lat: number | null, lon: number | null, timezone: string,
 *   arrival: string | null, is_sample: boolean, sign_hashes: string[], short_sign_hashes: string[]
 * }} Space
 * @typedef {{
 *   schema: number, server_time: string, person: {id: string, name: string, language: string}, bookings: Booking[],
 *   spaces: Record<string, Space>, missing?: any[]
 * }} Snapshot
 */

/** What is best to know first. */
const ORDER = ["confirmed", "sent", "saved", "look"];

/** @type {Map<string, Intl.DateTimeFormat>} formatters are slow to make on small phones */
const formats = new Map();

const NOTHING_TO_DO = new Set(["unowned", "in_future", "bad_signature", "revoked_device", "implausible"]);

/**
 * The calendar day at a place, as YYYY-MM-DD.
 * @param {number} moment
 * @param {string} timezone
 */
export function localDay(moment, timezone) {
  const format = formats.get(timezone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short" });
  formats.set(timezone, format);
  return format.format(moment);
}

/**
 * Bookings as they are listed.
 * @param {Snapshot} snapshot
 * @param {number} now
 */
export function sorted(snapshot, now) {
  const byStart = snapshot.bookings.toSorted((one, other) => one.starts_at.localeCompare(other.starts_at));
  const isToday = (/** @type {Booking} */ each) => each.date === localDay(now, zoneOf(snapshot, each));
  // What a closure ended stays where it was until it is over: there is still something to do about it.
  const isGone = (/** @type {Booking} */ each) => each.state === "ended" && (each.ended_reason !== "closed" || Date.parse(each.ends_at) <= now);
  const isOver = (/** @type {Booking} */ each) => isGone(each) || (Date.parse(each.ends_at) <= now && !isToday(each));
  return {
    today: byStart.filter((each) => !isOver(each) && isToday(each)),
    coming: byStart.filter((each) => !isOver(each) && !isToday(each)),
    over: byStart.filter(isOver).toReversed(),
  };
}

/**
 * The check-in of a booking, as the server told it or as this phone knows it so far.
 * @param {Booking} booking
 * @param {readonly import("./entries.js").Entry[]} entries
 */
export function checkinOf(booking, entries) {
  const isFor = (/** @type {import("./entries.js").Entry} */ { verdict, event }) => (verdict ? verdict.booking : event.booking) === booking.uuid;
  const own = entries.filter(isFor).map((entry) => ({ state: shown(entry), at: entry.verdict?.effective_at ?? entry.event.captured_at }));
  if (booking.checkin) own.push({ state: word(booking.checkin.verdict, booking.checkin.reason), at: booking.checkin.at });
  const [best] = own.toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
  return best ?? null;
}

/**
 * Days and times are told in the zone of the place, wherever the phone is.
 * @param {Snapshot} snapshot
 * @param {Booking} booking
 */
export function zoneOf(snapshot, booking) {
  return snapshot.spaces[booking.space]?.timezone ?? "Europe/Berlin";
}

/**
 * Whether there is more to say than what is booked: a closure, a release, who pays.
 * @param {Snapshot} snapshot
 * @param {number} now
 */
export function hasMore({ bookings }, now) {
  return bookings.some((each) => Date.parse(each.ends_at) > now && (each.ended_reason === "closed" || each.released_at || each.door || each.payer?.decide_by));
}

/**
 * What the screen says of an event.
 * @param {import("./types.js").Entry} entry
 * @returns {"saved" | "sent" | "confirmed" | "look"}
 */
export function shown(entry) {
  if (entry.state === "stopped") return "look";
  if (entry.state === "waiting") return "saved";
  return entry.verdict ? word(entry.verdict.verdict, entry.verdict.reason) : "sent";
}

/**
 * The same for a verdict alone.
 * @param {string} verdict
 * @param {string | null} reason
 * @returns {"sent" | "confirmed" | "look"}
 */
export function word(verdict, reason) {
  if (verdict === "accepted" || (verdict === "flagged" && reason === "duplicate")) return "confirmed";
  // Nothing is to be done about these; the host sees them with their mark.
  if (verdict === "flagged" && reason !== null && NOTHING_TO_DO.has(reason)) return "sent";
  return verdict === "flagged" || verdict === "rejected" ? "look" : "sent";
}
