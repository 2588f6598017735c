import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { accepted, ana, ben, network, requests, reset, snapshot } from "./phone.js";

const { drain } = await import("../../pwa/outbox.js");
const { nameOf } = await import("../../pwa/keys.js");
const { record, thisMoment } = await import("../../pwa/record.js");
const { signOut } = await import("../../pwa/session.js");
const { keyUp, sync: syncAlone } = await import("../../pwa/sync.js");
const { finished, run, state } = await import("../../pwa/store.js");
const { shown } = await import("../../pwa/lib/bookings.js");
const { signedText } = await import("../../pwa/lib/signing.js");

const { origin, codes } = JSON.parse(readFileSync(new URL("../vectors/codes.json", import.meta.url), "utf8"));
const refused = { status: 401, body: { code: "sign_in_needed", status: 401 }, type: "application/problem+json" };
const unknown = { status: 404, body: { code: "not_found", status: 404 }, type: "application/problem+json" };
/** @type {Map<string, {person: string, key: string}>} the server's devices */
let devices = new Map();

/**
 * The server of the contract as far as keys go.
 * @param {typeof ana | null} person who holds the session
 * @param {any} changes of the snapshot
 */
function server(person, changes = {}) {
  network((request) => {
    if (request.address.startsWith("/api/v1/devices/")) return person ? introduced(request, person.id) : refused;
    if (!request.batch) return person ? { body: snapshot(person, changes) } : refused;
    const { batch, headers } = request;
    if (person) return headers["Nahplatz-Person"] === person.id ? accepted(request) : refused;
    const areSigned = batch.events.every((/** @type {any} */ { signature }) => signature !== null) && devices.has(batch.device);
    return areSigned ? accepted(request, { verdict: "stored", text: "" }) : refused;
  });
}

/** @param {import("./phone.js").Request} request @param {string} person */
function introduced({ address, batch }, person) {
  const device = address.split("/").at(-1) ?? "";
  const known = devices.get(device) ?? { person, key: batch.public_key };
  if (known.person !== person) return unknown;
  if (known.key !== batch.public_key) return { status: 409, body: { code: "other_key", status: 409 } };
  devices.set(device, known);
  return { body: { device, name: batch.name } };
}

/** What an open page does. */
async function sync(eager = true, staleAfter = 0) {
  await syncAlone(eager, staleAfter);
  await keyUp();
}

async function scan(which = 0) {
  const recorded = await record(`${origin}/c/${codes[which].code}`, { origin, isScanned: true, moment: thisMoment() });
  assert.equal(recorded.kind, "kept");
}

async function events() {
  return (await state()).entries.map(({ event }) => event).toSorted((one, other) => one.device.localeCompare(other.device) || one.seq - other.seq);
}

async function isSigned(/** @type {any} */ event) {
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(devices.get(event.device)?.key ?? "", "base64url")]);
  const key = await crypto.subtle.importKey("raw", point, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, Buffer.from(event.signature, "base64url"), Buffer.from(signedText(event)));
}

function puts() {
  return requests.filter(({ address }) => address.startsWith("/api/v1/devices/"));
}

beforeEach(async () => {
  devices = new Map();
  await reset();
});

test("a key is made and registered once after signing in, and signs every event from then on", async () => {
  server(ana);
  await sync();
  await sync();
  assert.equal(puts().length, 1);
  await Promise.all([scan(0), scan(1), scan(2)]);
  const made = await events();
  assert.deepEqual(made.map(({ seq }) => seq), [1, 2, 3]);
  assert.equal(devices.get(made[0].device)?.person, ana.id);
  for (const event of made) if (event.signature !== null) assert.ok(await isSigned(event));
  assert.ok(made.some(({ signature }) => signature !== null));
});

test("a signed event is sent byte for byte", async () => {
  server(ana);
  await sync();
  await scan(0);
  const [event] = await events();
  assert.ok(await isSigned(event));
  await drain(true);
  assert.deepEqual(requests.at(-1)?.batch.events, [event]);
});

test("a key that the server has not heard of signs nothing, and is told again with the same words", async () => {
  server(ana);
  network((request) => (request.batch ? "offline" : { body: snapshot(ana) }));
  await sync();
  await scan(0);
  assert.equal((await events())[0].signature, null);
  server(ana);
  await sync();
  assert.equal(puts().length, 2);
  assert.deepEqual(puts()[0].batch, puts()[1].batch);
  await scan(1);
  assert.ok(await isSigned((await events())[1]));
});

test("a portal's answer does not make a key known", async () => {
  for (const reply of [{ body: {} }, { body: "<html>", type: "text/html" }, { status: 404, body: {} }]) {
    network((request) => (request.batch ? reply : { body: snapshot(ana) }));
    await sync();
  }
  await scan(0);
  assert.equal((await events())[0].signature, null);
  assert.equal(new Set(puts().map(({ address }) => address)).size, 1);
});

test("an installation that the server gives to somebody else begins anew", async () => {
  server(ana);
  network((request) => (request.batch ? unknown : { body: snapshot(ana) }));
  await sync();
  assert.equal(new Set(puts().map(({ address }) => address)).size, 2);
  server(ana);
  await sync();
  await scan(0);
  const [event] = await events();
  assert.deepEqual([event.seq, await isSigned(event)], [1, true]);
});

for (const [what, broken] of /** @type {[string, any][]} */ ([
  ["makes no keys", { generateKey: () => Promise.reject(new Error("not here")) }],
  ["keeps no keys", { generateKey: async () => ({ privateKey: () => undefined, publicKey: {} }), exportKey: async () => new ArrayBuffer(65) }],
  ["signs nothing", { sign: () => Promise.reject(new Error("not here")) }],
  ["signs for ever", { sign: () => new Promise(() => undefined) }],
])) {
  test(`a browser that ${what} records and sends as before`, async (context) => {
    for (const [name, stub] of Object.entries(broken)) context.mock.method(crypto.subtle, /** @type {any} */ (name), stub);
    server(ana);
    await sync();
    await scan(0);
    assert.deepEqual((await events()).map(({ seq, signature }) => [seq, signature]), [[1, null]]);
    await drain(true);
    assert.deepEqual((await state()).entries.map(shown), ["confirmed"]);
  });
}

test("row 26: with an expired session signed scans are sent by their signature, and told in full after signing in", async () => {
  server(ana);
  await sync();
  network(() => "offline");
  await scan(0);
  server(null);
  await sync();
  await scan(1);
  await sync();
  const { entries, session } = await state();
  assert.equal(session?.signedIn, false);
  assert.deepEqual(entries.map((entry) => [entry.owner, entry.state, shown(entry)]), [[ana.id, "done", "sent"], [ana.id, "done", "sent"]]);
  const checkins = entries.map(({ id }) => ({ id, verdict: "accepted", reason: null, text: "Du bist eingecheckt.", booking: null, space: null }));
  server(ana, { checkins });
  await sync();
  assert.deepEqual((await state()).entries.map(shown), ["confirmed", "confirmed"]);
});

test("row 26: what has no signature waits for the session, and does not keep the others", async () => {
  network((request) => (request.batch ? "offline" : { body: snapshot(ana) }));
  await sync();
  await scan(0);
  server(ana);
  await sync(true, 60_000);
  network(() => "offline");
  await scan(1);
  await scan(2);
  await run("readwrite", async ({ outbox }) => {
    const all = await finished(outbox.getAll());
    for (const entry of all) outbox.put({ ...entry, state: "waiting", event: entry.event.seq === 1 ? { ...entry.event, signature: null } : entry.event });
  });
  server(null);
  assert.equal((await drain(true)).kind, "sign_in");
  await sync();
  const left = (await state()).entries.filter((entry) => entry.state === "waiting").map(({ event }) => event.signature);
  assert.deepEqual(left, [null]);
});

test("row 25: whoever signs in next on this phone has an installation and a key of their own", async () => {
  server(ana);
  await sync();
  network(() => "offline");
  await scan(0);
  await signOut();
  await scan(1);
  server(ben);
  await sync();
  await scan(2);
  const made = await events();
  assert.equal(new Set(made.map(({ device }) => device)).size, 2);
  const [anas, bens] = [ana.id, ben.id].map((person) => made.filter(({ device }) => devices.get(device)?.person === person).length);
  assert.deepEqual([anas, bens], [1, 2]);
  const sent = requests.filter(({ address }) => address === "/api/v1/checkins").flatMap(({ batch }) => batch.events);
  assert.ok(sent.every(({ device }) => devices.get(device)?.person === ben.id));
});

test("row 25: somebody who signs in over an expired session never uses the other's installation", async () => {
  server(ana);
  await sync();
  await scan(0);
  server(null);
  await sync();
  network((request) => (request.batch ? "offline" : { body: snapshot(ben) }));
  await sync();
  await scan(1);
  const [one, other] = (await state()).entries.toSorted((first) => (first.owner === ana.id ? -1 : 1));
  assert.deepEqual([one.owner, other.owner], [ana.id, ben.id]);
  assert.notEqual(one.event.device, other.event.device);
});

test("row 23: what belonged to an erased person goes from the phone", async () => {
  server(ana);
  await sync();
  network(() => "offline");
  await scan(0);
  await scan(1);
  network((request) => (request.batch ? accepted(request, { verdict: "gone", text: "" }) : refused));
  await sync();
  const { entries, session, snapshot: kept } = await state();
  assert.deepEqual([entries, session, kept], [[], null, null]);
  assert.equal(await run("readonly", async ({ facts }) => finished(facts.count())), 0);
});

test("row 47: what a restored server may have lost is sent again, once, and the key is told again", async () => {
  server(ana);
  await sync();
  await scan(0);
  await sync();
  const since = new Date(Date.now() - 60_000).toISOString();
  server(ana, { resend_since: since });
  const before = requests.length;
  await sync();
  await sync();
  const batches = requests.slice(before).filter(({ address }) => address === "/api/v1/checkins");
  assert.equal(batches.length, 1);
  assert.equal(puts().length, 2);
  assert.deepEqual((await state()).entries.map(shown), ["confirmed"]);
});

test("a device is called what people call it", () => {
  assert.equal(nameOf("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)"), "iPhone");
  assert.equal(nameOf("Mozilla/5.0 (Linux; Android 16; K)"), "Android");
  assert.equal(nameOf("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"), "Mac");
  assert.equal(nameOf("else"), null);
});
