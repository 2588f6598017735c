import assert from "node:assert/strict";
import { test } from "node:test";
import { judgePass } from "../../pwa/lib/admitting.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (/** @type {string} */ time, day = "2026-11-23") => Date.parse(`${day}T${time}:00+01:00`);
const iso = (/** @type {number} */ moment) => new Date(moment).toISOString();
const BOOKING = "8e110d9c2b7a4f10";
const NOW = at("09:00");

/** The pass of a booking from 8 to 18 o'clock, with another content where a test says so. */
const pass = (changes = {}) => ({ kid: 3, booking: BOOKING, space: 7, seat: 12, startMinute: at("08:00") / MINUTE, duration: 600, flags: 0, ...changes });
const listed = (changes = {}) => /** @type {import("../../pwa/lib/admitting.js").Listed} */ (
  { booking: BOOKING, starts_at: iso(at("08:00")), ends_at: iso(at("18:00")), state: "open", checked_in_at: null, ...changes });
const list = (changes = {}) => ({ space: 7, timezone: "Europe/Berlin", date: "2026-11-23", at: iso(at("07:00")), bookings: [listed()], ...changes });
const unknown = (/** @type {number} */ start) => pass({ booking: "0".repeat(16), startMinute: start / MINUTE });
const word = (/** @type {any} */ { word: found, tone, at: when }) => [found, tone, when];

test("who is on today's list is welcome", () => {
  assert.deepEqual(judgePass(pass(), list(), NOW), { word: "welcome", tone: "green", at: null, listed: listed() });
  assert.deepEqual(word(judgePass(pass({ seat: 99 }), list(), NOW)), ["welcome", "green", null], "the list counts, not the seat of the pass");
  assert.deepEqual(word(judgePass(pass({ startMinute: 1, duration: 0 }), list(), NOW)), ["welcome", "green", null], "nor its time");
});

test("row 39: the second use of a pass is told with the time of the first", () => {
  const there = list({ bookings: [listed({ checked_in_at: iso(at("08:12")) })] });
  assert.deepEqual(word(judgePass(pass(), there, NOW)), ["already", "amber", iso(at("08:12"))]);
  assert.deepEqual(word(judgePass(pass(), { ...there, at: iso(at("07:00", "2026-11-20")) }, NOW)), ["already", "amber", iso(at("08:12"))]);
});

test("a pass of another space is for another space whatever else is true", () => {
  const [elsewhere, old] = [pass({ space: 8 }), list({ at: iso(at("07:00", "2026-11-01")), date: "2026-11-01" })];
  for (const each of [list(), old, list({ bookings: [] })]) assert.deepEqual(word(judgePass(elsewhere, each, NOW)), ["other_space", "red", null]);
});

test("a pass whose booking ended is revoked", () => {
  assert.deepEqual(word(judgePass(pass(), list({ bookings: [listed({ state: "ended" })] }), NOW)), ["revoked", "red", null]);
});

test("a pass of another day says which", () => {
  const [before, after] = [at("08:00", "2026-11-20"), at("08:00", "2026-11-24")];
  assert.deepEqual(word(judgePass(unknown(before), list(), NOW)), ["other_day", "red", iso(before)]);
  assert.deepEqual(word(judgePass(unknown(after), list(), NOW)), ["other_day", "amber", iso(after)], "its day may have come while this device's clock stood still");
});

test("what was booked after the list was made is looked at again", () => {
  assert.deepEqual(word(judgePass(pass({ booking: "0".repeat(16) }), list(), NOW)), ["not_listed", "amber", iso(at("07:00"))]);
});

test("row 40: a list that is older than a day, or of yesterday, is old and never turns anybody away", () => {
  const yesterday = { date: "2026-11-22", at: iso(at("22:00", "2026-11-22")) };
  const ahead = { date: "2026-11-23", at: iso(NOW - 24 * HOUR - 1) };
  for (const stale of [yesterday, ahead]) {
    assert.deepEqual(word(judgePass(pass(), list(stale), NOW)), ["list_old", "amber", stale.at]);
    assert.deepEqual(word(judgePass(pass({ booking: "0".repeat(16) }), list(stale), NOW)), ["list_old", "amber", stale.at]);
  }
  assert.equal(judgePass(pass(), list({ at: iso(NOW - 24 * HOUR) }), NOW).word, "welcome", "a day to the millisecond is not older than a day");
});

test("row 43: ten minutes of leeway around an hour before the booking and its end", () => {
  const early = list({ at: iso(at("00:30")) });
  /** @type {[number, string, string][]} */
  const table = [
    [at("06:50"), "welcome", "green"], [at("06:50") - 1, "time_amber", "amber"],
    [at("18:10"), "welcome", "green"], [at("18:10") + 1, "time_amber", "amber"],
    [at("08:00"), "welcome", "green"], [at("18:00"), "welcome", "green"],
  ];
  for (const [now, said, tone] of table) assert.deepEqual(word(judgePass(pass(), early, now)), [said, tone, null], iso(now));
});

test("row 43: a clock that is set back behind the server's word is amber, ten minutes are let be", () => {
  const fresh = list({ at: iso(at("12:00")) });
  assert.equal(judgePass(pass(), fresh, at("11:50")).word, "welcome");
  assert.deepEqual(word(judgePass(pass(), fresh, at("11:50") - 1)), ["time_amber", "amber", null]);
  assert.equal(judgePass(pass({ booking: "0".repeat(16), startMinute: at("08:00", "2026-11-24") / MINUTE }), fresh, at("11:00")).tone, "amber");
});

test("row 43: no clock, however wrong, makes a good pass red", () => {
  const tones = new Set();
  for (const booking of [BOOKING, "0".repeat(16)]) {
    for (let skew = -400 * 24 * 60; skew <= 400 * 24 * 60; skew += skew > -1600 && skew < 1600 ? 1 : 37) {
      const { tone } = judgePass(pass({ booking }), list(), NOW + skew * MINUTE);
      assert.notEqual(tone, "red", `${booking} ${skew}`);
      tones.add(tone);
    }
  }
  assert.deepEqual([...tones].toSorted(), ["amber", "green"]);
});

test("row 43: nor does a list that stayed behind together with the clock", () => {
  for (let days = 1; days <= 40; days += 1) {
    const start = at("08:00") / MINUTE + days * 24 * 60;
    assert.equal(judgePass(pass({ booking: "0".repeat(16), startMinute: start }), list(), NOW).tone, "amber", String(days));
  }
});

test("row 43 control: the same search finds red for a pass that is over", () => {
  const over = pass({ booking: "0".repeat(16), startMinute: at("08:00", "2026-11-22") / MINUTE });
  const tones = new Set(Array.from({ length: 1600 }, (_, skew) => judgePass(over, list(), NOW + (skew - 800) * MINUTE).tone));
  assert.ok(tones.has("red"));
});

test("midnight at the place, on days of 23 and 25 hours too", () => {
  /** @type {[string, string, string][]} */
  const days = [["2026-03-29", "2026-03-28T23:30:00Z", "2026-03-29T21:30:00Z"], ["2026-10-25", "2026-10-24T22:30:00Z", "2026-10-25T22:30:00Z"]];
  for (const [date, first, last] of days) {
    const bookings = [listed({ starts_at: first, ends_at: last })];
    for (const moment of [first, last]) {
      assert.equal(judgePass(pass(), list({ date, at: first, bookings }), Date.parse(moment)).word, "welcome", moment);
    }
  }
});

test("every word is one of the known ones for any input, and nothing throws", () => {
  let state = 43;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const pick = (/** @type {any[]} */ from) => from[Math.floor(random() * from.length)];
  const words = new Set();
  for (let round = 0; round < 20_000; round += 1) {
    const day = pick(["2026-11-20", "2026-11-22", "2026-11-23", "2026-11-24"]);
    const bookings = pick([[], [listed()], [listed({ state: "ended" })], [listed({ checked_in_at: iso(NOW) })]]);
    const made = list({ date: day, at: iso(at("07:00", day)), bookings });
    const { word: said, tone } = judgePass(pass({ space: pick([7, 7, 7, 8]), startMinute: pick([Math.floor(random() * 2 ** 32), at("08:00", day) / MINUTE]) }), made, NOW + (random() - 0.5) * 1e9);
    words.add(`${said} ${tone}`);
  }
  assert.deepEqual([...words].toSorted(), ["already amber", "list_old amber", "not_listed amber", "other_day amber", "other_day red",
    "other_space red", "revoked red", "time_amber amber", "welcome green"]);
});
