// What a host says, as an event that is safely kept before anything is shown or sent.

import { bootMs } from "../lib/contact.js";
import { makeEvent } from "../lib/event.js";
import { repeated } from "../lib/folding.js";
import { run, readState } from "./store.js";

/** @typedef {import("../lib/board.js").HostEntry} HostEntry */
/** @typedef {import("../lib/board.js").HostEvent} HostEvent */
/**
 * @typedef {{
 *   kind: HostEvent["kind"], code?: string, booking?: string | null, label?: string | null, seat?: number | null,
 *   undoes?: string | null, at?: number | null
 * }} Said `code` only of a pass, else the host's word counts; `at`: the true time that was written down on paper, else it is now
 */

// Clocks that differ by less are right to the server, which then takes an event's time as it is.
const TOLERANCE = 120_000;

/**
 * Keep an event, or find the one that it repeats. Resolves when it is on the disk.
 * @param {string} slug
 * @param {Said} said
 * @returns {Promise<HostEntry>}
 */
export function record(slug, { kind, code = "word", booking = null, label = null, seat = null, undoes = null, at = null }) {
  return run("readwrite", async (stores) => {
    const { device, serverTime, ahead, snapshot, entries } = await readState(stores, slug);
    if (!device) throw new Error("no device");
    // What was written down is told by this clock, wrong as it may be: the server corrects all times of a device alike.
    const clock = at === null ? Date.now() : at + (Math.abs(ahead) > TOLERANCE ? ahead : 0);
    const before = repeated(snapshot, entries, { kind, code, booking, undoes, at: clock });
    if (before) return before;
    const seq = device.seq + 1;
    // The number and the event it belongs to are kept together or not at all: the numbers of a device have no gaps.
    const phone = { device: device.id, seq, serverTime: at === null ? serverTime : null };
    const moment = { at: new Date(clock), ms: bootMs() };
    const made = makeEvent(phone, { kind: /** @type {any} */ (kind), code, booking }, moment);
    // A time from paper was not measured by this device: its monotonic clock has no say in it.
    const written = at === null ? {} : { boot: crypto.randomUUID(), boot_ms: 0 };
    const event = /** @type {HostEvent} */ (Object.freeze({ ...made, ...written, label, seat, undoes }));
    /** @type {HostEntry} */
    const entry = {
      id: event.id, event, owner: slug, adopter: null, stem: "", space: slug, state: "waiting", status: null, stopped_by: null,
      sent_at: null, resent_at: null, verdict: null, dismissed: false, written_at: at === null ? null : new Date(at).toISOString(),
    };
    stores.outbox.add(entry);
    stores.facts.put({ ...device, seq }, `device ${slug}`);
    return entry;
  });
}
