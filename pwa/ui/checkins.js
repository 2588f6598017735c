// Check-ins on the screen: the one just made, large; and those that are still on their way or want a look.

import { shown } from "../lib/bookings.js";
import { sync } from "../sync.js";
import { chip, payment, whenOf } from "./bookings.js";
import { button, el, icon, link, part, say, time } from "./dom.js";
import { notice } from "./hints.js";

/** @typedef {import("../lib/entries.js").Entry} Entry */
/** @typedef {import("../lib/bookings.js").Snapshot} Snapshot */
/**
 * @typedef {{
 *   snapshot: Snapshot | null, isSignedIn: boolean, isOnline: boolean, now: number, booked: string[], redraw: () => void
 * }} Circumstances
 */

const SEALS = { saved: "upload", sent: "sent", confirmed: "check", look: "alert" };
const KINDS = { saved: " waiting", sent: "", confirmed: "", look: " look" };
const DAY = 86_400_000;
const FRESH = 4 * 3_600_000;
let drawn = "";

/**
 * Show all there is to say about check-ins, and a booking that was just made. Says whether that could be shown.
 * @param {Entry[]} mine
 * @param {Circumstances} circumstances
 */
export function showCheckins(mine, circumstances) {
  // A page that the browser restores after hours has no news.
  const isFresh = (/** @type {Entry} */ { event }) => circumstances.now - Date.parse(event.captured_at) < FRESH;
  const current = mine.find((entry) => entry.id === history.state?.checkin && isFresh(entry));
  if (current) showMoment(current, circumstances);
  else if (drawn !== "") hide();
  showList(mine.filter((entry) => entry !== current), circumstances);
  const { snapshot, booked, now } = circumstances;
  const fresh = snapshot ? snapshot.bookings.filter(({ uuid, state }) => state === "open" && booked.includes(uuid)) : [];
  if (!snapshot || fresh.length === 0) return false;
  const lines = fresh.map((each) => [say("booked_line", { when: whenOf(snapshot, each, now), where: snapshot.spaces[each.space]?.name ?? "" }), payment(each)]);
  const isChange = new URLSearchParams(location.search).has("geaendert");
  showBig("booked", "", "check", say(isChange ? "changed" : "booked"), ...lines.map(([line, paid]) => el("p", {}, line, paid && el("br"), paid)), el("p", { class: "meta" }, say("booked_hint")), close(circumstances));
  // Looked at once; a page that is restored another day has no news.
  history.replaceState(null, "", "/meine");
  void import("./remind.js").then(({ offerReminders }) => offerReminders(part("remind")));
  return true;
}

/**
 * A code that could not be recorded, or a check-in that could not be kept: said loudly, and what to do now.
 * @param {"foreign" | "malformed" | "not_kept"} kind
 * @param {string} cause
 */
export function showRefusal(kind, cause) {
  drawn = "";
  const more = cause !== "" && el("p", { class: "hint" }, cause);
  const report = kind === "foreign" && link(say("report"), "/hilfe#fremder-code", "small");
  const region = part("moment");
  region.replaceChildren(notice("error", say(`refused_${kind}`), more, report));
  region.hidden = false;
  region.scrollIntoView({ block: "center" });
}

/** Whoever comes back from the camera hears first what became of the scan. */
export function focusMoment() {
  part("moment").querySelector("h2")?.focus({ preventScroll: true });
}

/**
 * @param {Entry} entry
 * @param {Circumstances} circumstances
 */
function showMoment(entry, circumstances) {
  const key = JSON.stringify([entry, circumstances.isSignedIn, circumstances.isOnline]);
  if (key === drawn) return;
  drawn = key;
  const state = shown(entry);
  showBig(entry.id, KINDS[state], SEALS[state], say(`moment_${state}`), chip(state, say(`state_${state}`)),
    el("p", { class: "meta" }, describe(entry, circumstances)), ...details(entry, circumstances), close(circumstances));
}

/**
 * All other check-ins that are not settled, and those of the last day.
 * @param {readonly Entry[]} entries of the person, or of nobody
 * @param {Circumstances} circumstances
 */
function showList(entries, circumstances) {
  const { snapshot, now } = circumstances;
  // A confirmed one stands on its booking's card.
  const isOnCard = (/** @type {Entry} */ entry) =>
    shown(entry) === "confirmed" && snapshot?.bookings.some(({ uuid }) => uuid === entry.verdict?.booking) === true;
  const isNews = (/** @type {Entry} */ entry) =>
    !entry.dismissed && !isOnCard(entry) && (entry.state !== "done" || now - Date.parse(entry.event.captured_at) < DAY);
  const rows = entries.filter(isNews).toSorted((one, other) => other.event.seq - one.event.seq);
  const region = part("checkins");
  region.hidden = rows.length === 0;
  region.replaceChildren(el("h2", {}, say("checkins")), el("ul", { class: "lines card" }, ...rows.map((entry) => row(entry, circumstances))));
}

/**
 * @param {Entry} entry
 * @param {Circumstances} circumstances
 */
function row(entry, circumstances) {
  const state = shown(entry);
  return el("li", { "data-ui": "checkin", "data-id": entry.id },
    el("span", { class: "grow" }, describe(entry, circumstances)), chip(state, say(`state_${state}`)),
    el("div", { class: "stack tight" }, ...details(entry, circumstances),
      state === "look" && entry.state === "done" && button(say("dismiss"), () => change({ ...entry, dismissed: true }), "quiet small")));
}

/**
 * Where and when, and the number the host finds it by.
 * @param {Entry} entry
 * @param {Circumstances} circumstances
 */
function describe({ event, space, stem, verdict }, { snapshot }) {
  const known = space === null ? undefined : snapshot?.spaces[space];
  const where = verdict?.space?.name ?? known?.name ?? say("sign", { code: `${stem.slice(0, 4)}-${stem.slice(4)}` });
  return say("checkin", { where, time: time(event.captured_at, known?.timezone), number: event.seq });
}

/**
 * What the server said or what happens next, and what the person can do.
 * @param {Entry} entry
 * @param {Circumstances} circumstances
 * @returns {(Node | false)[]}
 */
function details(entry, { isSignedIn, isOnline, snapshot, now }) {
  if (entry.state === "waiting") {
    const isLost = entry.owner === null && entry.adopter === null && now - Date.parse(entry.event.captured_at) > DAY;
    if (isLost) return [el("p", {}, say("lost_owner"))];
    if (!isSignedIn) return [el("p", {}, say("sign_in_to_send")), link(say("sign_in"), "/anmelden?next=/meine", "primary small")];
    return [el("p", {}, say(isOnline ? "sending" : "will_send"))];
  }
  if (entry.state === "stopped") {
    const text = entry.status === 410 ? say("stopped_old") : say("stopped", { status: entry.status ?? 0 });
    return [el("p", {}, text), button(say("send_again"), () => sendAgain(entry), "small")];
  }
  const { verdict } = entry;
  if (!verdict) return [];
  const slug = verdict.space?.slug ?? entry.space;
  const canBook = verdict.reason === "no_booking" && slug !== null && snapshot !== null && isOnline;
  return [
    verdict.text !== "" && el("p", {}, verdict.text),
    canBook && link(say("book_here"), `/orte/${encodeURIComponent(slug)}/buchen?date=${new Date().toLocaleDateString("sv")}`, "primary small"),
  ];
}

/** @param {Entry} entry */
async function sendAgain(entry) {
  await change({ ...entry, state: "waiting" });
  await sync();
}

/** @param {Entry} entry */
async function change(entry) {
  const { keep } = await import("../outbox.js");
  await keep([entry]);
}

/** @param {Circumstances} circumstances */
function close({ redraw }) {
  return button(say("done"), () => {
    history.replaceState(null, "", "/meine");
    hide();
    redraw();
  }, "small");
}

function hide() {
  drawn = "";
  part("moment").hidden = true;
}

/**
 * @param {string} about which news; only new ones take the focus
 * @param {string} kind
 * @param {string} symbol
 * @param {string} title
 * @param {...(Node | false)} lines
 */
function showBig(about, kind, symbol, title, ...lines) {
  const region = part("moment");
  const isNew = region.hidden || region.dataset.about !== about;
  region.dataset.about = about;
  const heading = el("h2", { tabindex: "-1" }, title);
  region.replaceChildren(el("div", { class: `card moment${kind}` }, el("div", { class: "seal" }, icon(symbol)), heading, ...lines));
  region.hidden = false;
  if (!isNew) return;
  scrollTo({ top: 0 });
  heading.focus({ preventScroll: true });
}
