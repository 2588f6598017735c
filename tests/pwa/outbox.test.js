import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { accepted, ana, ben, heard, network, requests, reset, signIn, snapshot } from "./phone.js";

const { drain, keep } = await import("../../pwa/outbox.js");
const { record, thisMoment } = await import("../../pwa/record.js");
const { signOut } = await import("../../pwa/session.js");
const { farewell, welcome } = await import("../../pwa/sync.js");
const { finished, own, run, state } = await import("../../pwa/store.js");
const { BOOT, BUILD } = await import("../../pwa/lib/contact.js");
const { shown } = await import("../../pwa/lib/bookings.js");

const vectors = JSON.parse(readFileSync(new URL("../vectors/codes.json", import.meta.url), "utf8"));
const origin = vectors.origin;
const signs = vectors.codes.map((/** @type {any} */ { code }) => `${origin.toUpperCase()}/C/${code}`);

/** @param {number} which @param {number} minutes how long ago */
async function scan(which = 0, minutes = 0) {
  const moment = thisMoment();
  const at = new Date(moment.at.getTime() - minutes * 60_000);
  return record(signs[which], { origin, isScanned: true, moment: { at, ms: moment.ms } });
}

async function entries() {
  return (await state()).entries.toSorted((one, other) => one.event.seq - other.event.seq);
}

/** @param {number} days */
function daysAgo(days) {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}

beforeEach(reset);

test("the event is whole, frozen and as the contract says", async () => {
  await signIn(ana);
  const moment = thisMoment();
  const recorded = await record(signs[3], { origin, isScanned: true, moment });
  assert.equal(recorded.kind, "kept");
  const [{ event, ...around }] = await entries();
  assert.match(event.id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(Object.keys(event), ["id", "device", "seq", "kind", "code", "booking", "captured_at", "boot", "boot_ms", "last_server_time", "app_version", "schema", "signature"]);
  assert.deepEqual({ ...event, id: 0, device: 0, last_server_time: 0 }, {
    id: 0, device: 0, seq: 1, kind: "check_in", code: signs[3], booking: null, captured_at: moment.at.toISOString(), boot: BOOT, boot_ms: moment.ms,
    last_server_time: 0, app_version: BUILD, schema: 1, signature: null,
  });
  assert.ok(Number.isInteger(event.boot_ms));
  assert.equal(event.last_server_time?.boot, BOOT);
  assert.equal(around.owner, ana.id);
  assert.ok(recorded.kind === "kept" && Object.isFrozen(recorded.entry.event));
});

test("numbers of a device have no gaps, however many scans race", async () => {
  await signIn(ana);
  await Promise.all(Array.from({ length: 20 }, (_, index) => scan(index)));
  assert.deepEqual((await entries()).map(({ event }) => event.seq), Array.from({ length: 20 }, (_, index) => index + 1));
  assert.equal(new Set((await entries()).map(({ event }) => event.device)).size, 1);
});

test("row 1: the same scan pressed twice is one event", async () => {
  await signIn(ana);
  const both = await Promise.all([scan(0), scan(0)]);
  assert.deepEqual(both.map((each) => each.kind === "kept" && each.isRepeat).toSorted(), [false, true]);
  assert.equal((await entries()).length, 1);
  await scan(0, -3);
  assert.equal((await entries()).length, 2);
});

test("row 31: a write that fails is said loudly, leaves nothing half done and burns no number", async () => {
  await signIn(ana);
  const { add } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.add = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  try {
    assert.deepEqual(await scan(0), { kind: "not_kept", cause: "QuotaExceededError: full" });
  } finally {
    IDBObjectStore.prototype.add = add;
  }
  assert.deepEqual(await entries(), []);
  await scan(0);
  assert.equal((await entries())[0].event.seq, 1);
});

test("row 31: an aborted transaction is a failure, even after every request succeeded", async () => {
  const work = run("readwrite", async ({ facts }) => {
    await finished(facts.put(1, "something"));
    facts.transaction.abort();
  });
  await assert.rejects(work);
});

test("row 31: a page that is put aside with a scan half kept has not kept it, and blocks nobody", async () => {
  await signIn(ana);
  const half = scan(0);
  await new Promise((resolve) => setTimeout(resolve, 1));
  heard.pagehide({ persisted: true });
  const { kind } = await half;
  assert.equal(kind === "kept", (await entries()).length === 1, "what is said and what is kept agree");
  assert.equal((await scan(1)).kind, "kept");
});

test("a page that closes lets its scan be kept", async () => {
  await signIn(ana);
  const half = scan(0);
  heard.pagehide({ persisted: false });
  assert.equal((await half).kind, "kept");
});

test("row 38: foreign and malformed codes are named and never kept", async () => {
  assert.deepEqual(await record("https://evil.example/c/X", { origin, isScanned: true, moment: thisMoment() }), { kind: "foreign" });
  assert.deepEqual(await record(`${origin}/c/x`, { origin, isScanned: true, moment: thisMoment() }), { kind: "malformed" });
  assert.deepEqual(await record("x".repeat(5000), { origin, isScanned: false, moment: thisMoment() }), { kind: "malformed" });
  assert.deepEqual(await record(`WIFI:${"x".repeat(5000)}`, { origin, isScanned: true, moment: thisMoment() }), { kind: "foreign" });
  assert.deepEqual(await entries(), []);
});

test("a typed short code of the same sign is the same place", async () => {
  const { code, short } = vectors.codes[4];
  await record(`${origin}/c/${code}`, { origin, isScanned: true, moment: thisMoment() });
  const typed = await record(short.toLowerCase(), { origin, isScanned: false, moment: thisMoment() });
  assert.ok(typed.kind === "kept" && typed.isRepeat);
});

test("the snapshot names space and booking of a sign that it knows", async () => {
  const { code, hash, short, short_hash: shortHash } = vectors.codes[4];
  const now = Date.now();
  const booking = {
    uuid: "b", date: new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin" }).format(now), period: "day", space: "haus", state: "open",
    starts_at: new Date(now - 60_000).toISOString(), ends_at: new Date(now + 60_000).toISOString(),
  };
  const space = { name: "Haus", timezone: "Europe/Berlin", sign_hashes: [hash], short_sign_hashes: [shortHash] };
  const body = /** @type {any} */ (snapshot(ana, { bookings: [/** @type {any} */ (booking)], spaces: { haus: /** @type {any} */ (space) } }));
  await welcome({ etag: null, at: new Date().toISOString(), body }, { at: "", boot: "", boot_ms: 0 }, null);
  for (const text of [`${origin}/c/${code}`, short]) {
    const recorded = await record(text, { origin, isScanned: false, moment: { at: new Date(now + (text === short ? 200_000 : 0)), ms: 1 } });
    assert.ok(recorded.kind === "kept");
    assert.equal(recorded.entry.space, "haus");
    assert.equal(recorded.entry.event.booking, text === short ? null : "b", "a booking that is over is not named");
  }
});

test("what waits is sent as a batch of the contract", async () => {
  await signIn(ana);
  await scan(0);
  await scan(1);
  const kept = await entries();
  network(accepted);
  assert.deepEqual(await drain(true), { kind: "empty", pending: 0, notBefore: 0 });
  assert.equal(requests.length, 1);
  const [{ address, headers, batch }] = requests;
  assert.equal(address, "/api/v1/checkins");
  assert.deepEqual(headers, { "Content-Type": "application/json", "Nahplatz-Client": "1", "Nahplatz-Person": ana.id });
  assert.deepEqual(Object.keys(batch), ["schema", "device", "sent_at", "boot", "boot_ms", "pending", "events"]);
  assert.deepEqual({ ...batch, sent_at: 0, boot_ms: 0 }, { schema: 1, device: kept[0].event.device, sent_at: 0, boot: BOOT, boot_ms: 0, pending: 0, events: kept.map(({ event }) => event) });
  assert.deepEqual((await entries()).map(shown), ["confirmed", "confirmed"]);
  await drain(true);
  assert.equal(requests.length, 1);
});

test("120 events go as 50, 50 and 20, and say how many are left", async () => {
  await signIn(ana);
  for (let index = 0; index < 120; index += 1) await scan(index % 20, index * 3);
  network(accepted);
  await drain(true);
  assert.deepEqual(requests.map(({ batch }) => [batch.events.length, batch.pending]), [[50, 70], [50, 20], [20, 0]]);
});

test("row 30: page and worker that drain together send each event once", async () => {
  await signIn(ana);
  await scan(0);
  network(accepted);
  await Promise.all([drain(true), drain(false), drain(true)]);
  const first = drain(true);
  await scan(1);
  await Promise.all([first, drain(true)]);
  assert.deepEqual(requests.flatMap(({ batch }) => batch.events.map((/** @type {any} */ { seq }) => seq)), [1, 2]);
});

test("row 3 and 6: a lost answer leads to the very same bytes again", async () => {
  await signIn(ana);
  await scan(0);
  let lost = 9;
  network((request) => (lost-- > 0 ? "offline" : accepted(request)));
  for (let round = 0; round < 10; round += 1) await drain(true);
  assert.equal(requests.length, 10);
  assert.equal(new Set(requests.map(({ batch }) => JSON.stringify(batch.events))).size, 1);
  assert.deepEqual((await entries()).map(shown), ["confirmed"]);
});

test("row 7: after a failure the phone pauses; a person who looks goes on at once", async () => {
  await signIn(ana);
  await scan(0);
  network(() => ({ status: 502, body: "<h1>Bad gateway</h1>", type: "text/html" }));
  const { kind, pending, notBefore } = await drain(false);
  assert.deepEqual([kind, pending], ["paused", 1]);
  assert.ok(notBefore <= Date.now() + 1000);
  await keep([], { pause: { attempt: 3, notBefore: Date.now() + 60_000, firm: false } });
  await drain(false);
  assert.equal(requests.length, 1, "in the background it waits");
  await drain(true);
  assert.equal(requests.length, 2);
  assert.equal((await state()).pause?.attempt, 4);
});

test("row 44: nobody overrides a pause that the server asked for", async () => {
  await signIn(ana);
  await scan(0);
  network(() => ({ status: 503, body: {}, headers: { "Retry-After": "20" } }));
  const { notBefore } = await drain(true);
  assert.ok(notBefore >= Date.now() + 19_000 && notBefore <= Date.now() + 51_000);
  assert.equal((await drain(true)).kind, "paused");
  assert.equal(requests.length, 1);
});

test("row 9: a portal that answers 200 with a page or with odd JSON takes nothing", async () => {
  await signIn(ana);
  await scan(0);
  const portals = [
    { body: "<html>Willkommen im WLAN</html>", type: "text/html" }, { body: "<html>", type: "application/json" },
    { body: { ok: true } }, { body: { schema: 1, server_time: "2026-11-23T07:00:00Z", verdicts: [] } }, { status: 302, body: "" }, { status: 511, body: "" },
  ];
  for (const portal of portals) {
    network(() => portal);
    await drain(true);
    assert.deepEqual((await entries()).map(shown), ["saved"], JSON.stringify(portal));
  }
});

test("a right body under a wrong content type is not ours", async () => {
  await signIn(ana);
  await scan(0);
  network((request) => ({ ...accepted(request), type: "text/html" }));
  await drain(true);
  assert.deepEqual((await entries()).map(shown), ["saved"]);
});

test("row 5: each event takes its own verdict, and one without a verdict is sent again", async () => {
  await signIn(ana);
  for (let index = 0; index < 3; index += 1) await scan(index);
  network((request) => {
    const reply = accepted(request);
    if (requests.length > 1) return reply;
    const [one, two] = reply.body.verdicts;
    return { body: { ...reply.body, verdicts: [one, { ...two, verdict: "rejected", reason: "malformed", text: "Das war kein Schild." }] } };
  });
  await drain(true);
  assert.deepEqual(requests.map(({ batch }) => batch.events.length), [3, 1]);
  assert.deepEqual((await entries()).map(shown), ["confirmed", "look", "confirmed"]);
});

test("413 halves down to the one event that is too large, and the others arrive", async () => {
  await signIn(ana);
  for (let index = 0; index < 7; index += 1) await scan(index);
  network((request) => (request.batch.events.length > 2 ? { status: 413, body: {} } : accepted(request)));
  await drain(true);
  assert.deepEqual(requests.map(({ batch }) => batch.events.length), [7, 3, 1, 1, 1, 1, 1, 1, 1]);
  assert.equal((await entries()).every((each) => shown(each) === "confirmed"), true);
});

test("row 33: 410 keeps the events, stops, and a newer build sends them", async () => {
  await signIn(ana);
  await scan(0);
  network(() => ({ status: 410, body: { code: "gone" } }));
  assert.equal((await drain(true)).kind, "stop");
  await drain(true);
  assert.equal(requests.length, 1, "the same build does not insist");
  const [stopped] = await entries();
  assert.deepEqual([shown(stopped), stopped.status, stopped.stopped_by], ["look", 410, BUILD]);
  await keep([{ ...stopped, stopped_by: "an older build" }]);
  network(accepted);
  await drain(true);
  assert.deepEqual((await entries()).map(shown), ["confirmed"]);
});

test("an event that stopped does not block the next", async () => {
  await signIn(ana);
  await scan(0);
  network(() => ({ status: 400, body: {} }));
  await drain(true);
  await scan(1);
  network(accepted);
  await drain(true);
  assert.deepEqual((await entries()).map(shown), ["look", "confirmed"]);
});

test("row 26: an expired session keeps the events until the same person is back", async () => {
  await signIn(ana);
  await scan(0);
  network(() => ({ status: 401, body: { code: "sign_in_needed", status: 401 } }));
  assert.equal((await drain(true)).kind, "sign_in");
  await farewell((await state()).session);
  assert.equal((await state()).snapshot, null);
  assert.equal((await drain(true)).kind, "sign_in");
  assert.equal(requests.length, 1);
  network(accepted);
  await signIn(ana);
  await drain(true);
  assert.deepEqual((await entries()).map(shown), ["confirmed"]);
});

test("row 25: events keep their owner when another person signs in", async () => {
  await signIn(ana);
  await scan(0);
  await signOut();
  await signIn(ben);
  await scan(1);
  network(accepted);
  assert.equal((await drain(true)).pending, 0);
  assert.deepEqual(requests.map(({ headers, batch }) => [headers["Nahplatz-Person"], batch.events.map((/** @type {any} */ { seq }) => seq)]), [[ben.id, [2]]]);
  assert.deepEqual((await entries()).map(({ owner, state: each }) => [owner, each]), [[ana.id, "waiting"], [ben.id, "done"]]);
  await signOut();
  await signIn(ana);
  await drain(true);
  assert.equal(requests.at(-1)?.headers["Nahplatz-Person"], ana.id);
});

test("signing out empties everything but what has not arrived, and its numbering", async () => {
  await signIn(ana);
  await scan(0);
  network(accepted);
  await drain(true);
  network(() => "offline");
  await scan(1);
  const { device } = (await entries())[1].event;
  await signOut();
  assert.deepEqual((await entries()).map(({ event }) => event.seq), [2]);
  assert.deepEqual([(await state()).session, (await state()).snapshot], [null, null]);
  await scan(2);
  assert.deepEqual((await entries()).map(({ event }) => [event.device, event.seq]), [[device, 2], [device, 3]]);
});

test("signing out with everything sent leaves nothing, not even the device's name", async () => {
  await signIn(ana);
  await scan(0);
  network(accepted);
  await drain(true);
  const [{ event }] = await entries();
  await signOut();
  assert.deepEqual(await entries(), []);
  await scan(1);
  const [fresh] = await entries();
  assert.equal(fresh.event.seq, 1);
  assert.notEqual(fresh.event.device, event.device);
});

test("a scan without an owner goes to who signs in, and is marked so", async () => {
  await scan(0, 60);
  await scan(1, 25 * 60);
  assert.equal((await drain(true)).kind, "sign_in");
  await signIn(ben);
  network(accepted);
  await drain(true);
  assert.equal(requests.length, 1);
  assert.equal(requests[0].headers["Nahplatz-Unowned"], "1");
  assert.equal(requests[0].headers["Nahplatz-Person"], ben.id);
  assert.deepEqual((await entries()).map(({ owner, adopter, state: each }) => [owner, adopter, each]), [[null, ben.id, "done"], [null, null, "waiting"]]);
});

test("a scan of this very page's life belongs to the person who turns out to be signed in", async () => {
  await scan(0);
  await signIn(ben);
  network(accepted);
  await drain(true);
  assert.deepEqual((await entries()).map(({ owner, adopter }) => [owner, adopter]), [[ben.id, null]]);
  assert.equal(requests[0].headers["Nahplatz-Unowned"], undefined);
});

test("another person's snapshot goes when somebody else signs in", async () => {
  await signIn(ana);
  await signIn(ben);
  const { session, snapshot: kept } = await state();
  assert.deepEqual([session?.person, kept?.body.person.id], [ben.id, ben.id]);
});

test("sent events are forgotten after 30 days, at the next contact", async () => {
  await signIn(ana);
  await scan(0);
  await scan(1);
  const [one, two] = await entries();
  await keep([{ ...one, state: "done", sent_at: daysAgo(31) }, { ...two, state: "done", sent_at: daysAgo(29) }]);
  await signIn(ana);
  assert.deepEqual((await entries()).map(({ event }) => event.seq), [2]);
});

test("row 4: a gap the server names is filled from what was sent", async () => {
  await signIn(ana);
  await scan(0);
  network(accepted);
  await drain(true);
  await scan(1);
  network((request) => {
    const reply = accepted(request);
    return { body: { ...reply.body, missing: requests.length === 2 ? [1] : [] } };
  });
  await drain(true);
  assert.deepEqual(requests.map(({ batch }) => batch.events.map((/** @type {any} */ { seq }) => seq)), [[1], [2], [1]]);
});

test("row 32: a golden outbox of the first version is sent byte for byte", async (t) => {
  // A week after its scans, whatever day it is today: nobody adopts the scan without an owner any more.
  t.mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-11-30T08:00:00Z") });
  const golden = JSON.parse(readFileSync(new URL("../vectors/outbox-1.json", import.meta.url), "utf8"));
  await new Promise((resolve, reject) => {
    const request = indexedDB.open("nahplatz", golden.version);
    request.addEventListener("error", reject);
    request.addEventListener("upgradeneeded", () => {
      const outbox = request.result.createObjectStore("outbox", { keyPath: "id" });
      const facts = request.result.createObjectStore("facts");
      request.result.createObjectStore("snapshot");
      for (const entry of golden.entries) outbox.put(entry);
      facts.put(golden.device, "device");
    });
    request.addEventListener("success", () => resolve(request.result.close()));
  });
  await signIn(ana);
  network(accepted);
  await drain(true);
  const sent = requests.flatMap(({ batch }) => batch.events);
  const waiting = golden.entries.filter((/** @type {any} */ { state: each, owner }) => each !== "done" && owner === ana.id);
  assert.equal(JSON.stringify(sent), JSON.stringify(waiting.map((/** @type {any} */ { event }) => event)));
  await scan(3);
  assert.equal((await entries()).at(-1)?.event.seq, golden.device.seq + 1);
});

test("row 32: events of an older or unknown schema go out as they are", async () => {
  await signIn(ana);
  await scan(0);
  const [entry] = await entries();
  const old = { ...entry.event, schema: -1, something: "of then" };
  await keep([{ ...entry, event: old }]);
  network(accepted);
  await drain(true);
  assert.deepEqual(requests[0].batch.events, [old]);
  assert.equal(requests[0].batch.schema, 1);
});

test("changes are announced", async () => {
  let changes = 0;
  own.onChange(() => (changes += 1));
  await scan(0);
  assert.ok(changes > 0);
});
