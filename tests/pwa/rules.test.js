import assert from "node:assert/strict";
import { test } from "node:test";
import { shown } from "../../pwa/lib/bookings.js";
import { repeated } from "../../pwa/lib/keeping.js";
import "./phone.js";
import { askedAgain, isPaused, judge, lostSince, nextBatch, revived, wait } from "../../pwa/lib/rules.js";

const { canBeAdopted, isOver } = await import("../../pwa/sync.js");

const NOW = Date.parse("2026-11-23T07:00:00Z");
const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

/** @param {any} changes @returns {any} */
function entry({ seq = 1, at = NOW, ...changes } = {}) {
  const id = changes.id ?? `event-${seq}`;
  const event = { id, device: changes.device ?? "device", seq, kind: "check_in", captured_at: new Date(at).toISOString() };
  return {
    id, event, owner: "ana", adopter: null, stem: "ABCDEFGH", space: null, state: "waiting", status: null, stopped_by: null,
    sent_at: null, resent_at: null, verdict: null, dismissed: false, ...changes,
  };
}

/** @param {string[]} ids @param {any} changes */
function words(ids, changes = {}) {
  return { schema: 1, server_time: "2026-11-23T07:00:00Z", verdicts: ids.map((id) => ({ id, verdict: "accepted" })), missing: [], resend_since: null, ...changes };
}

/** @param {number} status @param {any} body @param {string | null} retryAfter */
function judged(status, body = null, retryAfter = null, sent = ["a", "b"]) {
  return judge({ status, body, retryAfter }, sent, NOW);
}

test("row 9: a 200 lets go only with our schema, a time and matching ids", () => {
  const taken = judged(200, words(["a", "b"]));
  assert.equal(taken.kind, "taken");
  assert.deepEqual(taken.kind === "taken" && [...taken.taken.verdicts.keys()], ["a", "b"]);
  const portals = [
    null, "<html>Login</html>", 1, [], {}, { schema: 1 }, words([]), words(["x"]), words(["a"], { schema: 2 }), words(["a"], { schema: "1" }),
    words(["a"], { server_time: "gestern" }), words(["a"], { server_time: null }), words(["a"], { verdicts: "all" }),
    words([], { verdicts: [null, 1, "a", { id: "a" }, { verdict: "accepted" }, { id: "a", verdict: 1 }] }),
  ];
  for (const body of portals) assert.deepEqual(judged(200, body), { kind: "retry", after: 0, firm: false }, JSON.stringify(body));
});

test("row 5: an answer with some of the ids lets go of those alone", () => {
  const outcome = judged(200, words(["b", "somebody else's"]));
  assert.deepEqual(outcome.kind === "taken" && [...outcome.taken.verdicts.keys()], ["b"]);
});

test("row 7: no network, 408, 429 and every 5xx keep and try again", () => {
  for (const status of [0, 408, 429, 500, 501, 502, 503, 504, 507, 511, 599]) {
    const outcome = judged(status);
    assert.deepEqual(outcome, { kind: "retry", after: 0, firm: status === 429 || status === 503 }, String(status));
  }
});

test("redirects are a portal's, never ours", () => {
  for (const status of [301, 302, 303, 307, 308, 304]) assert.equal(judged(status).kind, "retry");
});

test("row 26: 401 keeps and asks to sign in", () => assert.deepEqual(judged(401), { kind: "sign_in" }));

test("413 halves, and stops at a single event", () => {
  assert.deepEqual(judged(413), { kind: "halve" });
  assert.deepEqual(judged(413, null, null, ["a"]), { kind: "stop", status: 413 });
});

test("row 33: any other status keeps, stops and wants a look", () => {
  for (const status of [201, 204, 206, 400, 403, 404, 405, 406, 409, 410, 415, 418, 422, 451]) {
    assert.deepEqual(judged(status, words(["a", "b"])), { kind: "stop", status }, String(status));
  }
});

test("there is no status for which the phone lets go, except 200 with verdicts", () => {
  for (let status = 0; status < 600; status += 1) {
    for (const body of [null, {}, words(["a", "b"])]) {
      assert.equal(judged(status, body).kind === "taken", status === 200 && body !== null && "schema" in body, String(status));
    }
  }
});

test("Retry-After is honoured in both its forms, and bounded", () => {
  /** @type {[string, number][]} */
  const table = [["7", 7 * SECOND], [" 7 ", 7 * SECOND], ["0", 0], ["-5", 0], ["1.5", 0], ["bald", 0], ["", 0], ["999999999", HOUR],
    ["Mon, 23 Nov 2026 07:01:00 GMT", 60 * SECOND], ["Mon, 23 Nov 2026 06:00:00 GMT", 0], ["Mon, 23 Nov 2099 06:00:00 GMT", HOUR]];
  for (const [header, after] of table) {
    const outcome = judged(503, null, header);
    assert.equal(outcome.kind === "retry" && outcome.after, after, header);
  }
});

test("row 7: waits grow from one second to five minutes with full jitter", () => {
  const quiet = { after: 0, firm: false };
  const spans = Array.from({ length: 12 }, (_, attempt) => wait(attempt, quiet, 1) / SECOND);
  assert.deepEqual(spans, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  assert.equal(wait(1e9, quiet, 1), 300 * SECOND);
  assert.equal(wait(9, quiet, 0), 0);
  assert.equal(wait(9, quiet, 0.5), 150 * SECOND);
  assert.equal(wait(0, { after: 7000, firm: false }, 0), 7000);
});

test("row 44: a server that asks for a pause gets its phones back spread over half a minute", () => {
  assert.equal(wait(0, { after: 5000, firm: true }, 1), 35 * SECOND);
  assert.equal(wait(0, { after: 5000, firm: true }, 0), 5 * SECOND);
});

test("somebody who looks does not wait for our own pause, but for the server's", () => {
  assert.equal(isPaused(null, false, NOW), false);
  assert.equal(isPaused({ notBefore: NOW + 1, firm: false }, false, NOW), true);
  assert.equal(isPaused({ notBefore: NOW + 1, firm: false }, true, NOW), false);
  assert.equal(isPaused({ notBefore: NOW + 1, firm: true }, true, NOW), true);
  assert.equal(isPaused({ notBefore: NOW, firm: true }, false, NOW), false);
});

test("row 1: the same sign within two minutes is the same scan", () => {
  const kept = [entry({ seq: 1, stem: "AAAAAAAA", space: "beispiel" })];
  const scan = { owner: "ana", kind: "check_in", stem: "AAAAAAAA", space: null, at: NOW };
  for (const [delta, folds] of /** @type {[number, boolean][]} */ ([[0, true], [120_000, true], [-120_000, true], [120_001, false], [-120_001, false]])) {
    assert.equal(repeated(kept, { ...scan, at: NOW + delta }) !== undefined, folds, String(delta));
  }
  assert.equal(repeated(kept, { ...scan, stem: "BBBBBBBB" }), undefined);
  assert.ok(repeated(kept, { ...scan, stem: "BBBBBBBB", space: "beispiel" }), "the typed form of another sign of the same space");
  assert.equal(repeated(kept, { ...scan, stem: "BBBBBBBB", space: "anderswo" }), undefined);
  assert.equal(repeated(kept, { ...scan, owner: "ben" }), undefined);
  assert.equal(repeated(kept, { ...scan, owner: null }), undefined);
  assert.equal(repeated(kept, { ...scan, kind: "check_out" }), undefined);
  assert.equal(repeated([entry({ stem: "AAAAAAAA", space: null })], { ...scan, stem: "BBBBBBBB" }), undefined, "two unknown spaces are not one");
});

test("a refused scan is not repeated but tried anew", () => {
  const refused = { state: "done", verdict: { verdict: "flagged", reason: "no_booking" }, stem: "AAAAAAAA" };
  assert.equal(repeated([entry(refused)], { owner: "ana", kind: "check_in", stem: "AAAAAAAA", space: null, at: NOW + 1 }), undefined);
});

test("row 25: only events of this person are sent, in their order, unowned ones apart", () => {
  const entries = [
    entry({ seq: 5 }), entry({ seq: 2, owner: "ben" }), entry({ seq: 3, owner: null, adopter: "ana" }), entry({ seq: 1, state: "done" }),
    entry({ seq: 4 }), entry({ seq: 6, owner: null }), entry({ seq: 7, owner: null, adopter: "ben" }), entry({ seq: 8, state: "stopped" }),
  ];
  const seqs = (/** @type {string} */ person, most = 50) => nextBatch(entries, person, most).map(({ event }) => event.seq);
  assert.deepEqual(seqs("ana"), [3]);
  entries[2].state = "done";
  assert.deepEqual(seqs("ana"), [4, 5]);
  assert.deepEqual(seqs("ana", 1), [4]);
  assert.deepEqual(seqs("ben"), [2]);
  assert.deepEqual(seqs("cleo"), []);
});

test("a batch holds events of one device", () => {
  const entries = [entry({ seq: 1, device: "old" }), entry({ seq: 2, device: "new" }), entry({ seq: 3, device: "old" })];
  assert.deepEqual(nextBatch(entries, "ana", 50).map(({ event }) => event.seq), [1, 3]);
});

test("scans without an owner are given away for a day", () => {
  const scan = entry({ owner: null });
  assert.equal(canBeAdopted(scan, NOW), true);
  assert.equal(canBeAdopted(scan, NOW + DAY), true);
  assert.equal(canBeAdopted(scan, NOW + DAY + 1), false);
  assert.equal(canBeAdopted(scan, NOW - DAY - 1), false);
  assert.equal(canBeAdopted(entry({ owner: null, adopter: "ben" }), NOW), false);
  assert.equal(canBeAdopted(entry(), NOW), false);
});

test("sent events are kept 30 days, others for ever", () => {
  const sentAt = new Date(NOW).toISOString();
  const sent = entry({ state: "done", sent_at: sentAt });
  assert.equal(isOver(sent, NOW + 30 * DAY), false);
  assert.equal(isOver(sent, NOW + 30 * DAY + 1), true);
  assert.equal(isOver(entry({ state: "stopped", sent_at: sentAt }), NOW + 400 * DAY), false);
  assert.equal(isOver(entry(), NOW + 400 * DAY), false);
});

test("row 4: a gap that the server names is sent again, once an hour at most", () => {
  const done = { state: "done", sent_at: "2026-11-22T07:00:00Z" };
  const entries = [entry({ seq: 1, ...done }), entry({ seq: 2, ...done }), entry({ seq: 3 }), entry({ seq: 2, id: "other", device: "other", ...done })];
  const taken = { serverTime: "", verdicts: new Map(), missing: [2, 3, 99], resendSince: null };
  assert.deepEqual(askedAgain(entries, "device", taken, NOW).map(({ id }) => id), ["event-2"]);
  entries[1].resent_at = new Date(NOW - HOUR + 1).toISOString();
  assert.deepEqual(askedAgain(entries, "device", taken, NOW), []);
  entries[1].resent_at = new Date(NOW - HOUR - 1).toISOString();
  assert.equal(askedAgain(entries, "device", taken, NOW).length, 1);
});

test("row 47: a restored server gets again what was sent since its backup, however old the scan, and two days more for wrong clocks", () => {
  const sent = (/** @type {number} */ seq, /** @type {number} */ at) => entry({ seq, at: NOW - 9 * DAY, state: "done", sent_at: new Date(at).toISOString() });
  const entries = [sent(1, NOW - 3 * DAY), sent(2, NOW - 2 * DAY + HOUR), sent(3, NOW + HOUR), entry({ seq: 4 })];
  assert.deepEqual(lostSince(entries, new Date(NOW).toISOString()).map(({ id }) => id), ["event-2", "event-3"]);
});

test("row 26: without a session only what the key signed is sent", () => {
  const entries = [entry({ seq: 1 }), entry({ seq: 2 }), entry({ seq: 3, owner: "ben" })];
  for (const each of entries.slice(1)) each.event = { ...each.event, signature: "S" };
  assert.deepEqual(nextBatch(entries, "ana", 50, true).map(({ event }) => event.seq), [2]);
  assert.deepEqual(nextBatch(entries, "ana", 50).map(({ event }) => event.seq), [1, 2]);
});

test("row 33: what an older version gave up on is tried again by a newer one", () => {
  const [again, same] = revived([entry({ state: "stopped", stopped_by: "old" }), entry({ seq: 2, state: "stopped", stopped_by: "new" })], "new");
  assert.equal(again.state, "waiting");
  assert.equal(same.state, "stopped");
});

test("the four words on the screen", () => {
  const done = (/** @type {string | null} */ verdict, /** @type {string | null} */ reason = null) =>
    shown(entry({ state: "done", verdict: verdict === null ? null : { verdict, reason } }));
  assert.equal(shown(entry()), "saved");
  assert.equal(shown(entry({ state: "stopped", status: 410 })), "look");
  assert.equal(done(null), "sent");
  assert.equal(done("stored"), "sent");
  assert.equal(done("accepted"), "confirmed");
  assert.equal(done("flagged", "duplicate"), "confirmed");
  assert.equal(done("flagged", "unowned"), "sent");
  assert.equal(done("flagged", "in_future"), "sent");
  assert.equal(done("flagged", "implausible"), "sent");
  for (const reason of ["no_booking", "old_sign", "wrong_space", "too_late", null, "something new"]) assert.equal(done("flagged", reason), "look");
  for (const reason of ["unknown_code", "foreign_code", "malformed", "id_reused", null]) assert.equal(done("rejected", reason), "look");
});
