// What the phone keeps, in IndexedDB: the outbox, the snapshot of one person, and facts about this phone.
// A write counts only after its transaction is complete (durability "strict").

/** @typedef {import("./lib/types.js").Stores} Stores */

const STORES = ["outbox", "facts", "snapshot"];
/** One step per version; a phone that slept for a year takes several at once, and none may lose the outbox. */
const UPGRADES = [
  (/** @type {IDBDatabase} */ database) => {
    database.createObjectStore("outbox", { keyPath: "id" });
    database.createObjectStore("facts");
    database.createObjectStore("snapshot");
  },
];

/** A database, and all who look at it, in other tabs and the worker too. */
export class Store {
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {Set<IDBTransaction>} */
  #running = new Set();
  /** @type {Promise<IDBDatabase> | null} */
  #opened = null;
  #channel;

  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.#channel = new BroadcastChannel(name);
    this.#channel.addEventListener("message", () => this.#tell());
    // Safari would put a page aside with its transactions open, and every later page would wait for them.
    addEventListener("pagehide", (/** @type {any} */ { persisted }) => persisted && this.#running.forEach((each) => each.abort()));
  }

  /**
   * Hear of every change.
   * @param {() => void} listener
   */
  onChange(listener) {
    this.#listeners.add(listener);
  }

  #tell() {
    this.#listeners.forEach((listener) => listener());
  }

  announce() {
    this.#tell();
    this.#channel.postMessage("changed");
  }

  /**
   * Do all of some work or nothing of it.
   * @template T
   * @param {"readonly" | "readwrite"} mode
   * @param {(stores: Stores) => Promise<T>} work awaits nothing but requests of these stores
   * @returns {Promise<T>}
   */
  async run(mode, work) {
    const database = await this.#open();
    const transaction = database.transaction(STORES, mode, { durability: "strict" });
    this.#running.add(transaction);
    const over = new Promise((resolve) => {
      for (const name of ["complete", "abort"]) transaction.addEventListener(name, () => resolve(name));
    }).finally(() => this.#running.delete(transaction));
    const [outbox, facts, snapshot] = STORES.map((name) => transaction.objectStore(name));
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
    if (mode === "readwrite") this.announce();
    return result;
  }

  /** @returns {Promise<IDBDatabase>} */
  #open() {
    const letGo = () => (this.#opened = null);
    this.#opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, UPGRADES.length);
      request.addEventListener("upgradeneeded", ({ oldVersion }) => {
        for (const step of UPGRADES.slice(oldVersion)) step(request.result);
      });
      request.addEventListener("error", () => {
        letGo();
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
    return this.#opened;
  }
}

/** The person's own. */
export const own = new Store("nahplatz");
/** @type {typeof own.run} */
export const run = (mode, work) => own.run(mode, work);

/**
 * Everything there is, read at one moment.
 * @returns {Promise<import("./lib/types.js").State>}
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
 * @param {IDBRequest} request
 * @returns {Promise<any>}
 */
export function finished(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}
