// What the phone signs of an event. The server writes the same text (app/checkins/signing.py), and
// tests/vectors/signatures.json binds both: a JSON array as JSON.stringify writes it, the purpose first.

const PURPOSE = "Nahplatz check-in";
const FIELDS = [
  "schema", "id", "device", "seq", "kind", "code", "booking", "captured_at", "boot", "boot_ms", "last_server_time", "app_version",
  "label", "seat", "undoes",
];
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const WAY = { name: "ECDSA", hash: "SHA-256" };

/** @param {any} event with its fields as they are sent */
export function signedText(event) {
  const { last_server_time: contact } = event;
  const parts = { ...event, last_server_time: contact && [contact.at, contact.boot, contact.boot_ms] };
  return JSON.stringify([PURPOSE, ...FIELDS.map((name) => parts[name] ?? null)]);
}

/** A pair whose private half never leaves this browser, and the public half as the server takes it: x and y. */
export async function makeKeys() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(CURVE, false, ["sign"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return { key: privateKey, publicKey: base64url(point.subarray(1)) };
}

/**
 * @param {string} text
 * @param {CryptoKey} key
 */
export async function sign(text, key) {
  return base64url(new Uint8Array(await crypto.subtle.sign(WAY, key, new TextEncoder().encode(text))));
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
