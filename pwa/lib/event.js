// The event that a scan makes. It is never changed once it is made, not even by a newer version of this app.

import { BOOT, BUILD, SCHEMA } from "./contact.js";

/**
 * @typedef {{
 *   id: string, device: string, seq: number, kind: "check_in" | "check_out", code: string, booking: string | null,
 *   captured_at: string, boot: string, boot_ms: number, last_server_time: import("./contact.js").ServerTime | null,
 *   app_version: string, schema: number, signature: string | null
 * }} CheckinEvent
 */

/**
 * @param {{device: string, seq: number, serverTime: import("./contact.js").ServerTime | null}} phone
 * @param {{kind: "check_in" | "check_out", code: string, booking: string | null, id?: string}} scan
 * @param {{at: Date, ms: number}} moment when the code was seen, by both clocks
 * @returns {CheckinEvent}
 */
export function makeEvent(phone, scan, moment) {
  return Object.freeze({
    id: scan.id ?? crypto.randomUUID(),
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
