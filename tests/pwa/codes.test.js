import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkOf, hashOf, read, readScan, stemOf } from "../../pwa/lib/codes.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/codes.json", import.meta.url), "utf8"));
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

test("every text of the shared vectors is read as they say", () => {
  for (const { text, verdict, code, origin = vectors.origin } of vectors.texts) {
    assert.deepEqual(read(text, origin), { verdict, code }, JSON.stringify(text));
  }
});

test("the camera takes only whole addresses of signs", () => {
  for (const { text, verdict, code, scanned = verdict, origin = vectors.origin } of vectors.texts) {
    assert.deepEqual(readScan(text, origin), { verdict: scanned, code: scanned === "sign" ? code : null }, JSON.stringify(text));
  }
});

test("check character, shared stem and hash agree with the vectors", async () => {
  for (const row of vectors.codes) {
    assert.equal(checkOf(row.code.slice(0, 8)), row.check);
    assert.equal(await hashOf(row.code), row.hash);
    if (row.short === null) continue;
    assert.equal(await hashOf(row.short), row.short_hash);
    assert.equal(stemOf(row.short), stemOf(row.code));
  }
});

test("any spelling of any code is read as that code", () => {
  const random = seeded(1);
  for (let round = 0; round < 3000; round += 1) {
    const code = anyCode(random);
    const spelled = spell(code, random);
    assert.deepEqual(read(spelled, vectors.origin), { verdict: "sign", code }, spelled);
    const body = code.slice(0, 8);
    if (!DIGITS.includes(checkOf(body))) continue;
    const short = body + checkOf(body);
    assert.deepEqual(read(spell(short, random), vectors.origin), { verdict: "short", code: short });
  }
});

test("one wrong character in a short form is always noticed", () => {
  const random = seeded(2);
  for (const row of vectors.codes.filter((/** @type {any} */ each) => each.short)) {
    for (let place = 0; place < 9; place += 1) {
      for (const other of DIGITS) {
        if (other === row.short[place]) continue;
        const typed = row.short.slice(0, place) + other + row.short.slice(place + 1);
        assert.equal(read(spell(typed, random), vectors.origin).verdict, "malformed", typed);
      }
    }
  }
});

test("whatever is shown to the reader, it neither throws nor lets a foreign origin pass", () => {
  const random = seeded(3);
  const pieces = ["https://", "http:", "nahplatz.example", "evil.example", "/c/", "@", "\\", ".", ":", "//", "#", "?", " ", "\n", "%2f", "é", "💺",
    vectors.codes[5].code, vectors.codes[6].short];
  for (let round = 0; round < 20000; round += 1) {
    let text = "";
    for (let count = Math.floor(random() * 8); count >= 0; count -= 1) text += pieces[Math.floor(random() * pieces.length)];
    const reading = readScan(text, vectors.origin);
    if (reading.verdict !== "sign") continue;
    const address = new URL(text.trim());
    assert.equal(address.origin, vectors.origin, text);
    assert.equal(address.username, "", text);
    assert.match(address.pathname, /^\/c\//i, text);
  }
});

/** @param {number} seed */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @param {() => number} random */
function anyCode(random) {
  let code = "";
  while (code.length < 19) code += DIGITS[Math.floor(random() * 32)];
  return code + (random() < 0.5 ? "0" : "G");
}

/**
 * @param {string} code
 * @param {() => number} random
 */
function spell(code, random) {
  let text = "";
  for (const sign of code) {
    const twins = sign === "0" ? "0oO" : sign === "1" ? "1iIlL" : sign + sign.toLowerCase();
    text += twins[Math.floor(random() * twins.length)];
    if (random() < 0.2) text += ["-", " ", "–", "\u00a0"][Math.floor(random() * 4)];
  }
  return text;
}
