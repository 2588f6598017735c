// What else is to be said about a booking: that its space has closed, that its seat is free for others, who pays, how to get in.

import { localDay, zoneOf } from "../lib/bookings.js";
import { day, el, icon, link, say, time } from "./dom.js";

/** @typedef {import("../lib/bookings.js").Booking} Booking */

/**
 * @param {Booking} booking
 * @param {import("../lib/types.js").KeptSnapshot} kept
 * @param {number} now
 * @param {{checkin: unknown, isOnline: boolean}} circumstances the check-in of the booking, as far as this phone knows
 * @returns {(Node | false)[]}
 */
export function moreOf(booking, { body, skew = 0 }, now, { checkin, isOnline }) {
  if (Date.parse(booking.ends_at) <= now) return [];
  if (booking.ended_reason === "closed") return [instead(booking)];
  if (booking.state !== "open") return [];
  const zone = zoneOf(body, booking);
  return [!!booking.payer?.decide_by && unpaid(booking, booking.payer.decide_by, zone, isOnline), arrival(booking, zone, now + skew, checkin)];
}

/**
 * A booking that has lost its payer says what to do until when. Without network the way leads nowhere.
 * @param {Booking} booking
 * @param {string} last
 * @param {string} zone
 * @param {boolean} isOnline
 */
function unpaid({ payer, uuid }, last, zone, isOnline) {
  const until = { day: day(localDay(Date.parse(last), zone)), time: time(last, zone) };
  const way = el("a", { href: `/buchungen/${uuid}/zahlen`, "data-ui": "choose-payer", class: "button primary small" }, say("choose_payer"));
  return el("div", { class: "notice warning", "data-ui": "paying" }, icon("alert"), el("div", {}, el("p", {}, say("payer_lost", { name: payer?.name ?? "", ...until })), isOnline && el("p", {}, way)));
}

/**
 * @param {Booking} booking
 * @param {string} zone
 * @param {number} now by the server's clock
 * @param {unknown} checkin
 * @returns {Node | false}
 */
function arrival(booking, zone, now, checkin) {
  if (booking.released_at && !checkin) {
    const at = time(booking.released_at, zone);
    return el("div", { class: "stack", "data-ui": "released" }, el("p", { class: "stands-out" }, say("released", { time: at })), el("p", {}, say("released_hint")));
  }
  return booking.door !== null && entrance(booking, zone, now);
}

/**
 * How to get in, from half an hour before until the end by the server's clock; else when it will be shown.
 * @param {Booking} booking
 * @param {string} zone
 * @param {number} now
 */
function entrance({ door, uuid }, zone, now) {
  if (!door || now >= Date.parse(door.shown_until)) return false;
  if (now < Date.parse(door.shown_from)) {
    const from = { day: day(localDay(Date.parse(door.shown_from), zone)), time: time(door.shown_from, zone) };
    return el("p", { class: "hint", "data-ui": "door-later" }, say("door_later", from));
  }
  if (!door.told) return el("p", { class: "hint", "data-ui": "door-later" }, say("door_unknown"));
  const { code, hint, opens, wifi_name, wifi_password, emergency_contact } = door.told;
  const lines = [["door_code", code], ["door_hint", hint], ["wifi", wifi_name], ["wifi_password", wifi_password], ["emergency", emergency_contact]];
  return el("div", { class: "stack", "data-ui": "door" },
    el("dl", { class: "facts" }, ...lines.map(([name, value]) => value && el("div", {}, el("dt", {}, say(name)), el("dd", {}, el("strong", {}, value))))),
    opens && el("p", {}, link(say("door_open"), `/buchungen/${uuid}/tuer`, "primary", "lock")));
}

/** @param {Booking} booking */
function instead({ ways, date, period }) {
  const search = link(say("other_places"), `/?date=${date}&period=${period}`, "small", "search");
  const places = ways.map(({ name, town, period: part, path }) => el("li", {}, link(`${name}, ${town}: ${say(part)}`, path, "small")));
  return el("div", { class: "stack", "data-ui": "instead" },
    el("p", {}, say("free_of_charge")),
    places.length > 0 && el("p", { class: "stands-out" }, say("free_instead")),
    places.length > 0 && el("ul", { class: "ways" }, ...places),
    el("p", {}, search));
}
