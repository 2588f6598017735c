// What a host's device keeps, in a database of its own: never mixed with the check-ins and bookings of a person who uses
// the same browser.

import { Store, finished } from "../store.js";

/** @typedef {import("../lib/board.js").HostEntry} HostEntry */
/** @typedef {import("../lib/types.js").Stores} Stores */
/**
 * @typedef {{id: string, seq: number, token: string | null, name: string}} HostDevice `token`: null once the server voided it
 * @typedef {{
 *   device: HostDevice | null, pause: import("../lib/types.js").Pause | null, serverTime: import("../lib/contact.js").ServerTime | null,
 *   ahead: number, snapshot: import("../lib/board.js").KeptHostSnapshot | null, entries: HostEntry[]
 * }} HostState `ahead`: milliseconds that this device's clock went before the server's when that was last heard
 */

const hosts = new Store("nahplatz-host");
/** @type {typeof hosts.run} */
export const run = (mode, work) => hosts.run(mode, work);
/** @param {() => void} listener */
export const onChange = (listener) => hosts.onChange(listener);

/**
 * Everything there is about a space, read at one moment.
 * @param {string} slug
 * @returns {Promise<HostState>}
 */
export function state(slug) {
  return run("readonly", (stores) => readState(stores, slug));
}

/**
 * The same within a transaction that goes on.
 * @param {Stores} stores
 * @param {string} slug
 * @returns {Promise<HostState>}
 */
export async function readState({ outbox, facts, snapshot }, slug) {
  const entries = /** @type {HostEntry[]} */ (await finished(outbox.getAll()));
  return {
    device: (await finished(facts.get(`device ${slug}`))) ?? null,
    pause: (await finished(facts.get(`pause ${slug}`))) ?? null,
    serverTime: (await finished(facts.get(`server_time ${slug}`))) ?? null,
    ahead: (await finished(facts.get(`ahead ${slug}`))) ?? 0,
    snapshot: (await finished(snapshot.get(slug))) ?? null,
    entries: entries.filter(({ owner }) => owner === slug),
  };
}

/** Who signs out leaves no names behind. What is not sent stays, and so does the device's token, which shows initials only. */
export function forgetNames() {
  return run("readwrite", async ({ snapshot }) => void snapshot.clear());
}

export { finished };
