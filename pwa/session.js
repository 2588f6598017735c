// What goes from this phone when somebody signs out.

import { finished, run } from "./store.js";

/** @typedef {import("./lib/entries.js").Entry} Entry */

/** Signing out empties everything, except events that have not arrived and the numbering they belong to. */
export function signOut() {
  return run("readwrite", async (stores) => {
    const entries = /** @type {Entry[]} */ (await finished(stores.outbox.getAll()));
    const device = await finished(stores.facts.get("device"));
    stores.snapshot.clear();
    stores.facts.clear();
    for (const entry of entries) if (entry.state === "done") stores.outbox.delete(entry.id);
    if (entries.some((entry) => entry.state !== "done")) stores.facts.put(device, "device");
  });
}
