// What a sign says: reading it strictly when a camera saw it and leniently when a person typed it.
// The server reads the same texts with the same rules; tests/vectors/codes.json binds both.

export const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECKS = DIGITS + "*~$=U";
// Whitespace and dashes that people and clipboards put between groups. Written out, because \s differs between languages.
const BETWEEN = /[ \t\r\n\u00a0\u202f\u2010-\u2014\u2212-]/g;
export const AROUND = /^[ \t\r\n\u00a0\u202f]+|[ \t\r\n\u00a0\u202f]+$/g;

/**
 * @typedef {{verdict: "sign" | "short", code: string} | {verdict: "foreign" | "malformed", code: null}} Reading
 */

/**
 * Read what a person typed or pasted, or an address that was opened.
 * @param {string} text
 * @param {string} origin our own address, e.g. "https://nahplatz.example"
 * @returns {Reading}
 */
export function read(text, origin) {
  const trimmed = text.replace(AROUND, "");
  if (/^[a-z][a-z0-9+.-]*:/i.test(trimmed)) return readAddress(trimmed, origin);
  const code = plain(trimmed);
  if (isLong(code)) return { verdict: "sign", code };
  if (isShort(code)) return { verdict: "short", code };
  return { verdict: "malformed", code: null };
}

/**
 * Read what the camera saw: only the whole address of a sign counts, so that no foreign label is taken for one.
 * @param {string} text
 * @param {string} origin
 * @returns {Reading}
 */
export function readScan(text, origin) {
  const trimmed = text.replace(AROUND, "");
  return /^https?:/i.test(trimmed) ? readAddress(trimmed, origin) : { verdict: "foreign", code: null };
}

/**
 * The check character of the first eight characters of a code: Crockford's remainder by 37.
 * @param {string} body
 */
export function checkOf(body) {
  let rest = 0;
  for (const sign of body) rest = (rest * 32 + DIGITS.indexOf(sign)) % 37;
  return CHECKS[rest];
}

/**
 * The part of a code that its long and its short form share.
 * @param {string} code
 */
export function stemOf(code) {
  return code.slice(0, 8);
}

/**
 * What the snapshot lists for a code: the phone recognises a sign that it sees, but carries no sign that could be copied.
 * @param {string} code
 */
export async function hashOf(code) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  return Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {string} address
 * @param {string} origin
 * @returns {Reading}
 */
function readAddress(address, origin) {
  const rest = ownPath(address, origin);
  if (rest === null) return { verdict: "foreign", code: null };
  const path = /^\/c\/([0-9a-z-]{20,40})(?:\/[0-9a-z_-]*)*$/i.exec(rest);
  const code = path ? plain(path[1]) : "";
  return isLong(code) ? { verdict: "sign", code } : { verdict: "malformed", code: null };
}

/**
 * What follows our own origin in an address; null when the address is not exactly one of ours.
 * @param {string} address
 * @param {string} origin
 */
export function ownPath(address, origin) {
  // Only ASCII may name a host: some other letters turn into plain ones in small letters.
  const parts = /^(https?:\/\/[0-9a-z._:[\]-]+)([/?#][^]*)?$/i.exec(address);
  return parts && plainOrigin(parts[1]) === plainOrigin(origin) ? (parts[2] ?? "") : null;
}

/** @param {string} origin */
function plainOrigin(origin) {
  const low = origin.toLowerCase();
  if (low.startsWith("https:")) return low.replace(/:443$/, "");
  return low.replace(/:80$/, "");
}

/** @param {string} text */
function plain(text) {
  const joined = text.replace(BETWEEN, "");
  // Only ASCII is put into capitals: some other letters turn into plain ones on the way.
  if (!/^[0-9A-Za-z]*$/.test(joined)) return "";
  return joined.toUpperCase().replace(/[IL]/g, "1").replace(/O/g, "0");
}

/** @param {string} code */
function isLong(code) {
  // 96 bits fill 19 characters and one bit, so the last one is 0 or G.
  return /^[0-9A-HJKMNP-TV-Z]{19}[0G]$/.test(code);
}

/** @param {string} code */
function isShort(code) {
  return /^[0-9A-HJKMNP-TV-Z]{9}$/.test(code) && checkOf(code.slice(0, 8)) === code[8];
}
