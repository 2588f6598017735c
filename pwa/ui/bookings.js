// My bookings: first those of today, then the coming ones; what is over is folded away.

import { localDay, sorted, zoneOf } from "../lib/bookings.js";
import { day, el, icon, link, money, part, say, time } from "./dom.js";

/** @typedef {import("../lib/bookings.js").Booking} Booking */
/** @typedef {import("../lib/bookings.js").Snapshot} Snapshot */
/** @typedef {"saved" | "sent" | "confirmed" | "look"} State */
/** @typedef {{snapshot: Snapshot, now: number, isOnline: boolean, stateOf: (booking: Booking) => {state: State, at: string} | null,
 *   moreOf: (booking: Booking) => (Node | false)[]}} View what else is to be said about a booking */

const SYMBOLS = { saved: "upload", sent: "sent", confirmed: "check-circle", look: "alert" };
let drawn = "";

/**
 * Draw the list unless it looks the same: what has the focus stays.
 * @param {View} view
 */
export function showBookings(view) {
  const { today, coming, over } = sorted(view.snapshot, view.now);
  const card = (/** @type {Booking} */ booking) => bookingCard(booking, view);
  const isStuck = !view.isOnline && today.length + coming.length > 0;
  const groups = [
    isStuck && el("p", { class: "hint", id: "needs-network" }, say("needs_network")),
    today.length > 0 && el("section", { class: "stack" }, el("h2", { class: "visually-hidden" }, say("today")), ...today.map(card)),
    coming.length > 0 && el("section", { class: "stack" }, el("h2", {}, say("coming")), ...coming.map(card)),
    today.length + coming.length === 0 && empty("nothing_booked", link(say("find_seat"), "/", "primary", "search")),
    over.length > 0 && past(over.map(card)),
  ];
  const made = el("div", { class: "stack" }, ...groups);
  if (made.innerHTML === drawn) return;
  drawn = made.innerHTML;
  const wasOpen = part("past")?.hasAttribute("open") === true;
  show(made);
  part("past")?.toggleAttribute("open", wasOpen);
}

/**
 * Say why there is no list.
 * @param {string} key
 * @param {Node} exit
 */
export function showNoBookings(key, exit) {
  drawn = "";
  show(empty(key, exit));
}

/**
 * One of the words about a check-in, with its sign.
 * @param {State} state
 * @param {string} text
 */
export function chip(state, text) {
  return el("p", { class: "state", "data-ui": "checkin-state", "data-state": state }, icon(SYMBOLS[state]), text);
}

/**
 * The day of a booking and its part, as people say it.
 * @param {Snapshot} snapshot
 * @param {Booking} booking
 * @param {number} now
 */
export function whenOf(snapshot, booking, now) {
  const ahead = (Date.parse(booking.date) - Date.parse(localDay(now, zoneOf(snapshot, booking)))) / 86_400_000;
  const near = ["today", "tomorrow"][ahead];
  return say("when", { day: near ? say(near) : day(booking.date), period: say(booking.period) });
}

/** @param {Booking} booking */
export function payment({ payer }) {
  if (!payer || payer.decide_by) return "";
  const own = payer.own_cents === null ? "" : money(payer.own_cents);
  return payer.name === null ? own && say("pays_self", { own }) : say(payer.own_cents ? "pays_part" : "pays", { name: payer.name, own });
}

/** @param {Node} content */
function show(content) {
  const region = part("bookings");
  region.replaceChildren(content);
  region.removeAttribute("aria-busy");
  performance.mark("usable");
}

/** @param {Node[]} cards */
function past(cards) {
  return el("details", { class: "more", "data-ui": "past" },
    el("summary", {}, say("past", { count: cards.length }), icon("down")),
    el("div", { class: "inside" }, ...cards, el("p", {}, el("a", { href: "/profil/vergangen" }, say("past_all")))));
}

/**
 * @param {string} key
 * @param {Node} exit
 */
function empty(key, exit) {
  return el("div", { class: "empty", "data-ui": "empty" }, icon("ticket"), el("h2", {}, say(key)), el("p", { class: "lead" }, say(`${key}_hint`)), exit);
}

/**
 * @param {Booking} booking
 * @param {View} view
 */
function bookingCard(booking, { snapshot, now, isOnline, stateOf, moreOf }) {
  const space = snapshot.spaces[booking.space];
  const zone = zoneOf(snapshot, booking);
  const isToday = booking.date === localDay(now, zone);
  const isOpen = booking.state === "open";
  const checkin = stateOf(booking);
  const seat = [...new Set([say("seat", { number: booking.seat.number }), booking.seat.name])].filter(Boolean).join(", ");
  const where = [space?.address, [space?.plz, space?.town].filter(Boolean).join(" ")].filter(Boolean).join(", ");
  const marks = isOpen && isToday ? " next" : isOpen ? "" : " ended";
  return el("article", { class: `card booking${marks}`, "data-ui": "booking", "data-uuid": booking.uuid, "data-state": booking.state },
    el("div", { class: "title" },
      el("h3", { class: "when" }, whenOf(snapshot, booking, now)),
      space?.is_sample && el("span", { class: "badge sample" }, say("sample"))),
    el("p", { class: "meta" }, say("frame", { from: time(booking.starts_at, zone), to: time(booking.ends_at, zone).replace(/^00:00/, "24:00") })),
    el("p", {}, el("strong", {}, space?.name ?? booking.space), ` · ${seat}`, el("br"), el("span", { class: "meta" }, where)),
    !isOpen && el("p", { class: "stands-out" }, [say(`ended_${booking.ended_reason ?? "cancelled"}`), booking.ended_note].filter(Boolean).join(": ")),
    isOpen && isToday && space?.arrival && el("p", { class: "hint" }, space.arrival),
    checkin && chip(checkin.state, say(`state_${checkin.state}_at`, { time: time(checkin.at, zone) })),
    isOpen && payment(booking) && el("p", { class: "meta price", "data-ui": "paying" }, icon("euro"), payment(booking)),
    ...moreOf(booking),
    isOpen && Date.parse(booking.ends_at) > now && actions(booking, snapshot, isOnline, checkin?.state === "confirmed"));
}

/**
 * @param {Booking} booking
 * @param {Snapshot} snapshot
 * @param {boolean} isOnline
 * @param {boolean} isThere who is there neither cancels nor changes what has begun
 */
function actions(booking, snapshot, isOnline, isThere) {
  const { lat = null, lon } = snapshot.spaces[booking.space] ?? {};
  const map = lat === null ? null : `https://www.openstreetmap.org/directions?to=${lat}%2C${lon}`;
  const ways = [
    ["route", map, "route"], ["calendar", `/buchungen/${booking.uuid}.ics`, "calendar"],
    ["pay_otherwise", booking.payer?.can_change && `/buchungen/${booking.uuid}/zahlen`, "euro"],
    ...(isThere ? [] : [["change", `/buchungen/${booking.uuid}/aendern`, "edit"], ["cancel", `/buchungen/${booking.uuid}/absagen`, "close"]]),
  ];
  const showPass = async () => (await import("./pass.js")).showPass(booking, snapshot);
  return el("div", { class: "row" },
    booking.pass && el("button", { type: "button", class: "button small", "data-ui": "pass", click: showPass }, icon("ticket"), say("pass")),
    ...ways.map(([name, href, symbol]) => href && way(String(name), href, String(symbol), isOnline)));
}

/**
 * @param {string} name
 * @param {string} href
 * @param {string} symbol
 * @param {boolean} isOnline
 */
function way(name, href, symbol, isOnline) {
  if (!isOnline) {
    const why = { role: "link", "aria-disabled": "true", "aria-describedby": "needs-network" };
    return el("span", { class: "button quiet small", "data-ui": name, ...why }, icon(symbol), say(name));
  }
  const made = link(say(name), href, "quiet small", symbol);
  made.dataset.ui = name;
  if (name === "route") made.rel = "noreferrer";
  return made;
}
