// How the phone meets the server: what it says of itself, how it asks, and what it keeps of the server's clock.

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").ServerTime} ServerTime */

export const SCHEMA = 1;
const PATIENCE = 20_000;

/** The build this code came with, read from its own address so that page and worker need not be told. */
export const BUILD = /\/assets\/([^/]+)\//.exec(import.meta.url)?.[1] ?? "dev";

/** One name per life of a page or worker: the monotonic clock counts only within it. */
export const BOOT = crypto.randomUUID();

export function bootMs() {
  return Math.round(performance.now());
}

/**
 * @param {readonly import("./event.js").CheckinEvent[]} events of one device, as they were made
 * @param {number} pending how many more wait on this phone
 * @param {Date} now
 */
export function makeBatch(events, pending, now) {
  return { schema: SCHEMA, device: events[0].device, sent_at: now.toISOString(), boot: BOOT, boot_ms: bootMs(), pending, events };
}

/**
 * @param {string} at the time in an answer of the server
 * @returns {ServerTime}
 */
export function serverTime(at) {
  return { at, boot: BOOT, boot_ms: bootMs() };
}

/**
 * Ask our server. Whatever goes wrong on the way is status 0, "no network"; a body that is not our JSON is null.
 * @param {string} address
 * @param {RequestInit} options
 * @returns {Promise<Answer>}
 */
export async function ask(address, options) {
  try {
    const response = await fetch(address, {
      credentials: "same-origin", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE), ...options,
    });
    const isJson = /^application\/([a-z]+\+)?json\b/.test(response.headers.get("Content-Type") ?? "");
    const text = await response.text();
    const { headers, status } = response;
    return { status, body: isJson ? parse(text) : null, retryAfter: headers.get("Retry-After"), etag: headers.get("ETag") };
  } catch {
    return { status: 0, body: null, retryAfter: null, etag: null };
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
