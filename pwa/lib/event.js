// The event a scan makes, and the batch that carries events to the server. An event is never changed once it is made.

/**
 * @typedef {{at: string, boot: string, boot_ms: number}} ServerTime the server's clock, and where our own stood then
 * @typedef {{
 *   id: string, device: string, seq: number, kind: "check_in" | "check_out", code: string, booking: string | null,
 *   captured_at: string, boot: string, boot_ms: number, last_server_time: ServerTime | null,
 *   app_version: string, schema: number, signature: string | null
 * }} CheckinEvent
 * @typedef {{
 *   schema: number, device: string, sent_at: string, boot: string, boot_ms: number, pending: number,
 *   events: readonly CheckinEvent[]
 * }} Batch
 */

export const SCHEMA = 1;

/** The build this code came with, read from its own address so that page and worker need not be told. */
export const BUILD = /\/assets\/([^/]+)\//.exec(import.meta.url)?.[1] ?? "dev";

/** One name per life of a page or worker: the monotonic clock counts only within it. */
export const BOOT = crypto.randomUUID();

export function bootMs() {
  return Math.round(performance.now());
}

/**
 * @param {{device: string, seq: number, serverTime: ServerTime | null}} phone
 * @param {{kind: "check_in" | "check_out", code: string, booking: string | null}} scan
 * @param {{at: Date, ms: number}} moment when the code was seen, by both clocks
 * @returns {CheckinEvent}
 */
export function makeEvent(phone, scan, moment) {
  return Object.freeze({
    id: crypto.randomUUID(),
    device: phone.device,
    seq: phone.seq,
    kind: scan.kind,
    code: scan.code,
    booking: scan.booking,
    captured_at: moment.at.toISOString(),
    boot: BOOT,
    boot_ms: moment.ms,
    last_server_time: phone.serverTime,
    app_version: BUILD,
    schema: SCHEMA,
    signature: null,
  });
}

/**
 * @param {readonly CheckinEvent[]} events of one device, as they were made
 * @param {number} pending how many more wait on this phone
 * @param {Date} now
 * @returns {Batch}
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
