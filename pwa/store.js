// What the phone keeps, in IndexedDB: the outbox, the snapshot of one person, and facts about this phone.
// A write counts only after its transaction is complete (durability "strict").

/** @typedef {import("./lib/types.js").Entry} Entry */
/** @typedef {import("./lib/types.js").Session} Session */
/** @typedef {import("./lib/types.js").Pause} Pause */
/** @typedef {import("./lib/types.js").KeptSnapshot} KeptSnapshot */
/** @typedef {import("./lib/types.js").Stores} Stores */

const NAME = "nahplatz";
/** One step per version of the stored data. A phone that slept for a year takes several at once; no step may lose the outbox. */
const UPGRADES = [
  (/** @type {IDBDatabase} */ database) => {
    database.createObjectStore("outbox", { keyPath: "id" });
    database.createObjectStore("facts");
    database.createObjectStore("snapshot");
  },
];
const channel = new BroadcastChannel(NAME);
/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {Set<IDBTransaction>} */
const running = new Set();
/** @type {Promise<IDBDatabase> | null} */
let opened = null;

channel.addEventListener("message", () => listeners.forEach((listener) => listener()));
// Safari would put a page aside with its transactions open, and every later page would wait for them for ever.
addEventListener("pagehide", (/** @type {any} */ { persisted }) => persisted && running.forEach((transaction) => transaction.abort()));

/**
 * Hear of every change, here or in another tab or in the worker.
 * @param {() => void} listener
 */
export function onChange(listener) {
  listeners.add(listener);
}

/**
 * Everything there is, read at one moment.
 * @returns {Promise<{session: Session | null, pause: Pause | null, snapshot: KeptSnapshot | null, entries: Entry[]}>}
 */
export function state() {
  return run("readonly", async ({ outbox, facts, snapshot }) => ({
    session: (await finished(facts.get("session"))) ?? null,
    pause: (await finished(facts.get("pause"))) ?? null,
    snapshot: (await finished(snapshot.get("mine"))) ?? null,
    entries: await finished(outbox.getAll()),
  }));
}

/**
 * Do all of some work or nothing of it.
 * @template T
 * @param {"readonly" | "readwrite"} mode
 * @param {(stores: Stores) => Promise<T>} work awaits nothing but requests of these stores
 * @returns {Promise<T>}
 */
export async function run(mode, work) {
  const database = await open();
  const transaction = database.transaction(["outbox", "facts", "snapshot"], mode, { durability: "strict" });
  running.add(transaction);
  const over = new Promise((resolve) => {
    for (const name of ["complete", "abort"]) transaction.addEventListener(name, () => resolve(name));
  }).finally(() => running.delete(transaction));
  const [outbox, facts, snapshot] = ["outbox", "facts", "snapshot"].map((name) => transaction.objectStore(name));
  let result;
  try {
    result = await work({ outbox, facts, snapshot });
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It is over already.
    }
    throw error;
  }
  if ((await over) === "abort") throw transaction.error ?? new Error("not kept");
  if (mode === "readwrite") announce();
  return result;
}

export function announce() {
  listeners.forEach((listener) => listener());
  channel.postMessage("changed");
}

/**
 * @param {IDBRequest} request
 * @returns {Promise<any>}
 */
export function finished(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, UPGRADES.length);
    request.addEventListener("upgradeneeded", ({ oldVersion }) => {
      for (const step of UPGRADES.slice(oldVersion)) step(request.result);
    });
    request.addEventListener("error", () => {
      opened = null;
      reject(request.error);
    });
    request.addEventListener("success", () => {
      const database = request.result;
      // A newer version of this app wants to upgrade.
      database.addEventListener("versionchange", () => {
        database.close();
        opened = null;
      });
      database.addEventListener("close", () => (opened = null));
      resolve(database);
    });
  });
  return opened;
}
