import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { accepted, ana, ben, network, requests, reset, signIn as beGreeted, snapshot } from "./phone.js";

const { attend, keyUp, refresh, sync } = await import("../../pwa/sync.js");
const { record, thisMoment } = await import("../../pwa/record.js");
const { signIn, signOut } = await import("../../pwa/session.js");
const { state } = await import("../../pwa/store.js");
const { shown } = await import("../../pwa/lib/bookings.js");

const { origin, codes } = JSON.parse(readFileSync(new URL("../vectors/codes.json", import.meta.url), "utf8"));
const refused = { status: 401, body: { code: "sign_in_needed", status: 401 }, type: "application/problem+json" };

/** @param {import("./phone.js").Request} request the key of the phone is another matter */
function isDevice({ address }) {
  return address.startsWith("/api/v1/devices/");
}

function asked() {
  return requests.filter((request) => !isDevice(request));
}

/** @param {typeof ana | null} person who holds the session @param {any} changes */
function server(person, changes = {}) {
  network((request) => {
    if (person === null) return refused;
    if (isDevice(request)) return { body: { device: request.address.split("/").at(-1), name: null } };
    if (request.batch) return request.headers["Nahplatz-Person"] === person.id ? accepted(request) : refused;
    const etag = `"${person.name}"`;
    if (request.headers["If-None-Match"] === etag) return { status: 304, headers: { ETag: etag } };
    return { body: snapshot(person, changes), headers: { ETag: etag } };
  });
}

async function scan(which = 0) {
  await record(`${origin}/c/${codes[which].code}`, { origin, isScanned: true, moment: thisMoment() });
}

async function pause() {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

/** @returns {Promise<string>} */
async function reach() {
  let found = "";
  await attend((how) => (found = how));
  return found;
}

beforeEach(reset);

test("a snapshot is fetched once and then found unchanged", async () => {
  server(ana);
  assert.equal(await reach(), "online");
  const first = await state();
  assert.equal(first.session?.person, ana.id);
  assert.equal(requests[0].headers["If-None-Match"], undefined);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(await reach(), "online");
  assert.equal(asked()[1].headers["If-None-Match"], '"Ana"');
  const second = await state();
  assert.deepEqual(second.snapshot?.body, first.snapshot?.body);
  assert.ok(String(second.snapshot?.at) > String(first.snapshot?.at), "unchanged is as good as new");
});

test("a young snapshot is left alone where it is not the matter", async () => {
  server(ana);
  await sync();
  await sync(true, 60_000);
  assert.equal(asked().length, 1);
});

test("row 9: a portal's answer to the snapshot is no network, whatever its status", async () => {
  server(ana);
  await sync();
  for (const portal of [
    { body: "<html>", type: "text/html" }, { body: { ok: 1 } }, { status: 401, body: "<html>", type: "text/html" }, { status: 401, body: {} },
    { status: 503, body: {} }, { body: { ...snapshot(ben), schema: 2 } }, { body: { ...snapshot(ben), bookings: null } },
    { body: { ...snapshot(ben), person: null } },
  ]) {
    network(() => portal);
    assert.equal(await reach(), "offline", JSON.stringify(portal));
    assert.equal((await state()).session?.person, ana.id);
    assert.notEqual((await state()).snapshot, null);
  }
});

test("row 26: when the server ends the session, bookings go and scans stay", async () => {
  server(ana);
  await sync();
  network(() => "offline");
  await scan(0);
  server(null);
  assert.equal(await reach(), "signed_out");
  const { session, snapshot: kept, entries } = await state();
  assert.deepEqual(session, { person: ana.id, signedIn: false });
  assert.equal(kept, null);
  assert.deepEqual(entries.map(shown), ["saved"]);
  server(ana);
  await sync();
  assert.deepEqual((await state()).entries.map(shown), ["confirmed"]);
});

test("row 25: a session that changed hands behind the phone's back sends nothing under the wrong name", async () => {
  server(ana);
  await sync();
  network(() => "offline");
  await scan(0);
  server(ben);
  assert.equal(await reach(), "online");
  const { session, snapshot: kept, entries } = await state();
  assert.deepEqual([session?.person, kept?.body.person.id], [ben.id, ben.id]);
  assert.deepEqual(entries.map(({ owner, state: each }) => [owner, each]), [[ana.id, "waiting"]]);
  const accepts = requests.filter(({ batch, headers }) => batch && headers["Nahplatz-Person"] === ben.id);
  assert.deepEqual(accepts, []);
});

test("row 25: whoever signs in finds nothing of the last person before the server has said who it is", async () => {
  server(ana);
  await sync();
  network(() => "offline");
  await scan(0);
  await signIn();
  await scan(1);
  const left = await state();
  assert.deepEqual([left.snapshot, left.session], [null, { person: ana.id, signedIn: false, isLeft: true }]);
  assert.deepEqual(left.entries.map(({ owner }) => owner).toSorted(), [ana.id, null].toSorted(), "what is scanned now is not Ana's");
  assert.equal(await reach(), "offline");
  assert.equal((await state()).snapshot, null);
  server(ben);
  assert.equal(await reach(), "online");
  assert.deepEqual((await state()).session, { person: ben.id, signedIn: true });
  const sent = requests.flatMap(({ batch, headers }) => (batch ? batch.events.map(() => headers["Nahplatz-Person"]) : []));
  assert.deepEqual(new Set(sent), new Set([ben.id]));
});

for (const [who, leave] of Object.entries({ in: signIn, out: signOut })) {
  for (const was of /** @type {const} */ (["new", "unchanged", "refused"])) {
    test(`row 25: an answer (${was}) that was under way while somebody signed ${who} brings nothing of the last person back`, async () => {
      server(ana);
      await sync();
      network(async () => {
        await leave();
        if (was === "refused") return refused;
        if (was === "unchanged") return { status: 304 };
        return { body: snapshot(ana), headers: { ETag: '"other"' } };
      });
      const left = who === "in" ? { person: ana.id, signedIn: false, isLeft: true } : null;
      assert.equal(await reach(), was === "refused" ? "signed_out" : "online");
      assert.equal((await state()).snapshot, null);
      assert.deepEqual((await state()).session, left);
      server(ben);
      assert.equal(await reach(), "online");
      const { session, snapshot: kept } = await state();
      assert.deepEqual([session, kept?.body.person.id], [{ person: ben.id, signedIn: true }, ben.id]);
    });
  }
}

test("row 25: a late answer of the last person takes neither the phone nor a scan from the next one", async () => {
  server(ana);
  await sync();
  let cookie = ana;
  /** @type {(() => void)[]} */
  const waiting = [];
  network(async (request) => {
    if (isDevice(request)) return { body: { device: request.address.split("/").at(-1), name: null } };
    const who = cookie;
    if (request.batch) return request.headers["Nahplatz-Person"] === who.id ? accepted(request) : refused;
    if (waiting.length < 2) await new Promise((resolve) => waiting.push(() => resolve(null)));
    return { body: snapshot(who) };
  });
  await signIn();
  const otherTab = (await import(new URL("../../pwa/sync.js?tab=2", import.meta.url).href)).refresh();
  await pause();
  cookie = ben;
  await scan(0);
  const ownTab = refresh();
  await pause();
  waiting[0]();
  await pause();
  waiting[1]();
  assert.deepEqual([await otherTab, await ownTab], ["online", "online"]);
  const { session, snapshot: kept } = await state();
  assert.deepEqual([session?.person, kept?.body.person.id], [ben.id, ben.id]);
  await sync();
  assert.deepEqual((await state()).entries.map(({ owner, adopter, state: each }) => [adopter ?? owner, each]), [[ben.id, "done"]]);
});

test("row 25: an answer that the next person overtook does not take the phone from them", async () => {
  server(ana);
  await sync();
  network(async () => {
    server(ben);
    await signIn();
    await beGreeted(ben);
    return { body: snapshot(ana), headers: { ETag: '"late"' } };
  });
  await refresh();
  const { session, snapshot: kept } = await state();
  assert.deepEqual([session?.person, kept?.body.person.id], [ben.id, ben.id]);
});

test("row 25: what is scanned before the server has said who it is bears no installation of the last person", async () => {
  server(ana);
  await sync();
  await keyUp();
  await scan(0);
  const [before] = (await state()).entries;
  assert.notEqual(before.event.signature, null, "the control: Ana's key signs");
  await signIn();
  network(() => "offline");
  await scan(1);
  await scan(2);
  const fresh = (await state()).entries.filter(({ owner }) => owner === null);
  assert.deepEqual(fresh.map(({ event }) => event.signature), [null, null]);
  assert.deepEqual(fresh.map(({ event }) => event.seq).toSorted(), [1, 2]);
  assert.equal(new Set(fresh.map(({ event }) => event.device)).size, 1);
  assert.notEqual(fresh[0].event.device, before.event.device);
});

test("row 25: who mistypes the code and comes back is the same person, with everything", async () => {
  server(ana);
  await sync();
  await scan(0);
  await signIn();
  server(null);
  assert.equal(await reach(), "signed_out");
  assert.deepEqual((await state()).session, { person: ana.id, signedIn: false });
  server(ana);
  assert.equal(await reach(), "online");
  assert.deepEqual((await state()).entries.map(shown), ["confirmed"]);
});

test("a scan on a phone that did not know who is signed in is sent in the same breath", async () => {
  await scan(0);
  server(ana);
  assert.equal(await reach(), "online");
  assert.deepEqual((await state()).entries.map(shown), ["confirmed"]);
});

test("after check-ins were sent the snapshot is asked for again", async () => {
  server(ana);
  await sync();
  await scan(0);
  requests.length = 0;
  await sync(true, 60_000);
  assert.deepEqual(requests.map(({ address }) => address), ["/api/v1/checkins", "/api/v1/me/snapshot"]);
});

test("two who ask for the snapshot at once share one answer", async () => {
  server(ana);
  await Promise.all([refresh(), refresh()]);
  assert.equal(requests.length, 1);
});
