// The pass of a booking, large enough for a host to scan. Loaded only when somebody shows it.

import { zoneOf } from "../lib/bookings.js";
import { Alphanumeric, Byte, Encoder } from "../vendor/qrcode-writer.js";
import { whenOf } from "./bookings.js";
import { el, icon, say, time } from "./dom.js";

/** @typedef {import("../lib/bookings.js").Booking} Booking */
/** @typedef {import("../lib/bookings.js").Snapshot} Snapshot */

const SVG = "http://www.w3.org/2000/svg";
// What QR codes pack tightly; only an address such as http://[::1]:8000 needs more.
const TIGHT = /^[0-9A-Z $%*+\-./:]*$/;
const QUIET = 4;

/**
 * @param {Booking} booking one that has a pass
 * @param {Snapshot} snapshot
 */
export function showPass(booking, snapshot) {
  const zone = zoneOf(snapshot, booking);
  const close = el("button", { type: "button", class: "button big", "data-ui": "pass-close", click: () => dialog.close() }, icon("close"), say("close"));
  const dialog = el("dialog", { class: "pass", "data-ui": "pass-card", "aria-labelledby": "pass-title" },
    el("h2", { id: "pass-title" }, say("pass")),
    drawn(String(booking.pass)),
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

/**
 * A QR code as a picture that stays sharp at any size.
 * @param {string} text
 */
function drawn(text) {
  const code = new Encoder({ level: "M" }).encode(TIGHT.test(text) ? new Alphanumeric(text) : new Byte(text));
  let path = "";
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y) === 1) path += `M${x} ${y}h1v1h-1z`;
  }
  const [svg, shape] = ["svg", "path"].map((tag) => document.createElementNS(SVG, tag));
  const side = code.size + 2 * QUIET;
  svg.setAttribute("viewBox", `${-QUIET} ${-QUIET} ${side} ${side}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", say("pass_code"));
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** Keep the screen on while the pass is shown, where the browser can. Returns what lets it sleep again. */
function stayAwake() {
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  let isShown = true;
  // The browser takes it away with every look at another app.
  const take = async () => {
    if (document.hidden) return;
    const taken = await navigator.wakeLock?.request("screen").catch(() => null);
    if (isShown) lock = taken ?? null;
    else void taken?.release();
  };
  document.addEventListener("visibilitychange", take);
  void take();
  return () => {
    isShown = false;
    document.removeEventListener("visibilitychange", take);
    void lock?.release();
  };
}
