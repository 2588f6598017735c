// The host's scanner: proves a pass without network, says what it means, records it, and is ready for the next.

import { judgePass } from "../lib/admitting.js";
import { guestsOf, listOf } from "../lib/board.js";
import { check, importKeys } from "../lib/pass.js";
import { byCode } from "../lib/sheet.js";
import { scan } from "../scanner.js";
import { nameOf, seatOf } from "../ui/board.js";
import { boot, day, el, icon, part, say, time } from "../ui/dom.js";
import { record } from "./record.js";
import { allowSound, signal } from "./signals.js";
import { state } from "./store.js";
import { correctedNow } from "./sync.js";

/** @typedef {"green" | "amber" | "red"} Tone */
/** @typedef {{word: string, tone: Tone, title: string, lines: string[]}} Told */

const SHOWN = 3500;
// A pass that is still held before the camera is not a second guest.
const HELD = 6000;
const SYMBOLS = { green: "check", amber: "alert", red: "close" };
let last = { text: "", at: 0 };
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Open the camera until the host closes it.
 * @param {string} slug
 * @param {() => unknown} changed
 */
export async function openScanner(slug, changed) {
  allowSound();
  await scan(async (text, isScanned) => {
    const isHeld = isScanned && text === last.text && Date.now() - last.at < HELD;
    last = { text, at: Date.now() };
    if (isHeld) return null;
    const told = await (isScanned ? admit(slug, text) : typed(slug, text)).catch(() => plain("not_kept", "red"));
    show(told);
    changed();
    return null;
  });
}

/**
 * @param {string} slug
 * @param {string} text
 * @returns {Promise<Told>}
 */
async function admit(slug, text) {
  const { snapshot, entries, serverTime } = await state(slug);
  if (!snapshot) return plain("no_list", "amber");
  const reading = await check(text, boot.origin, await importKeys(snapshot.body.keys.map(({ kid, key }) => ({ kid, public_key: hexOf(key) }))));
  if (reading.content === null) return plain(reading.verdict, "red");
  const guests = guestsOf(snapshot, entries);
  const { word, tone, at, listed } = judgePass(reading.content, listOf(snapshot, guests), correctedNow(serverTime));
  const guest = guests.find(({ pass }) => pass === listed?.booking) ?? null;
  // Kept before it is said. Whatever is said here, the server judges every pass that is really ours.
  await record(slug, { kind: "check_in", code: text, booking: guest?.booking ?? null });
  const zone = snapshot.body.space.timezone;
  /** @type {Record<string, string>} */
  const moment = at === null ? {} : { time: time(at, zone), day: day(new Date(Date.parse(at)).toLocaleDateString("sv", { timeZone: zone })) };
  return { word, tone, title: say(`pass_${word}`, moment), lines: [guest ? `${nameOf(guest)} · ${seatOf(guest)}` : "", say(`pass_${word}_what`, moment)] };
}

/**
 * Without a camera: the code of the day sheet.
 * @param {string} slug
 * @param {string} text
 * @returns {Promise<Told>}
 */
async function typed(slug, text) {
  const { snapshot, entries } = await state(slug);
  const guests = snapshot ? guestsOf(snapshot, entries) : [];
  const found = byCode(guests, text);
  if (found.length !== 1) return plain("no_code", "red");
  const [guest] = found;
  await record(slug, { kind: "check_in", booking: guest.booking });
  return { word: "welcome", tone: "green", title: say("pass_welcome"), lines: [`${nameOf(guest)} · ${seatOf(guest)}`] };
}

/**
 * @param {string} word
 * @param {Tone} tone
 * @returns {Told}
 */
function plain(word, tone) {
  return { word, tone, title: say(`pass_${word}`), lines: [say(`pass_${word}_what`)] };
}

/** @param {Told} told */
function show({ word, tone, title, lines }) {
  signal(tone);
  part("pass-word")?.remove();
  clearTimeout(timer);
  const made = el("div", { class: `verdict ${tone}`, "data-ui": "pass-word", "data-word": word, role: "alert", click: () => made.remove() },
    el("div", { class: "seal" }, icon(SYMBOLS[tone])), el("p", { class: "title" }, title), ...lines.filter(Boolean).map((line) => el("p", {}, line)));
  part("scanner")?.append(made);
  timer = setTimeout(() => made.remove(), SHOWN);
}

/** @param {string} key x and y in base64url */
function hexOf(key) {
  const bytes = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Array.from(bytes, (sign) => sign.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
