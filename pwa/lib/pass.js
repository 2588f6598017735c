// What a pass says: one booking, without a name, signed so that it can be checked without network. Pure functions.
// The server reads the same texts with the same rules (app/checkins/passes.py); tests/vectors/passes.json binds both.

import { AROUND, DIGITS, ownPath } from "./codes.js";

/**
 * @typedef {{
 *   kid: number, booking: string, space: number, seat: number, startMinute: number, duration: number, flags: number
 * }} Pass `booking`: 16 hex digits; `space` its id; `startMinute` since 1970 UTC; `duration` in minutes; flags unknown here are let be
 * @typedef {"foreign" | "malformed" | "unknown_version" | "unknown_key" | "bad_signature"} Trouble
 * @typedef {{verdict: "read" | "valid", content: Pass} | {verdict: Trouble, content: null}} Reading "read": nothing is proved
 * @typedef {Map<number, CryptoKey>} Keys by key id
 */

const VERSION = 1;
const CHARACTERS = 140;
const BODY = 23;
const BYTES = BODY + 64;
// What is signed begins with its purpose: a signature made for something else with the same key is none of a pass.
const PURPOSE = new TextEncoder().encode("Nahplatz pass\0");
const HALF_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n / 2n;
const CURVE = { name: "ECDSA", namedCurve: "P-256" };

/**
 * Read what a camera saw and prove it.
 * @param {string} text
 * @param {string} origin our own address, e.g. "https://nahplatz.example"
 * @param {Keys} keys
 * @returns {Promise<Reading>}
 */
export async function check(text, origin, keys) {
  const { reading, signed } = open(text, origin);
  if (reading.content === null || signed === null) return reading;
  const key = keys.get(reading.content.kid);
  if (!key) return { verdict: "unknown_key", content: null };
  const isSigned = await verify(signed, key);
  return isSigned ? { verdict: "valid", content: reading.content } : { verdict: "bad_signature", content: null };
}

/**
 * Read what a camera saw, without proving it.
 * @param {string} text
 * @param {string} origin
 * @returns {Reading}
 */
export function read(text, origin) {
  return open(text, origin).reading;
}

/**
 * Public keys as the server lists them; one that this browser cannot use is left out.
 * @param {readonly {kid: number, public_key: string}[]} listed x and y as 128 hex digits
 * @returns {Promise<Keys>}
 */
export async function importKeys(listed) {
  /** @type {Keys} */
  const keys = new Map();
  for (const { kid, public_key: digits } of listed) {
    const point = Uint8Array.from([4, ...bytesOf(digits)]);
    const key = await crypto.subtle.importKey("raw", point, CURVE, false, ["verify"]).catch(() => null);
    if (key) keys.set(kid, key);
  }
  return keys;
}

/**
 * @param {string} text
 * @param {string} origin
 * @returns {{reading: Reading, signed: Uint8Array<ArrayBuffer> | null}}
 */
function open(text, origin) {
  const rest = ownPath(text.replace(AROUND, ""), origin);
  if (rest === null) return refused("foreign");
  const path = /^\/P\/([0-9A-HJKMNP-TV-Z]{2,300})$|^\/p\/([0-9a-hjkmnp-tv-z]{2,300})$/.exec(rest);
  if (!path) return refused("malformed");
  const code = (path[1] ?? path[2]).toUpperCase();
  // The version comes first: another one may have another length.
  if (DIGITS.indexOf(code[0]) >> 1 !== VERSION) return refused("unknown_version");
  const signed = code.length === CHARACTERS ? unspell(code) : null;
  if (signed === null || signed[BODY - 1] !== 0) return refused("malformed");
  return { reading: { verdict: "read", content: contentOf(signed) }, signed };
}

/**
 * @param {Trouble} verdict
 * @returns {{reading: Reading, signed: null}}
 */
function refused(verdict) {
  return { reading: { verdict, content: null }, signed: null };
}

/**
 * The bytes of a code; null when bits are set that belong to no byte.
 * @param {string} code
 */
function unspell(code) {
  const bytes = new Uint8Array(BYTES);
  let bits = 0;
  let count = 0;
  let place = 0;
  for (const sign of code) {
    bits = (bits << 5) | DIGITS.indexOf(sign);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes[place] = bits >> count;
    place += 1;
    bits &= (1 << count) - 1;
  }
  return bits === 0 ? bytes : null;
}

/**
 * @param {Uint8Array<ArrayBuffer>} signed
 * @returns {Pass}
 */
function contentOf(signed) {
  const view = new DataView(signed.buffer);
  return {
    kid: signed[0] & 15,
    booking: hexOf(signed.subarray(1, 9)),
    space: view.getUint32(9),
    seat: view.getUint16(13),
    startMinute: view.getUint32(15),
    duration: view.getUint16(19),
    flags: signed[21],
  };
}

/**
 * @param {Uint8Array<ArrayBuffer>} signed
 * @param {CryptoKey} key
 */
async function verify(signed, key) {
  const signature = signed.subarray(BODY);
  // With (r, s) the pair (r, order - s) is a signature too: only the lower one counts, or a pass could be altered.
  if (BigInt(`0x${hexOf(signature.subarray(32))}`) > HALF_ORDER) return false;
  const message = Uint8Array.from([...PURPOSE, ...signed.subarray(0, BODY)]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
}

/** @param {Uint8Array} bytes */
function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} digits */
function bytesOf(digits) {
  return (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}
