// The host's day on the screen: who is expected, who is there, who left, what is free, and what needs a human.

import { freeNow, isMoved, journal, listed } from "../lib/board.js";
import { day, el, icon, part, say, time } from "./dom.js";

/** @typedef {import("../lib/board.js").Guest} Guest */
/** @typedef {import("../lib/board.js").HostEntry} HostEntry */
/** @typedef {import("../lib/board.js").Line} Line */
/** @typedef {import("../lib/board.js").KeptHostSnapshot} KeptHostSnapshot */
/**
 * @typedef {{
 *   kept: KeptHostSnapshot, guests: Guest[], entries: HostEntry[], isToday: boolean,
 *   act: (kind: "check_in" | "check_out", guest: Guest) => void, undo: (line: Line) => void, resend: (entry: HostEntry) => void
 * }} View
 */

// So long nothing can be tapped after the list has moved: the second tap of two was meant for what was there before.
const SETTLING = 400;
let drawn = "";
let settled = 0;

/**
 * Draw the board, unless it looks the same already. Whoever works with the keyboard stays at the same guest.
 * @param {View} view
 */
export function showBoard(view) {
  const { kept, guests, isToday } = view;
  const { body } = kept;
  const lists = listed(isToday ? guests : []);
  const row = (/** @type {Guest} */ guest) => guestRow(guest, view);
  const free = freeNow(kept, guests);
  const rest = [...lists.left, ...lists.released, ...lists.over];
  const made = el("div", { class: "stack" },
    !isToday && notice("warning", say("old_list", { day: day(body.day) })),
    isToday && body.closed !== null && notice("info", [say("closed_today"), body.note].filter(Boolean).join(" ")),
    ...body.attention.map(({ text, at, booking }) => {
      const shown = notice("warning", text);
      shown.dataset.ui = "attention";
      shown.dataset.booking = booking ?? "";
      if (at !== null) shown.querySelector("div")?.append(el("p", { class: "meta" }, say("at_time", { time: time(at, body.space.timezone) })));
      return shown;
    }),
    isToday && el("dl", { class: "figures" },
      figure("expected", lists.expected.length), figure("there", lists.there.length), figure("left", lists.left.length),
      figure("free_morning", free.morning ?? "–"), figure("free_afternoon", free.afternoon ?? "–")),
    isToday && group("expected", lists.expected.map(row)),
    isToday && group("there", lists.there.map(row)),
    rest.length > 0 && group("left_and_ended", rest.map(row)));
  const written = journalCard(view);
  const html = made.innerHTML + (written?.innerHTML ?? "");
  if (html === drawn) return;
  if (drawn !== "") settle();
  drawn = html;
  const focused = document.activeElement?.closest("[data-key]")?.getAttribute("data-key");
  const region = part("guests");
  region.replaceChildren(made);
  region.removeAttribute("aria-busy");
  part("journal").hidden = written === null;
  part("journal").replaceChildren(...(written ? [...written.childNodes] : []));
  const again = focused && document.querySelector(`[data-key="${CSS.escape(focused)}"] button`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  else if (focused) part("scan-pass").focus({ preventScroll: true });
}

/** Keys are not held up: whoever uses them hears where they are. */
function settle() {
  shield(true);
  clearTimeout(settled);
  settled = setTimeout(shield, SETTLING, false);
}

/** @param {boolean} isOn */
function shield(isOn) {
  for (const name of ["guests", "journal"]) part(name).classList.toggle("settling", isOn);
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

/** @param {Guest} guest */
export function nameOf(guest) {
  return guest.label || guest.name || say("guest");
}

/** @param {Guest} guest */
export function seatOf({ seat: { number, name } }) {
  const plain = say("seat", { number });
  return name && !name.endsWith(` ${number}`) ? `${plain}, ${name}` : plain;
}

/**
 * What an event of this device says.
 * @param {Pick<Line, "event">} line
 * @param {readonly Guest[]} guests
 */
export function saidBy({ event }, guests) {
  const guest = guests.find(({ booking }) => booking === event.booking);
  const name = guest ? nameOf(guest) : event.label || say("guest");
  if (event.kind === "check_in" && !guest) return say("said_pass");
  return say(`said_${event.kind}`, { name });
}

/**
 * @param {HostEntry} entry
 * @param {readonly Guest[]} guests
 */
function stateOf(entry, guests) {
  if (entry.state === "waiting") return "saved";
  if (isMoved(entry, guests)) return "look";
  if (entry.state === "stopped" || entry.verdict?.verdict === "rejected") return "look";
  return entry.verdict?.verdict === "flagged" && entry.verdict.reason !== "duplicate" ? "look" : "sent";
}

/**
 * @param {string} key
 * @param {number | string} count
 */
function figure(key, count) {
  return el("div", { "data-ui": `figure-${key}` }, el("dt", {}, say(`figure_${key}`)), el("dd", {}, String(count)));
}

/**
 * @param {string} key
 * @param {Node[]} rows
 */
function group(key, rows) {
  return el("section", { class: "card", "aria-labelledby": `list-${key}`, "data-ui": `list-${key}` },
    el("h2", { id: `list-${key}` }, say(`list_${key}`)),
    rows.length > 0 ? el("ul", { class: "lines" }, ...rows) : el("p", { class: "meta" }, say(`list_${key}_empty`)));
}

/**
 * @param {Guest} guest
 * @param {View} view
 */
function guestRow(guest, { kept, act }) {
  const zone = kept.body.space.timezone;
  const isThere = guest.state === "there";
  const name = nameOf(guest);
  const frame = guest.period === null ? "" : `${say(guest.period)}, ${time(guest.starts_at, zone)}–${time(guest.ends_at, zone).replace(/^00:00/, "24:00")}`;
  const came = guest.checked_in_at && say(isThere ? "there_since" : "came_at", { time: time(guest.checked_in_at, zone) });
  const left = guest.left_at && say("left_at", { time: time(guest.left_at, zone) });
  const ended = guest.ended ? say(`ended_${guest.ended}`) : guest.state === "released" && say("released");
  const how = [came, left, guest.evidence && say(`evidence_${guest.evidence}`), ended].filter(Boolean);
  const kind = isThere ? "check_out" : "check_in";
  const canAct = guest.ended === null && guest.state !== "left";
  return el("li", { "data-ui": "guest", "data-booking": guest.booking, "data-state": guest.state, "data-key": guest.booking },
    el("div", { class: "grow" },
      el("p", {}, el("strong", {}, name), " · ", el("span", { class: "unbroken" }, seatOf(guest))),
      frame !== "" && el("p", { class: "meta" }, frame),
      how.length > 0 && el("p", { class: "meta" }, ...how.map((text) => el("span", {}, String(text)))),
      (guest.is_late || guest.is_unsent) && el("p", { class: "row" },
        guest.is_late && el("span", { class: "badge warn" }, say("late")),
        guest.is_unsent && el("span", { class: "badge warn", "data-ui": "unsent" }, icon("upload"), say("state_saved")))),
    canAct && el("button", { type: "button", class: `button small${isThere ? "" : " primary"}`, click: () => act(kind, guest) },
      say(`act_${kind}`), el("span", { class: "visually-hidden" }, `: ${name}`)));
}

/**
 * What was recorded here today, each with the way back.
 * @param {View} view
 */
function journalCard({ kept, entries, guests, undo, resend }) {
  const lines = journal(entries, kept.body);
  if (lines.length === 0) return null;
  return el("div", {}, el("h2", {}, say("journal")), el("ul", { class: "lines" }, ...lines.map((line) => {
    const text = saidBy(line, guests);
    const entry = entries.find(({ id }) => id === line.id);
    const word = entry ? stateOf(entry, guests) : "sent";
    return el("li", { "data-ui": "written", "data-key": line.id },
      el("div", { class: "grow" },
        el("p", {}, say("journal_line", { time: time(line.event.captured_at, kept.body.space.timezone), text })),
        !line.isOwn && el("p", { class: "meta" }, say("journal_elsewhere")),
        word !== "sent" && el("p", {}, el("span", { class: "badge warn", "data-state": word }, icon(word === "look" ? "alert" : "upload"), say(`state_${word}`))),
        word === "look" && entry?.verdict?.text && el("p", { class: "meta" }, entry.verdict.text)),
      entry?.state === "stopped" && el("button", { type: "button", class: "button small", click: () => resend(entry) }, say("send_again")),
      el("button", { type: "button", class: "button quiet small", click: () => undo(line) }, say("undo"), el("span", { class: "visually-hidden" }, `: ${text}`)));
  })));
}
