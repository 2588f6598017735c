// The changing part of a display's code. The server proves it with the same rules; tests/vectors/windows.json binds both.

import { DIGITS } from "./codes.js";

export const SECONDS = 30;
const PURPOSE = new TextEncoder().encode("Nahplatz display\0");

/**
 * The number of the window that a moment lies in, counted from 1970.
 * @param {number} ms
 */
export function windowAt(ms) {
  return Math.floor(ms / 1000 / SECONDS);
}

/** @param {Uint8Array<ArrayBuffer>} bytes the 32 bytes that only this display and the server have */
export function keyOf(bytes) {
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/**
 * What a display shows in a window: the first 40 bits of an HMAC over its number.
 * @param {CryptoKey} key
 * @param {number} window
 */
export async function mark(key, window) {
  const text = new Uint8Array(PURPOSE.length + 8);
  text.set(PURPOSE);
  new DataView(text.buffer).setBigInt64(PURPOSE.length, BigInt(window));
  const made = new Uint8Array(await crypto.subtle.sign("HMAC", key, text));
  let number = 0n;
  for (const byte of made.subarray(0, 5)) number = (number << 8n) | BigInt(byte);
  let written = "";
  for (let shift = 35n; shift >= 0n; shift -= 5n) written += DIGITS[Number((number >> shift) & 31n)];
  return written;
}

/**
 * What the QR code says, in capitals, which a QR code packs more tightly.
 * @param {string} origin
 * @param {string} code
 * @param {string} shown the changing part
 */
export function addressOf(origin, code, shown) {
  return `${origin}/C/${code}/${shown}`.toUpperCase();
}
