// What this phone tells of its unsent events with every contact, in a cookie: that outlives a storage that was cleared.
// Pure functions. The server reads the same in app/checkins/schemas/witness.py.

import { holder } from "./entries.js";

/** @typedef {import("./entries.js").Entry} Entry */

export const COOKIE = "outbox";
const OWNER_DIGITS = 8;
const MOST = 60;

/**
 * What is to be told: all that has not arrived, and what stood there before of installations that this storage does not know.
 * @param {readonly Entry[]} entries
 * @param {string} before what the cookie says
 * @param {boolean} isHeard the server has just heard that: what is lost need not be told again
 */
export function told(entries, before, isHeard) {
  /** @type {Map<string, string[]>} */
  const parts = new Map();
  const unsent = entries.filter((entry) => entry.state !== "done" && holder(entry) !== null);
  for (const entry of unsent.toSorted((one, other) => other.event.seq - one.event.seq).slice(0, MOST)) {
    const { device, seq, captured_at: at } = entry.event;
    const head = `${device}.${holder(entry)?.slice(0, OWNER_DIGITS)}`;
    parts.set(head, [`${seq}.${at.slice(0, 10).replaceAll("-", "")}`, ...(parts.get(head) ?? [])]);
  }
  const known = new Set(entries.map(({ event }) => event.device));
  const lost = isHeard ? [] : before.split("~").filter((part) => part !== "" && !known.has(part.slice(0, 36)));
  return [...lost, ...[...parts].map(([head, numbers]) => [head, ...numbers].join("."))].join("~");
}

/**
 * The check-ins that never came, by their days, without those that this phone still has.
 * @param {readonly {device: string, seq: number, day: string}[]} missing
 * @param {readonly Entry[]} entries
 * @returns {[string, number][]}
 */
export function lostByDay(missing, entries) {
  const own = new Set(entries.map(({ event }) => `${event.device} ${event.seq}`));
  /** @type {Map<string, number>} */
  const days = new Map();
  for (const { device, seq, day } of missing) {
    if (!own.has(`${device} ${seq}`)) days.set(day, (days.get(day) ?? 0) + 1);
  }
  return [...days].toSorted();
}
