import assert from "node:assert/strict";
import { test } from "node:test";
import { checkinOf, hasMore, localDay, sorted, zoneOf } from "../../pwa/lib/bookings.js";
import { bookingAt, spaceOf } from "../../pwa/lib/scanned.js";

const BERLIN = "Europe/Berlin";

/** @param {string} uuid @param {string} date @param {string} from @param {string} to @param {any} changes @returns {any} */
function booking(uuid, date, from, to, changes = {}) {
  return { uuid, date, period: "day", starts_at: from, ends_at: to, space: "haus", state: "open", ended_reason: null, checkin: null, ...changes };
}

/** @param {any[]} bookings @returns {any} */
function snapshot(...bookings) {
  return {
    bookings,
    spaces: {
      haus: { timezone: BERLIN, sign_hashes: ["a", "b"], short_sign_hashes: ["c"] },
      azoren: { timezone: "Atlantic/Azores", sign_hashes: ["d"], short_sign_hashes: [] },
    },
  };
}

/** @param {any[]} list */
function names(list) {
  return list.map(({ uuid }) => uuid);
}

/** @param {any} changes @returns {any} */
function entry(changes) {
  return { state: "waiting", verdict: null, event: { booking: "b", captured_at: "2026-11-23T07:05:00Z" }, ...changes };
}

/** @param {string} at */
function ms(at) {
  return Date.parse(at);
}

test("row 15: the day is the one at the place, to the second", () => {
  assert.equal(localDay(ms("2026-11-23T22:59:59Z"), BERLIN), "2026-11-23");
  assert.equal(localDay(ms("2026-11-23T23:00:00Z"), BERLIN), "2026-11-24");
  assert.equal(localDay(ms("2026-07-01T21:59:59Z"), BERLIN), "2026-07-01");
  assert.equal(localDay(ms("2026-07-01T22:00:00Z"), BERLIN), "2026-07-02");
});

test("row 16: days are right on both sides of every change of the clocks, for eight years", () => {
  for (let at = ms("2024-01-01T00:00:00Z"); at < ms("2032-01-01T00:00:00Z"); at += 21_600_000) {
    const day = localDay(at, BERLIN);
    assert.match(day, /^\d{4}-\d\d-\d\d$/);
    const ahead = ms(`${day}T00:00:00Z`) - at;
    assert.ok(ahead <= 2 * 3_600_000 && ahead > -86_400_000 + 3_600_000 - 1, new Date(at).toISOString());
  }
});

test("today comes first, then what comes, and what is over is apart with the latest first", () => {
  const now = ms("2026-11-23T10:00:00Z");
  const all = snapshot(
    booking("later", "2026-11-30", "2026-11-30T07:00:00Z", "2026-11-30T17:00:00Z"),
    booking("gone", "2026-11-20", "2026-11-20T07:00:00Z", "2026-11-20T17:00:00Z"),
    booking("afternoon", "2026-11-23", "2026-11-23T12:00:00Z", "2026-11-23T17:00:00Z"),
    booking("this morning", "2026-11-23", "2026-11-23T05:00:00Z", "2026-11-23T09:00:00Z"),
    booking("cancelled", "2026-11-24", "2026-11-24T07:00:00Z", "2026-11-24T17:00:00Z", { state: "ended", ended_reason: "cancelled" }),
    booking("tomorrow", "2026-11-24", "2026-11-24T07:00:00Z", "2026-11-24T17:00:00Z"),
  );
  const { today, coming, over } = sorted(all, now);
  assert.deepEqual(names(today), ["this morning", "afternoon"]);
  assert.deepEqual(names(coming), ["tomorrow", "later"]);
  assert.deepEqual(names(over), ["cancelled", "gone"]);
  assert.equal(all.bookings[0].uuid, "later", "the snapshot itself stays as it is");
});

test("today is told by the zone of each place", () => {
  const now = ms("2026-11-24T00:30:00Z");
  const all = snapshot(
    booking("berlin", "2026-11-24", "2026-11-24T07:00:00Z", "2026-11-24T17:00:00Z"),
    booking("azores", "2026-11-23", "2026-11-23T09:00:00Z", "2026-11-24T01:00:00Z", { space: "azoren" }),
  );
  assert.deepEqual(sorted(all, now).today.map(({ uuid }) => uuid), ["azores", "berlin"]);
  assert.equal(zoneOf(all, /** @type {any} */ ({ space: "unknown" })), BERLIN);
});

test("a sign is known by its hash, long and short apart", () => {
  assert.equal(spaceOf(snapshot(), "b", "sign"), "haus");
  assert.equal(spaceOf(snapshot(), "c", "short"), "haus");
  assert.equal(spaceOf(snapshot(), "d", "sign"), "azoren");
  assert.equal(spaceOf(snapshot(), "c", "sign"), null);
  assert.equal(spaceOf(snapshot(), "", "sign"), null);
});

test("a scan is for the booking that runs or starts within the hour, else for the next of the day", () => {
  const all = snapshot(
    booking("morning", "2026-11-23", "2026-11-23T07:00:00Z", "2026-11-23T12:00:00Z"),
    booking("afternoon", "2026-11-23", "2026-11-23T12:00:00Z", "2026-11-23T17:00:00Z"),
    booking("elsewhere", "2026-11-23", "2026-11-23T07:00:00Z", "2026-11-23T17:00:00Z", { space: "azoren" }),
    booking("ended", "2026-11-23", "2026-11-23T07:00:00Z", "2026-11-23T17:00:00Z", { state: "ended" }),
    booking("tomorrow", "2026-11-24", "2026-11-24T07:00:00Z", "2026-11-24T17:00:00Z"),
  );
  const at = (/** @type {string} */ time, space = "haus") => bookingAt(all, space, ms(`2026-11-23T${time}:00Z`))?.uuid;
  assert.equal(at("05:00"), "morning");
  assert.equal(at("06:30"), "morning");
  assert.equal(at("11:59"), "morning");
  assert.equal(at("12:00"), "afternoon");
  assert.equal(at("16:59"), "afternoon");
  assert.equal(at("17:00"), undefined);
  assert.equal(at("12:00", "azoren"), "elsewhere");
  assert.equal(at("12:00", "unknown"), undefined);
});

test("a booking tells the best that is known of its check-in", () => {
  const own = booking("b", "2026-11-23", "2026-11-23T07:00:00Z", "2026-11-23T17:00:00Z");
  assert.equal(checkinOf(own, []), null);
  assert.deepEqual(checkinOf(own, [entry({})]), { state: "saved", at: "2026-11-23T07:05:00Z" });
  const verdict = { verdict: "accepted", reason: null, booking: "b", effective_at: "2026-11-23T07:04:00Z" };
  const done = entry({ state: "done", verdict });
  assert.deepEqual(checkinOf(own, [entry({}), done]), { state: "confirmed", at: "2026-11-23T07:04:00Z" });
  const other = entry({ state: "done", verdict: { ...verdict, booking: "another" } });
  assert.equal(checkinOf(own, [other]), null, "the server's word on the booking counts, not the phone's guess");
  const known = { ...own, checkin: { id: "x", at: "2026-11-23T07:01:00Z", verdict: "accepted", reason: null } };
  assert.deepEqual(checkinOf(known, [entry({ state: "stopped" })]), { state: "confirmed", at: "2026-11-23T07:01:00Z" });
  const flagged = { ...own, checkin: { id: "x", at: "2026-11-23T07:01:00Z", verdict: "flagged", reason: "old_sign" } };
  assert.equal(checkinOf(flagged, [])?.state, "look");
});

test("a payer that ends too early is more to say, until the booking is over", () => {
  const payer = { name: "Beispiel GmbH", own_cents: 0, can_change: true, decide_by: null };
  const paid = booking("paid", "2026-11-23", "2026-11-23T07:00:00Z", "2026-11-23T17:00:00Z", { payer });
  const lost = snapshot({ ...paid, payer: { ...payer, decide_by: "2026-11-20T07:00:00Z" } });
  assert.equal(hasMore(snapshot(paid), ms("2026-11-23T08:00:00Z")), false, "who pays stands on the card itself");
  assert.equal(hasMore(lost, ms("2026-11-23T08:00:00Z")), true);
  assert.equal(hasMore(lost, ms("2026-11-23T17:00:00Z")), false);
});

test("what a closure ended stays where it was until it is over", () => {
  const closed = { state: "ended", ended_reason: "closed" };
  const today = booking("today", "2026-11-23", "2026-11-23T07:00:00Z", "2026-11-23T17:00:00Z", closed);
  const coming = booking("coming", "2026-11-24", "2026-11-24T07:00:00Z", "2026-11-24T17:00:00Z", closed);
  const cancelled = booking("cancelled", "2026-11-24", "2026-11-24T07:00:00Z", "2026-11-24T17:00:00Z", { state: "ended", ended_reason: "cancelled" });
  const all = snapshot(today, coming, cancelled);
  const at = (/** @type {string} */ moment) => Object.values(sorted(all, ms(moment))).map(names);
  assert.deepEqual(at("2026-11-23T08:00:00Z"), [["today"], ["coming"], ["cancelled"]]);
  assert.deepEqual(at("2026-11-23T17:00:00Z"), [[], ["coming"], ["cancelled", "today"]]);
  assert.deepEqual(hasMore(all, ms("2026-11-23T08:00:00Z")), true);
  assert.deepEqual(hasMore(snapshot(today), ms("2026-11-23T17:00:00Z")), false);
  assert.deepEqual(hasMore(snapshot(cancelled), ms("2026-11-23T08:00:00Z")), false);
});
