// What the phone says of itself when it meets the server, and keeps of the server's clock.

/** @typedef {{at: string, boot: string, boot_ms: number}} ServerTime the server's clock, and where our own stood then */

export const SCHEMA = 1;

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
