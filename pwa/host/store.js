// What a host's device keeps, in a database of its own: never mixed with the check-ins and bookings of a person who uses
// the same browser. A write counts only after its transaction is complete (durability "strict").

/** @typedef {import("../lib/board.js").HostEntry} HostEntry */
/**
 * @typedef {{id: string, seq: number, token: string | null, name: string}} HostDevice `token`: null once the server voided it
 * @typedef {{
 *   device: HostDevice | null, pause: import("../store.js").Pause | null, serverTime: import("../lib/contact.js").ServerTime | null,
 *   snapshot: import("../lib/board.js").KeptHostSnapshot | null, entries: HostEntry[]
 * }} HostState
 * @typedef {{outbox: IDBObjectStore, facts: IDBObjectStore, snapshot: IDBObjectStore}} Stores
 */

const NAME = "nahplatz-host";
/** One step per version of the stored data; no step may lose the outbox. */
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
addEventListener("pagehide", ({ persisted }) => persisted && running.forEach((transaction) => transaction.abort()));

/**
 * Hear of every change, here or in another tab.
 * @param {() => void} listener
 */
export function onChange(listener) {
  listeners.add(listener);
}

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
    snapshot: (await finished(snapshot.get(slug))) ?? null,
    entries: entries.filter(({ owner }) => owner === slug),
  };
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
  const over = new Promise((resolve, reject) => {
    transaction.addEventListener("complete", resolve);
    transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("not kept")));
  }).finally(() => running.delete(transaction));
  over.catch(() => undefined);
  const [outbox, facts, snapshot] = ["outbox", "facts", "snapshot"].map((name) => transaction.objectStore(name));
  const result = await work({ outbox, facts, snapshot }).catch((error) => {
    if (running.has(transaction)) transaction.abort();
    throw error;
  });
  await over;
  if (mode === "readwrite") {
    listeners.forEach((listener) => listener());
    channel.postMessage("changed");
  }
  return result;
}

/** Who signs out leaves no names behind. What is not sent stays, and so does the device's token, which shows initials only. */
export function forgetNames() {
  return run("readwrite", async ({ snapshot }) => void snapshot.clear());
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

function letGo() {
  opened = null;
}

/** @returns {Promise<IDBDatabase>} */
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
        letGo();
      });
      database.addEventListener("close", letGo);
      resolve(database);
    });
  });
  return opened;
}
