// What displays show, as the server expects it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readScan } from "../../pwa/lib/codes.js";
import { addressOf, keyOf, mark, windowAt } from "../../pwa/lib/windows.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/windows.json", import.meta.url), "utf8"));

test("a display shows in each window what the server expects", async () => {
  for (const { key, window, mark: expected, address } of vectors.marks) {
    const shown = await mark(await keyOf(new Uint8Array(Buffer.from(key, "hex"))), window);
    assert.equal(shown, expected);
    assert.equal(addressOf(vectors.origin, vectors.code, shown), address);
  }
});

test("windows change every 30 seconds", () => {
  for (const { ms, window } of vectors.times) assert.equal(windowAt(ms), window);
});

test("a phone's camera takes the address of a display for a sign", () => {
  for (const { text, code } of vectors.texts) {
    if (/^https:/i.test(text)) assert.deepEqual(readScan(text, vectors.origin), { verdict: "sign", code });
  }
});
