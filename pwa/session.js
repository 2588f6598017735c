// What goes from this phone when somebody signs out, or signs in after somebody else.

import { finished, run } from "./store.js";

/** @typedef {import("./lib/entries.js").Entry} Entry */

/**
 * Signing out empties everything, except events that have not arrived and the numbering they belong to. An installation with a key is
 * its person's: the next one begins a new one.
 */
export async function signOut() {
  // A host's device goes on with initials only; asking must not make its database.
  const isHosts = (await indexedDB.databases()).some(({ name }) => name === "nahplatz-host");
  if (isHosts) await (await import("./host/store.js")).forgetNames();
  return run("readwrite", async (stores) => {
    const entries = /** @type {Entry[]} */ (await finished(stores.outbox.getAll()));
    const [device, keyed] = [await finished(stores.facts.get("device")), await finished(stores.facts.get("keyed"))];
    stores.snapshot.clear();
    stores.facts.clear();
    for (const entry of entries) if (entry.state === "done") stores.outbox.delete(entry.id);
    if (!keyed && entries.some((entry) => entry.state !== "done")) stores.facts.put(device, "device");
  });
}

/**
 * Somebody is about to sign in here, perhaps another person. Until the server says who it is, nothing of the last one is shown: bookings
 * go and come back, scans stay and wait.
 */
export function signIn() {
  return run("readwrite", async (stores) => {
    const session = await finished(stores.facts.get("session"));
    if (session) stores.facts.put({ person: session.person, signedIn: false, isLeft: true }, "session");
    stores.snapshot.clear();
  });
}
