// What stands above the list once in a while: a page that needs the network, the way back from a cancellation, and check-ins that never came.

import { lostByDay } from "../lib/witness.js";
import { whenOf } from "./bookings.js";
import { button, day, el, icon, link, part, say } from "./dom.js";

/** @typedef {import("../lib/bookings.js").Booking} Booking */
/** @typedef {import("../lib/bookings.js").Snapshot} Snapshot */
/** @typedef {import("../lib/entries.js").Entry} Entry */

/**
 * Say that this is not the page that was asked for, what was just cancelled, and which check-ins never came.
 * @param {{isElsewhere: boolean, cancelled: string | null, snapshot: Snapshot | null, entries: Entry[], now: number}} circumstances
 */
export function showHints({ isElsewhere, cancelled, snapshot, entries, now }) {
  const ended = snapshot?.bookings.find(({ uuid, state }) => state === "ended" && uuid === cancelled);
  const hints = [
    isElsewhere && notice("warning", say("no_page_offline"), button(say("try_again"), () => location.reload(), "small")),
    snapshot && ended && cancelledNotice(snapshot, ended, now),
    lostNotice(lostByDay(snapshot?.missing ?? [], entries)),
  ].filter((hint) => hint instanceof Node);
  const region = part("hints");
  region.hidden = hints.length === 0;
  if (region.textContent !== hints.map((hint) => hint.textContent).join("")) region.replaceChildren(...hints);
}

/**
 * @param {"info" | "warning" | "error"} kind
 * @param {string} text
 * @param {...import("./dom.js").Child} more
 */
export function notice(kind, text, ...more) {
  return el("div", { class: `notice ${kind}`, role: kind === "error" ? "alert" : "status" },
    icon(kind === "info" ? "info" : "alert"), el("div", {}, el("p", {}, text), ...more));
}

/**
 * Nobody can fetch what a phone has lost, but its person hears of it.
 * @param {[string, number][]} lost days, and how many of each
 */
function lostNotice(lost) {
  const lines = lost.map(([date, count]) => say(count === 1 ? "lost_one" : "lost_several", { count, day: day(date) }));
  const made = lines.length > 0 && notice("warning", lines.join(" "), el("p", {}, say("lost_hint")), link(say("lost_report"), "/hilfe", "small"));
  if (made) made.dataset.ui = "lost";
  return made;
}

/**
 * What was just cancelled, and the way to book it again while its time lasts.
 * @param {Snapshot} snapshot
 * @param {Booking} booking
 * @param {number} now
 */
function cancelledNotice(snapshot, booking, now) {
  const { uuid, date, period, space, seat, ends_at: end } = booking;
  const text = say("cancelled_line", { when: whenOf(snapshot, booking, now), where: snapshot.spaces[space]?.name ?? "" });
  const form = period === "hours" ? `raum/${seat.number}?date=${date}` : `buchen?date=${date}&period=${period}`;
  const again = link(say("book_again"), `/orte/${encodeURIComponent(space)}/${form}`, "small");
  const made = notice("info", text, Date.parse(end) > now && again);
  made.dataset.ui = "cancelled";
  made.dataset.uuid = uuid;
  return made;
}
