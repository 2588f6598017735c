import assert from "node:assert/strict";
import { test } from "node:test";
import { accepted, network, requests } from "./phone.js";

const { record } = await import("../../pwa/host/record.js");
const { run, state } = await import("../../pwa/host/store.js");
const { sync } = await import("../../pwa/host/sync.js");
const { guestsOf, journal } = await import("../../pwa/lib/board.js");

const MINUTE = 60_000;
let places = 0;

/** A tablet of a space of its own, on which one guest is expected. */
async function tablet() {
  const slug = `kontor-${(places += 1)}`;
  const guest = {
    booking: "booking-1", pass: "1".repeat(16), name: "Rosa Beispiel", label: null, seat: { number: 1, name: null }, period: "day",
    starts_at: "2026-11-23T07:00:00Z", ends_at: "2026-11-23T17:00:00Z", state: "expected", checked_in_at: null, left_at: null,
    evidence: null, is_late: false, ended: null,
  };
  await run("readwrite", async ({ facts, snapshot }) => {
    facts.put({ id: crypto.randomUUID(), seq: 0, token: "token", name: "Tablet" }, `device ${slug}`);
    snapshot.put({ etag: null, at: "2026-11-23T06:00:00Z", body: { schema: 1, server_time: "2026-11-23T06:00:00Z", space: { slug, timezone: "Europe/Berlin" }, day: "2026-11-23", guests: [guest], written: [], keys: [] } }, slug);
  });
  return slug;
}

/** @param {string} slug @param {(entry: any) => any} how */
async function alter(slug, how) {
  const { entries } = await state(slug);
  await run("readwrite", async ({ outbox }) => entries.forEach((entry) => outbox.put(how(entry))));
}

const came = /** @type {const} */ ({ kind: "check_in", booking: "booking-1" });
const left = /** @type {const} */ ({ kind: "check_out", booking: "booking-1" });
const kinds = async (/** @type {string} */ slug) =>
  (await state(slug)).entries.toSorted((one, other) => one.event.seq - other.event.seq).map(({ event }) => event.kind);

test("row 1: the same word given twice, also in two tabs at once, is one event", async () => {
  const slug = await tablet();
  const [one, two] = await Promise.all([record(slug, came), record(slug, came)]);
  assert.equal(two.id, one.id, "the way back of the second toast leads to the first");
  assert.deepEqual(await kinds(slug), ["check_in"]);
  assert.equal((await state(slug)).device?.seq, 1, "no number is lost");
  const undo = /** @type {const} */ ({ kind: "undo", booking: "booking-1", undoes: one.id });
  await Promise.all([record(slug, undo), record(slug, undo)]);
  assert.deepEqual(await kinds(slug), ["check_in", "undo"]);
});

test("what was taken back, is longer ago or was followed by something else is said anew", async () => {
  const back = await tablet();
  const { id } = await record(back, came);
  await record(back, { kind: "undo", booking: "booking-1", undoes: id });
  await record(back, came);
  assert.deepEqual(await kinds(back), ["check_in", "undo", "check_in"]);

  const later = await tablet();
  await record(later, came);
  await alter(later, (entry) => ({ ...entry, event: { ...entry.event, captured_at: new Date(Date.now() - 3 * MINUTE).toISOString() } }));
  await record(later, came);
  assert.deepEqual(await kinds(later), ["check_in", "check_in"]);

  const again = await tablet();
  for (const said of [came, left, came, left, left]) await record(again, said);
  assert.deepEqual(await kinds(again), ["check_in", "check_out", "check_in", "check_out"]);
});

test("what was refused, or taken back on another device, is said anew", async () => {
  const verdicts = [{ verdict: "rejected", reason: "too_late" }, { verdict: "accepted", reason: null }];
  for (const verdict of verdicts) {
    const slug = await tablet();
    await record(slug, came);
    // The day's list is younger than the sending and still says that the guest is expected.
    await alter(slug, (entry) => ({ ...entry, state: "done", sent_at: "2026-11-23T05:00:00Z", verdict }));
    await record(slug, came);
    assert.deepEqual(await kinds(slug), ["check_in", "check_in"], verdict.verdict);
  }
});

test("a pass that is shown twice is two events, for it may be two people", async () => {
  const slug = await tablet();
  for (let times = 0; times < 2; times += 1) await record(slug, { ...came, code: "HTTPS://X/P/1" });
  assert.deepEqual(await kinds(slug), ["check_in", "check_in"]);
});

for (const hours of [-26, -2, 0, 2, 26]) {
  test(`a time from paper is the wall's, on a clock that is ${hours} h ahead`, async () => {
    const slug = await tablet();
    const wrong = hours * 60 * MINUTE;
    const present = () => new Date(Date.now() - wrong);
    const day = present().toLocaleDateString("sv", { timeZone: "Europe/Berlin" });
    const kept = (await state(slug)).snapshot;
    network((request) => request.batch
      ? { body: { ...accepted(request).body, server_time: present().toISOString() } }
      : { body: { ...kept?.body, day, server_time: present().toISOString() }, headers: { ETag: '"x"' } });
    await sync(slug);
    const typed = present().getTime() - 5 * MINUTE;
    const entry = await record(slug, { ...came, at: typed });
    const shown = await state(slug);
    assert.ok(shown.snapshot);
    const said = new Date(typed).toISOString();
    assert.equal(guestsOf(shown.snapshot, shown.entries)[0].checked_in_at, said);
    assert.equal(journal(shown.entries, shown.snapshot.body)[0].event.captured_at, said);
    assert.equal((await record(slug, { ...came, at: typed })).id, entry.id);

    requests.length = 0;
    await sync(slug);
    const { batch } = requests[0];
    // As the server corrects it: by how far the clock was off at the sending.
    const corrected = Date.parse(batch.events[0].captured_at) + present().getTime() - Date.parse(batch.sent_at);
    assert.ok(Math.abs(corrected - typed) < 2000, String(corrected - typed));
  });
}

test("the server's time is asked for anew when this clock was set", async (t) => {
  const slug = await tablet();
  const body = (await state(slug)).snapshot?.body;
  const now = Date.now;
  const server = now;
  network(({ headers }) => headers["If-None-Match"] ? { status: 304 } : { body: { ...body, server_time: new Date(server()).toISOString() }, headers: { ETag: '"x"' } });
  const seen = async () => {
    requests.length = 0;
    await sync(slug);
    return [requests[0].headers["If-None-Match"], Math.round((await state(slug)).ahead / MINUTE)];
  };
  t.after(() => (Date.now = now));
  Date.now = () => now() + 120 * MINUTE;
  assert.deepEqual(await seen(), [undefined, 120]);
  assert.deepEqual(await seen(), ['"x"', 120]);
  Date.now = now;
  assert.deepEqual(await seen(), [undefined, 0]);
});
