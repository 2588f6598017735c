// The key of this installation: made once per person, registered with the server, and what it signs.
// Without it everything works as before; only a session that expired must then be renewed before check-ins are sent.

import { ask } from "./lib/contact.js";
import { makeKeys, sign, signedText } from "./lib/signing.js";
import { finished, run } from "./store.js";

/** @typedef {import("./lib/types.js").Keyed} Keyed */
/** @typedef {{device: string, key: CryptoKey}} Signer */

// Whoever stands at the door does not wait for a signature.
const PATIENCE = 1500;
const NAMES = [
  ["iPhone", "iPhone"], ["iPad", "iPad"], ["Android", "Android"], ["Windows", "Windows-PC"], ["Macintosh", "Mac"],
  ["CrOS", "Chromebook"], ["Linux", "Linux-PC"],
];

/**
 * See to it that the server knows the key of this person's installation. One that it does not take makes a new installation.
 * @param {string} person
 */
export function ensureKey(person) {
  return navigator.locks.request("key", async () => {
    for (let tries = 0; tries < 2; tries += 1) {
      const keyed = await prepared(person);
      if (!keyed || keyed.isKnown) return;
      const status = await register(keyed);
      if (status === 200) return know(keyed);
      if (status !== 404 && status !== 409) return;
      await leave(keyed);
    }
  });
}

/**
 * The signature of an event, or null where this installation has no key that the server knows.
 * @param {import("./lib/event.js").CheckinEvent} event
 * @returns {Promise<string | null>}
 */
export async function signatureOf(event) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  return /** @type {Promise<string | null>} */ (Promise.race([signed(event), late])).catch(() => null);
}

/** @param {import("./lib/event.js").CheckinEvent} event */
async function signed(event) {
  const [keyed, key] = await run("readonly", async ({ facts }) => [await finished(facts.get("keyed")), await finished(facts.get("key"))]);
  return keyed?.isKnown && key && keyed.device === event.device ? sign(signedText(event), key) : null;
}

/**
 * The installation with a key of this person, made if there is none; null where the browser cannot make or keep one.
 * @param {string} person
 * @returns {Promise<Keyed | null>}
 */
async function prepared(person) {
  const { keyed, session } = await run("readonly", async ({ facts }) => ({
    keyed: /** @type {Keyed | undefined} */ (await finished(facts.get("keyed"))),
    session: /** @type {import("./lib/types.js").Session | undefined} */ (await finished(facts.get("session"))),
  }));
  if (!session?.signedIn || session.person !== person) return null;
  if (keyed?.person === person) return keyed;
  try {
    const { key, publicKey } = await makeKeys();
    return await run("readwrite", async ({ facts }) => {
      const device = (await finished(facts.get("device"))) ?? { id: crypto.randomUUID(), seq: 0 };
      const made = { device: device.id, person, publicKey, isKnown: false };
      facts.put(device, "device");
      facts.put(made, "keyed");
      facts.put(key, "key");
      return made;
    });
  } catch {
    return null;
  }
}

/** @param {Keyed} keyed */
async function register({ device, publicKey }) {
  const headers = { "Content-Type": "application/json", "Nahplatz-Client": "1" };
  const body = JSON.stringify({ public_key: publicKey, name: nameOf(navigator.userAgent ?? "") });
  const answer = await ask(`/api/v1/devices/${device}`, { method: "PUT", headers, body });
  const said = /** @type {any} */ (answer.body);
  // A portal may answer anything; only our own words count.
  const isOurs = answer.status === 200 ? said?.device === device : typeof said?.code === "string";
  return isOurs ? answer.status : 0;
}

/** @param {Keyed} keyed */
function know(keyed) {
  return change(keyed, ({ facts }) => void facts.put({ ...keyed, isKnown: true }, "keyed"));
}

/**
 * This installation is somebody else's, revoked, or has another key: the next event begins a new one. What it recorded stays its own.
 * @param {Keyed} keyed
 */
function leave(keyed) {
  return change(keyed, ({ facts }) => ["device", "keyed", "key"].forEach((name) => facts.delete(name)));
}

/**
 * @param {Keyed} keyed
 * @param {(stores: import("./lib/types.js").Stores) => void} work done only while it is still this key
 */
function change(keyed, work) {
  return run("readwrite", async (stores) => {
    const present = await finished(stores.facts.get("keyed"));
    if (present?.publicKey === keyed.publicKey) work(stores);
  });
}

/**
 * What people call such a device; the list of their devices shows it.
 * @param {string} agent
 */
export function nameOf(agent) {
  const known = NAMES.find(([mark]) => agent.includes(mark));
  return known ? known[1] : null;
}
