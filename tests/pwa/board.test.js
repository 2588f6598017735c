import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { freeNow, freeSeats, guestsOf, isMoved, journal, listOf, listed, momentOf } from "../../pwa/lib/board.js";
import { byCode, sheetCode } from "../../pwa/lib/sheet.js";

const AT = "2026-11-23T08:00:00.000Z";
const NOW = Date.parse("2026-11-23T09:00:00Z");
const vectors = JSON.parse(readFileSync(new URL("../vectors/sheet.json", import.meta.url), "utf8"));

/** @param {number} number @param {any} changes */
function guest(number, changes = {}) {
  return {
    booking: `booking-${number}`, pass: `${number}`.repeat(16), name: `Gast ${number}`, label: null, seat: { number, name: null }, period: "morning",
    starts_at: "2026-11-23T07:00:00Z", ends_at: "2026-11-23T12:00:00Z", state: "expected", checked_in_at: null, left_at: null, evidence: null,
    is_late: false, ended: null, ...changes,
  };
}

/** @param {any[]} guests */
function kept(...guests) {
  const seats = [1, 2, 3, 4].map((number) => ({ number, name: `Tisch ${number}`, kind: "desk" }));
  return {
    etag: null, at: AT,
    body: /** @type {any} */ ({
      schema: 1, server_time: AT, space: { id: 7, slug: "kontor", name: "Kontor", timezone: "Europe/Berlin" }, day: "2026-11-23",
      hours: { opens: 480, splits: 780, closes: 1080 }, closed: null, note: null, seats, guests, free: { morning: 2, afternoon: 4 },
      week: [], attention: [], keys: [],
    }),
  };
}

let seq = 0;
/** @param {any} event @param {any} changes @returns {any} */
function entry(event, changes = {}) {
  seq += 1;
  const id = event.id ?? `event-${seq}`;
  const made = { id, seq, code: "word", booking: null, captured_at: "2026-11-23T08:30:00.000Z", label: null, seat: null, undoes: null, ...event };
  return { id, event: made, owner: "kontor", state: "waiting", sent_at: null, verdict: null, ...changes };
}

const done = { state: "done", sent_at: "2026-11-23T07:50:00Z", verdict: { verdict: "accepted" } };

test("what this device recorded stands on top of what the server said", () => {
  const said = [entry({ kind: "check_in", booking: "booking-1" }), entry({ kind: "check_in", booking: "booking-2", code: "HTTPS://X/P/1" })];
  const [one, two] = guestsOf(kept(guest(1), guest(2)), said);
  assert.deepEqual([one.state, one.evidence, one.is_unsent, one.checked_in_at], ["there", "host_word", true, "2026-11-23T08:30:00.000Z"]);
  assert.equal(two.evidence, "host_scan");
  assert.deepEqual(listed([one, two]).there.length, 2);
});

test("what the snapshot knows already is not said twice, and what was refused not at all", () => {
  const known = entry({ kind: "check_in", booking: "booking-1" }, done);
  const refused = entry({ kind: "check_in", booking: "booking-1" }, { ...done, sent_at: "2026-11-23T08:40:00Z", verdict: { verdict: "rejected" } });
  assert.equal(guestsOf(kept(guest(1)), [known, refused])[0].state, "expected");
  const younger = { ...known, sent_at: "2026-11-23T08:40:00Z" };
  assert.equal(guestsOf(kept(guest(1)), [younger])[0].state, "there");
});

test("everything can be taken back, sent or not", () => {
  const came = entry({ id: "a", kind: "check_in", booking: "booking-1" });
  const back = entry({ kind: "undo", booking: "booking-1", undoes: "a" });
  assert.equal(guestsOf(kept(guest(1)), [came, back])[0].state, "expected");
  const there = guest(1, { state: "there", checked_in_at: AT, evidence: "host_word" });
  assert.equal(guestsOf(kept(there), [{ ...came, ...done }, back])[0].state, "expected");
  const left = entry({ id: "b", kind: "check_out", booking: "booking-1" });
  assert.equal(guestsOf(kept(there), [left])[0].state, "left");
  assert.equal(guestsOf(kept(guest(1, { state: "left" })), [{ ...left, ...done }, entry({ kind: "undo", undoes: "b" })])[0].state, "there");
  const walked = entry({ id: "c", kind: "walk_in", booking: "new", label: "Rad", seat: 3 });
  const known = guest(3, { booking: "new", state: "there" });
  assert.equal(guestsOf(kept(known), [{ ...walked, ...done }, entry({ kind: "undo", undoes: "c" })])[0].ended, "undone");
  assert.deepEqual(journal([came, back, left], kept().body).map(({ id }) => id), ["b"]);
});

test("what another device recorded is shown and can be taken back here", () => {
  const snapshot = kept(guest(1, { state: "there", checked_in_at: AT, evidence: "host_word" }));
  const elsewhere = { event: "x", kind: "check_in", booking: "booking-1", at: "2026-11-23T07:40:00.000Z" };
  const own = entry({ id: "y", kind: "check_out", booking: "booking-1" }, done);
  snapshot.body.written = [elsewhere, { ...elsewhere, event: "y", kind: "check_out" }];
  assert.deepEqual(journal([own], snapshot.body).map(({ id, isOwn }) => [id, isOwn]), [["y", true], ["x", false]]);
  const back = entry({ kind: "undo", booking: "booking-1", undoes: "x" });
  assert.deepEqual(journal([own, back], snapshot.body).map(({ id }) => id), ["y"]);
  assert.equal(guestsOf(snapshot, [own, back])[0].state, "expected");
  delete snapshot.body.written; // kept by an older version
  assert.deepEqual(journal([own], snapshot.body).map(({ id }) => id), ["y"]);
});

test("a guest without a booking takes a seat at once", () => {
  const walked = entry({ kind: "walk_in", booking: "new", label: "Rad", seat: 3 });
  const snapshot = kept(guest(1), guest(2, { starts_at: "2026-11-23T12:00:00Z", ends_at: "2026-11-23T17:00:00Z" }));
  assert.deepEqual(freeSeats(snapshot.body, guestsOf(snapshot, []), NOW).map(({ number }) => number), [3, 4, 2]);
  const guests = guestsOf(snapshot, [walked]);
  assert.deepEqual(freeSeats(snapshot.body, guests, NOW).map(({ number }) => number), [4, 2]);
  const shown = guests.find(({ booking }) => booking === "new");
  assert.deepEqual([shown?.name, shown?.state, shown?.seat.number, shown?.ends_at], ["Rad", "there", 3, "2026-11-23T12:00:00.000Z"]);
  assert.equal(freeNow(snapshot, guests).morning, 1);
  assert.equal(listOf(snapshot, guests).bookings.length, 2, "nobody can show a pass of it");
});

test("a guest without a booking who got another seat than was said here needs a look", () => {
  const walked = entry({ kind: "walk_in", booking: "new", label: "Rad", seat: 3 }, done);
  const moved = (/** @type {any} */ one, /** @type {any} */ changes) => isMoved(one, guestsOf(kept(guest(4, { booking: "new", state: "there", ...changes })), [one]));
  assert.equal(moved(walked, {}), true);
  assert.equal(moved(walked, { seat: { number: 3, name: null } }), false);
  assert.equal(moved(walked, { ended: "undone" }), false);
  assert.equal(moved({ ...walked, event: { ...walked.event, kind: "check_in" } }, {}), false);
  const unsent = { ...walked, state: "waiting", verdict: null };
  assert.equal(isMoved(unsent, guestsOf(kept(), [unsent])), false);
});

test("a pass is judged by what was scanned here before", () => {
  const scanned = entry({ kind: "check_in", booking: "booking-1" });
  const snapshot = kept(guest(1), guest(2, { ended: "cancelled" }));
  const { space, bookings } = listOf(snapshot, guestsOf(snapshot, [scanned]));
  assert.equal(space, 7);
  assert.deepEqual(bookings.map(({ state, checked_in_at: at }) => [state, at]), [["open", "2026-11-23T08:30:00.000Z"], ["ended", null]]);
});

const shown = (/** @type {string} */ day, /** @type {number} */ minutes) => new Date(momentOf(day, minutes, "Europe/Berlin")).toISOString();

test("a time of the day sheet is one of the place's clock, also when it is changed", () => {
  assert.equal(shown("2026-11-23", 8 * 60 + 12), "2026-11-23T07:12:00.000Z");
  assert.equal(shown("2026-03-29", 60), "2026-03-29T00:00:00.000Z");
  assert.equal(shown("2026-03-29", 8 * 60), "2026-03-29T06:00:00.000Z");
  assert.equal(shown("2026-10-25", 8 * 60), "2026-10-25T07:00:00.000Z");
});

test("the codes of the day sheet are the server's, and forgive what hands confuse", () => {
  for (const { pass, code } of vectors.codes) assert.equal(sheetCode(pass), code);
  const guests = /** @type {any[]} */ ([guest(1, { pass: "0000100000000000" }), guest(2, { pass: null })]);
  for (const typed of ["0001", "OOOI", " o0-0l "]) assert.equal(byCode(guests, typed).length, 1, typed);
  assert.equal(byCode(guests, "0002").length, 0);
});
