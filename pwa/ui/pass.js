// The pass of a booking, large enough for a host to scan. Loaded only when somebody shows it.

import { zoneOf } from "../lib/bookings.js";
import { whenOf } from "./bookings.js";
import { el, icon, say, time } from "./dom.js";
import { drawn, stayAwake } from "./qr.js";

/** @typedef {import("../lib/bookings.js").Booking} Booking */
/** @typedef {import("../lib/bookings.js").Snapshot} Snapshot */

/**
 * @param {Booking} booking one that has a pass
 * @param {Snapshot} snapshot
 */
export function showPass(booking, snapshot) {
  const zone = zoneOf(snapshot, booking);
  const close = el("button", { type: "button", class: "button big", "data-ui": "pass-close", click: () => dialog.close() }, icon("close"), say("close"));
  const dialog = el("dialog", { class: "pass", "data-ui": "pass-card", "aria-labelledby": "pass-title" },
    el("h2", { id: "pass-title" }, say("pass")),
    drawn(String(booking.pass), say("pass_code")),
    el("p", { class: "when" }, whenOf(snapshot, booking, Date.now())),
    el("p", {}, [time(booking.starts_at, zone), time(booking.ends_at, zone).replace(/^00:00/, "24:00")].join("–"), " · ",
      el("strong", {}, snapshot.spaces[booking.space]?.name ?? booking.space), ` · ${say("seat", { number: booking.seat.number })}`),
    el("p", { class: "meta" }, say("pass_hint")), close);
  document.body.append(dialog);
  dialog.showModal();
  const sleep = stayAwake();
  dialog.addEventListener("close", () => {
    sleep();
    dialog.remove();
  });
}
