import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { makeKeys, sign, signedText } from "../../pwa/lib/signing.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/signatures.json", import.meta.url), "utf8"));

/**
 * @param {string} text
 * @param {string} signature
 * @param {string} publicKey
 */
async function isSigned(text, signature, publicKey) {
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(publicKey, "base64url")]);
  const key = await crypto.subtle.importKey("raw", point, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, Buffer.from(signature, "base64url"), new TextEncoder().encode(text));
}

test("the text of every event in the shared vectors is written as they say, and their signatures are right", async () => {
  for (const { about, event, text, signature } of vectors.signed) {
    assert.equal(signedText(event), text, about);
    assert.ok(await isSigned(text, signature, vectors.public_key), about);
  }
});

test("keys that this phone makes sign as the server reads it, and never leave", async () => {
  const { key, publicKey } = await makeKeys();
  assert.match(publicKey, /^[\w-]{86}$/);
  await assert.rejects(crypto.subtle.exportKey("pkcs8", key));
  const text = vectors.signed[0].text;
  const signature = await sign(text, key);
  assert.match(signature, /^[\w-]{86}$/);
  assert.ok(await isSigned(text, signature, publicKey));
  assert.ok(!(await isSigned(text, signature, vectors.public_key)));
});
