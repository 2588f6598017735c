// What else is to be said about a booking: that its space has closed, that its seat is free for others.

import { zoneOf } from "../lib/bookings.js";
import { el, link, say, time } from "./dom.js";

/** @typedef {import("../lib/bookings.js").Booking} Booking */

/**
 * @param {Booking} booking
 * @param {import("../store.js").KeptSnapshot} kept
 * @param {number} now
 * @param {unknown} checkin the check-in of the booking, as far as this phone knows
 * @returns {Node | false}
 */
export function moreOf(booking, { body }, now, checkin) {
  if (Date.parse(booking.ends_at) <= now) return false;
  if (booking.ended_reason === "closed") return instead(booking);
  if (booking.state === "open" && booking.released_at && !checkin) {
    const at = time(booking.released_at, zoneOf(body, booking));
    return el("div", { class: "stack", "data-ui": "released" }, el("p", { class: "stands-out" }, say("released", { time: at })), el("p", {}, say("released_hint")));
  }
  return false;
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
