// The way back from a cancellation. Loaded only after one.

import { whenOf } from "./bookings.js";
import { link, notice, say } from "./dom.js";

/** @typedef {import("../lib/bookings.js").Booking} Booking */
/** @typedef {import("../lib/bookings.js").Snapshot} Snapshot */

/**
 * What was just cancelled, and the way to book it again while its time lasts.
 * @param {Snapshot} snapshot
 * @param {Booking} booking
 * @param {number} now
 */
export function cancelledNotice(snapshot, booking, now) {
  const { uuid, date, period, space, ends_at: end } = booking;
  const text = say("cancelled_line", { when: whenOf(snapshot, booking, now), where: snapshot.spaces[space]?.name ?? "" });
  const again = link(say("book_again"), `/orte/${encodeURIComponent(space)}/buchen?date=${date}&period=${period}`, "small");
  const made = notice("info", text, Date.parse(end) > now && again);
  made.dataset.ui = "cancelled";
  made.dataset.uuid = uuid;
  return made;
}
