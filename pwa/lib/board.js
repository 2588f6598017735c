// The host's day: what the server last said, and on top what this device recorded since. Pure functions.

import { localDay } from "./bookings.js";

/**
 * @typedef {{
 *   booking: string, pass: string | null, name: string, label: string | null, seat: {number: number, name: string | null},
 *   period: import("./bookings.js").Period | null, starts_at: string, ends_at: string,
 *   state: "expected" | "there" | "left" | "released", checked_in_at: string | null, left_at: string | null,
 *   evidence: string | null, is_late: boolean, ended: string | null, is_unsent?: boolean
 * }} Guest `pass`: null for somebody who walked in and whom the server does not know yet; `is_unsent`: so only this device says
 * @typedef {{morning: number | null, afternoon: number | null}} HalfDays
 * @typedef {{
 *   schema: number, server_time: string, space: {id: number, slug: string, name: string, timezone: string}, day: string,
 *   hours: {opens: number, splits: number, closes: number} | null, closed: string | null, note: string | null,
 *   seats: {number: number, name: string, kind: string}[], guests: Guest[], free: HalfDays,
 *   week: {date: string, closed: string | null, note: string | null, booked: HalfDays, free: HalfDays}[],
 *   attention: {kind: string, booking: string | null, event: string | null, text: string, at: string | null}[],
 *   written?: {event: string, kind: HostEvent["kind"], booking: string | null, at: string}[], keys: {kid: number, key: string}[]
 * }} HostSnapshot `written`: by hosts today, on whichever device; a snapshot kept from an older version lacks it
 * @typedef {{id: string, isOwn: boolean, event: Pick<HostEvent, "kind" | "booking" | "label" | "captured_at" | "undoes" | "seq">}} Line
 * @typedef {Omit<import("./event.js").CheckinEvent, "kind"> & {
 *   kind: "check_in" | "check_out" | "walk_in" | "undo", label: string | null, seat: number | null, undoes: string | null
 * }} HostEvent
 * @typedef {Omit<import("./entries.js").Entry, "event"> & {event: HostEvent, written_at?: string | null}} HostEntry `written_at`: the
 *   true time from paper, which the event tells by this device's clock
 * @typedef {{etag: string | null, at: string, body: HostSnapshot}} KeptHostSnapshot `at`: the server's time when it was true
 */

const MINUTE = 60_000;

/**
 * Everybody of the day as this device knows it.
 * @param {KeptHostSnapshot} kept
 * @param {readonly HostEntry[]} entries of this space
 * @returns {Guest[]}
 */
export function guestsOf({ at, body }, entries) {
  const guests = new Map(body.guests.map((guest) => [guest.booking, guest]));
  const others = new Map(elsewhere(entries, body).map((line) => [line.id, line.event]));
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const news = entries.filter((entry) => isNews(entry, at)).toSorted((one, other) => one.event.seq - other.event.seq);
  const undone = new Set(news.map(({ event }) => event.undoes).filter((id) => id !== null));
  // What is undone before the server heard of it never happened.
  for (const entry of news) if (!undone.has(entry.id)) apply(guests, told(entry), body);
  for (const id of undone) {
    const entry = byId.get(String(id));
    const event = entry ? entry.event : others.get(String(id));
    if (event && !(entry && isNews(entry, at))) takeBack(guests, event);
  }
  return [...guests.values()].toSorted((one, other) => one.starts_at.localeCompare(other.starts_at) || one.seat.number - other.seat.number);
}

/**
 * Who is where, as the board lists them.
 * @param {readonly Guest[]} guests
 */
export function listed(guests) {
  const open = guests.filter(({ ended }) => ended === null);
  const being = (/** @type {Guest["state"]} */ state) => open.filter((guest) => guest.state === state);
  // Somebody may come although the booking ended: who is there is there.
  const there = guests.filter(({ state, ended }) => state === "there" && (ended === null || ended === "cancelled"));
  const over = guests.filter((guest) => guest.ended !== null && !there.includes(guest) && guest.ended !== "undone");
  return { expected: being("expected"), there, left: being("left"), released: being("released"), over };
}

/**
 * What was recorded on a day and not taken back, here and on other devices, the latest first.
 * @param {readonly HostEntry[]} entries
 * @param {HostSnapshot} body
 * @returns {Line[]}
 */
export function journal(entries, body) {
  const { day, space } = body;
  const undone = new Set(entries.map(({ event }) => event.undoes));
  const own = entries
    .map((entry) => ({ id: entry.id, isOwn: true, event: told(entry) }))
    .filter(({ event }) => event.kind !== "undo" && localDay(Date.parse(event.captured_at), space.timezone) === day);
  return [...own, ...elsewhere(entries, body)]
    .filter(({ id }) => !undone.has(id))
    .toSorted((one, other) => Date.parse(other.event.captured_at) - Date.parse(one.event.captured_at) || other.event.seq - one.event.seq);
}

/**
 * Whether somebody who walked in sits elsewhere than this device had said, because the seat was given away already.
 * @param {HostEntry} entry
 * @param {readonly Guest[]} guests
 */
export function isMoved({ state, event }, guests) {
  const guest = state === "done" && event.kind === "walk_in" ? guests.find(({ booking }) => booking === event.booking) : null;
  return guest !== null && guest?.ended === null && !guest.is_unsent && guest.seat.number !== event.seat;
}

/**
 * What only other devices recorded, as far as the server has told.
 * @param {readonly HostEntry[]} entries
 * @param {HostSnapshot} body
 * @returns {Line[]}
 */
function elsewhere(entries, { written }) {
  const own = new Set(entries.map(({ id }) => id));
  return (written ?? [])
    .filter(({ event }) => !own.has(event))
    .map(({ event: id, kind, booking, at }) => ({ id, isOwn: false, event: { kind, booking, label: null, captured_at: at, undoes: null, seq: 0 } }));
}

/**
 * Desks that nobody holds from now to the end of the half-day, those that stay free for longest first.
 * @param {HostSnapshot} body
 * @param {readonly Guest[]} guests
 * @param {number} now
 */
export function freeSeats(body, guests, now) {
  const end = halfDayEnd(body, now);
  const holds = (/** @type {Guest} */ { ended, state, ends_at: until }) => ended === null && state !== "released" && Date.parse(until) > now;
  const next = (/** @type {number} */ number) =>
    Math.min(Infinity, ...guests.filter((guest) => holds(guest) && guest.seat.number === number).map((guest) => Date.parse(guest.starts_at)));
  return body.seats
    .filter(({ kind, number }) => kind === "desk" && next(number) >= end)
    .toSorted((one, other) => next(other.number) - next(one.number) || 0);
}

/**
 * How many desks are free, less those that this device has given away since.
 * @param {KeptHostSnapshot} kept
 * @param {readonly Guest[]} guests
 * @returns {HalfDays}
 */
export function freeNow({ body }, guests) {
  const taken = guests.filter((guest) => guest.is_unsent && guest.pass === null);
  const less = (/** @type {number | null} */ count) => (count === null ? null : Math.max(0, count - taken.length));
  return { morning: less(body.free.morning), afternoon: less(body.free.afternoon) };
}

/**
 * The day's list as a pass is judged by.
 * @param {KeptHostSnapshot} kept
 * @param {readonly Guest[]} guests
 * @returns {import("./admitting.js").List}
 */
export function listOf({ at, body }, guests) {
  const bookings = guests.flatMap((guest) =>
    guest.pass === null
      ? []
      : [{
          booking: guest.pass, starts_at: guest.starts_at, ends_at: guest.ends_at,
          state: guest.ended === null ? /** @type {const} */ ("open") : /** @type {const} */ ("ended"), checked_in_at: guest.checked_in_at,
        }],
  );
  return { space: body.space.id, timezone: body.space.timezone, date: body.day, at, bookings };
}

/**
 * The moment at which a clock at the place shows a time of a day.
 * @param {string} day YYYY-MM-DD
 * @param {number} minutes after midnight
 * @param {string} timezone
 */
export function momentOf(day, minutes, timezone) {
  const wall = Date.parse(`${day}T00:00:00Z`) + minutes * MINUTE;
  // The zone's offset is asked at the guess and once more at the better guess, for days on which it changes.
  const first = wall - offsetAt(wall, timezone);
  return wall - offsetAt(first, timezone);
}

/**
 * An event with the time that people are told.
 * @param {HostEntry} entry
 * @returns {HostEvent}
 */
function told({ event, written_at: at }) {
  return at ? { ...event, captured_at: at } : event;
}

/**
 * @param {HostEntry} entry
 * @param {string} at when the snapshot was true
 */
function isNews({ state, sent_at: sentAt, verdict }, at) {
  return verdict?.verdict !== "rejected" && (state !== "done" || Date.parse(String(sentAt)) > Date.parse(at));
}

/**
 * @param {Map<string, Guest>} guests
 * @param {HostEvent} event
 * @param {HostSnapshot} body
 */
function apply(guests, event, body) {
  const guest = guests.get(String(event.booking));
  if (event.kind === "walk_in") guests.set(String(event.booking), walkedIn(event, body));
  if (!guest) return;
  const evidence = event.code === "word" ? "host_word" : "host_scan";
  if (event.kind === "check_in") {
    const since = guest.checked_in_at ?? event.captured_at;
    guests.set(guest.booking, { ...guest, state: "there", checked_in_at: since, left_at: null, evidence: guest.evidence ?? evidence, is_unsent: true });
  } else if (event.kind === "check_out") {
    guests.set(guest.booking, { ...guest, state: "left", left_at: event.captured_at, is_unsent: true });
  }
}

/**
 * @param {HostEvent} event
 * @param {HostSnapshot} body
 * @returns {Guest}
 */
function walkedIn(event, body) {
  const { captured_at: at } = event;
  const seat = body.seats.find(({ number }) => number === event.seat);
  return {
    booking: String(event.booking), pass: null, name: event.label ?? "", label: event.label,
    seat: { number: event.seat ?? 0, name: seat?.name ?? null }, period: null, starts_at: at,
    ends_at: new Date(halfDayEnd(body, Date.parse(at))).toISOString(), state: "there", checked_in_at: at, left_at: null,
    evidence: "host_word", is_late: false, ended: null, is_unsent: true,
  };
}

/**
 * @param {Map<string, Guest>} guests
 * @param {Pick<HostEvent, "kind" | "booking">} event that the server knows already
 */
function takeBack(guests, { kind, booking }) {
  const guest = guests.get(String(booking));
  if (!guest) return;
  if (kind === "walk_in") guests.set(guest.booking, { ...guest, ended: "undone", is_unsent: true });
  else if (kind === "check_out") guests.set(guest.booking, { ...guest, state: "there", left_at: null, is_unsent: true });
  else guests.set(guest.booking, { ...guest, state: "expected", checked_in_at: null, evidence: null, is_unsent: true });
}

/**
 * @param {HostSnapshot} body
 * @param {number} now
 */
function halfDayEnd({ day, hours, space }, now) {
  if (!hours) return now;
  const splits = momentOf(day, hours.splits, space.timezone);
  return now < splits ? splits : momentOf(day, hours.closes, space.timezone);
}

/**
 * @param {number} moment
 * @param {string} timezone
 */
function offsetAt(moment, timezone) {
  const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "medium" }).format(moment);
  return Date.parse(`${shown.replace(" ", "T")}Z`) - Math.floor(moment / 1000) * 1000;
}
