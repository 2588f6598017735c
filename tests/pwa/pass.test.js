import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { read as readSign } from "../../pwa/lib/codes.js";
import { check, importKeys, read } from "../../pwa/lib/pass.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/passes.json", import.meta.url), "utf8"));
const known = await importKeys(vectors.keys.filter((/** @type {any} */ { kid }) => vectors.known.includes(kid)));

/** @param {any} row */
function content({ kid, booking, space, seat, start_minute: startMinute, duration, flags }) {
  return { kid, booking, space, seat, startMinute, duration, flags };
}

test("every pass of the shared vectors is read and proved", async () => {
  for (const row of vectors.passes) {
    assert.deepEqual(read(row.address, vectors.origin), { verdict: "read", content: content(row) });
    assert.deepEqual(await check(row.address, vectors.origin, known), { verdict: "valid", content: content(row) });
  }
});

test("row 38: every text of the shared vectors gets the verdict they name, and only exactly our origin is ours", async () => {
  for (const { text, verdict, origin = vectors.origin, pass } of vectors.texts) {
    const reading = await check(text, origin, known);
    assert.equal(reading.verdict, verdict, JSON.stringify(text));
    assert.deepEqual(reading.content, pass === undefined ? null : content(vectors.passes[pass]), JSON.stringify(text));
  }
});

test("a pass is no sign", () => {
  for (const { address } of vectors.passes) assert.equal(readSign(address, vectors.origin).verdict, "malformed");
});

test("no bit of a pass can be flipped", async () => {
  const { address } = vectors.passes[2];
  const head = address.length - 140;
  const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  for (let bit = 0; bit < 700; bit += 1) {
    const place = head + Math.floor(bit / 5);
    const digit = DIGITS[DIGITS.indexOf(address[place]) ^ (1 << (bit % 5))];
    const altered = address.slice(0, place) + digit + address.slice(place + 1);
    const { verdict } = await check(altered, vectors.origin, known);
    assert.ok(["malformed", "unknown_version", "unknown_key", "bad_signature"].includes(verdict), `${bit} ${verdict}`);
  }
});

test("a public key that is none is left out, and its passes are unknown", async () => {
  const [first] = vectors.keys;
  const odd = ["", "00", "zz".repeat(64), "00".repeat(64), first.public_key.slice(2), first.public_key.slice(0, -1) + "0"];
  for (const public_key of odd) assert.equal((await importKeys([{ kid: 0, public_key }])).size, 0, public_key);
  const none = await check(vectors.passes[0].address, vectors.origin, new Map());
  assert.deepEqual(none, { verdict: "unknown_key", content: null });
});
