// Two small forms of the board: a guest without a booking, and what was written down on the printed day sheet.

import { freeSeats, guestsOf, momentOf } from "../lib/board.js";
import { byCode } from "../lib/sheet.js";
import { nameOf, notice, seatOf } from "../ui/board.js";
import { el, icon, part, say, time } from "../ui/dom.js";
import { record } from "./record.js";
import { state } from "./store.js";

/** @typedef {(kept: Promise<import("../lib/board.js").HostEntry>) => unknown} Tell */

const MINUTE = 60_000;

/**
 * Two taps: this opens with a seat already chosen, the second one records.
 * @param {string} slug
 * @param {Tell} tell
 */
export async function askWalkIn(slug, tell) {
  const { snapshot, entries } = await state(slug);
  if (!snapshot) return;
  const seats = freeSeats(snapshot.body, guestsOf(snapshot, entries), Date.now());
  const label = el("input", { id: "walk-in-label", type: "text", maxlength: "40", autocomplete: "off", "aria-describedby": "walk-in-hint" });
  const seat = el("select", { id: "walk-in-seat" }, ...seats.map(({ number, name }) =>
    el("option", { value: String(number) }, seatOf(/** @type {any} */ ({ seat: { number, name } })))));
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    dialog.close();
    tell(record(slug, {
      kind: "walk_in", booking: crypto.randomUUID(), label: label.value.trim() || say("guest"), seat: Number(seat.value),
    }));
  };
  const close = el("button", { type: "button", class: "button", click: () => dialog.close() }, say("close"));
  const form = el("form", { class: "stack", submit },
    snapshot.body.closed !== null && notice("warning", say("walk_in_closed")),
    el("div", { class: "field" }, el("label", { for: "walk-in-seat" }, say("walk_in_seat")), seat),
    el("div", { class: "field" }, el("label", { for: "walk-in-label" }, say("walk_in_label")),
      el("p", { class: "hint", id: "walk-in-hint" }, say("walk_in_hint")), label),
    el("div", { class: "row" }, el("button", { type: "submit", class: "button primary", autofocus: true }, say("walk_in_do")), close));
  const dialog = el("dialog", { class: "card sheet", "aria-labelledby": "walk-in-title", "data-ui": "walk-in-form" },
    el("h2", { id: "walk-in-title" }, say("walk_in")),
    seats.length > 0 ? form : el("div", { class: "stack" }, el("p", {}, say("walk_in_full")), el("div", { class: "row" }, close)));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * @param {string} slug
 * @param {Tell} tell
 */
export async function showPaper(slug, tell) {
  const code = el("input", { id: "paper-code", type: "text", maxlength: "12", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", "aria-describedby": "paper-hint" });
  const guest = el("select", { id: "paper-guest" });
  const kind = el("select", { id: "paper-kind" }, el("option", { value: "check_in" }, say("paper_came")), el("option", { value: "check_out" }, say("paper_left")));
  const at = el("input", { id: "paper-time", type: "time", required: true });
  const wrong = el("p", { class: "wrong", role: "alert" });
  // The list may change while the form is open.
  const fill = async () => {
    const { snapshot, entries } = await state(slug);
    const zone = snapshot?.body.space.timezone;
    const guests = snapshot ? guestsOf(snapshot, entries).filter(({ ended, pass }) => ended === null && pass !== null) : [];
    const chosen = guest.value;
    guest.replaceChildren(el("option", { value: "" }, say("paper_choose")), ...guests.map((each) =>
      el("option", { value: each.booking }, `${nameOf(each)}, ${seatOf(each)}, ${time(each.starts_at, zone)}`)));
    guest.value = chosen;
  };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const { snapshot, entries, ahead } = await state(slug);
    if (!snapshot) return;
    const { body } = snapshot;
    // The clock on the wall was right, whatever this device's shows.
    const now = Date.now() - ahead;
    const guests = guestsOf(snapshot, entries);
    const found = guest.value ? guests.filter(({ booking }) => booking === guest.value) : byCode(guests, code.value);
    const [hours, minutes] = at.value.split(":").map(Number);
    const moment = momentOf(body.day, hours * 60 + minutes, body.space.timezone);
    const problem = found.length !== 1 ? (found.length === 0 ? "paper_unknown" : "paper_two") : moment > now + MINUTE ? "paper_future" : null;
    wrong.textContent = problem ? say(problem) : "";
    if (problem) return;
    tell(record(slug, { kind: /** @type {"check_in" | "check_out"} */ (kind.value), booking: found[0].booking, at: Math.min(moment, now) }));
    code.value = guest.value = "";
    code.focus();
  };
  guest.addEventListener("focus", fill);
  part("paper-form").replaceChildren(el("form", { class: "stack", submit },
    el("p", { class: "hint", id: "paper-hint" }, say("paper_hint")),
    el("div", { class: "field" }, el("label", { for: "paper-code" }, say("paper_code")), code),
    el("div", { class: "field" }, el("label", { for: "paper-guest" }, say("paper_guest")), guest),
    el("div", { class: "field" }, el("label", { for: "paper-kind" }, say("paper_kind")), kind),
    el("div", { class: "field" }, el("label", { for: "paper-time" }, say("paper_time")), at),
    wrong,
    el("button", { type: "submit", class: "button primary" }, icon("check"), say("paper_do"))));
  await fill();
}
