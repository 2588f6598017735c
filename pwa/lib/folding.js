// What a host says twice with one thought. Pure functions.

import { guestsOf } from "./board.js";

/** @typedef {import("./board.js").HostEntry} HostEntry */
/** @typedef {import("./board.js").HostEvent} HostEvent */
/** @typedef {import("./board.js").KeptHostSnapshot} KeptHostSnapshot */

const FOLD = 120_000;

/**
 * The same word given again within two minutes, while it stands and the guest is what it says, is said once: find which
 * entry it repeats. A pass is never folded: whoever shows it a second time may be somebody else.
 * @param {KeptHostSnapshot | null} kept
 * @param {readonly HostEntry[]} entries of this space
 * @param {Pick<HostEvent, "kind" | "code" | "booking" | "undoes"> & {at: number}} said `at`: by this device's clock
 * @returns {HostEntry | null}
 */
export function repeated(kept, entries, { kind, code, booking, undoes, at }) {
  if (kind === "undo") return entries.find(({ event, verdict }) => event.undoes === undoes && (verdict === null || verdict.verdict === "accepted")) ?? null;
  const state = new Map([["check_in", "there"], ["check_out", "left"]]).get(kind);
  if (!kept || !state || code !== "word") return null;
  const undone = new Set(entries.map(({ event }) => event.undoes));
  const last = entries
    .filter(({ id, event }) => event.booking === booking && event.kind !== "undo" && !undone.has(id))
    .reduce((one, other) => (one && one.event.seq > other.event.seq ? one : other), /** @type {HostEntry | null} */ (null));
  if (last?.event.kind !== kind || last.event.code !== code || Math.abs(at - Date.parse(last.event.captured_at)) > FOLD) return null;
  return guestsOf(kept, entries).find((guest) => guest.booking === booking)?.state === state ? last : null;
}
