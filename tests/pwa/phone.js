// A phone for tests: IndexedDB in memory, Web Locks, and a network that answers as told.
import "fake-indexeddb/auto";

/** @typedef {{status?: number, body?: unknown, type?: string, headers?: Record<string, string>}} Reply */
/** @typedef {{address: string, headers: Record<string, string>, batch: any}} Request */

/** @type {Record<string, (event: any) => void>} what the page listens to */
export const heard = {};
globalThis.addEventListener = (/** @type {string} */ name, /** @type {any} */ listener) => void (heard[name] = listener);
/** @type {any} */ (globalThis).document = { addEventListener: globalThis.addEventListener };

/** @type {Request[]} */
export const requests = [];
/** @type {(request: Request) => Reply | "offline" | Promise<Reply | "offline">} */
let answer = () => "offline";
/** @type {Promise<unknown>} */
let lock = Promise.resolve();

// An open channel must not keep the test process alive.
globalThis.BroadcastChannel = class extends BroadcastChannel {
  /** @param {string} name */
  constructor(name) {
    super(name);
    /** @type {any} */ (this).unref();
  }
};

Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    locks: {
      /** @param {string} _name @param {() => Promise<unknown>} work */
      request(_name, work) {
        const turn = lock.then(work);
        lock = turn.catch(() => undefined);
        return turn;
      },
    },
  },
});

globalThis.fetch = async (address, options = {}) => {
  const body = options.body ? JSON.parse(String(options.body)) : null;
  const request = { address: String(address), headers: /** @type {any} */ (options.headers ?? {}), batch: body };
  requests.push(request);
  const reply = await answer(request);
  if (reply === "offline") throw new TypeError("Failed to fetch");
  const { status = 200, body: said, type = "application/json", headers = {} } = reply;
  const text = typeof said === "string" ? said : JSON.stringify(said);
  return new Response(status === 304 ? null : text, { status, headers: { "Content-Type": type, ...headers } });
};

/** @param {typeof answer} how */
export function network(how) {
  answer = how;
}

/** A new phone: nothing kept, nothing asked yet. */
export async function reset() {
  requests.length = 0;
  answer = () => "offline";
  await new Promise((resolve) => {
    indexedDB.deleteDatabase("nahplatz").addEventListener("success", resolve);
  });
}

/**
 * The server of the contract, as far as the phone sees it: every event gets a verdict.
 * @param {Request} request
 * @param {Partial<import("../../pwa/lib/types.js").Verdict>} verdict
 */
export function accepted({ batch }, verdict = {}) {
  const verdicts = batch.events.map((/** @type {any} */ { id }) => ({
    id, verdict: "accepted", reason: null, text: "Du bist eingecheckt.", duplicate_of: null, booking: null, space: null,
    effective_at: null, ...verdict,
  }));
  return { body: { schema: 1, server_time: new Date().toISOString(), device: batch.device, verdicts, missing: [], resend_since: null } };
}

export const ana = { id: "11111111-1111-4111-8111-111111111111", name: "Ana", language: "de" };
export const ben = { id: "22222222-2222-4222-8222-222222222222", name: "Ben", language: "de" };

/**
 * @param {typeof ana} person
 * @param {Partial<import("../../pwa/lib/bookings.js").Snapshot>} changes
 */
export function snapshot(person, changes = {}) {
  return { schema: 1, server_time: new Date().toISOString(), person, bookings: [], spaces: {}, ...changes };
}

/** @param {typeof ana} person */
export async function signIn(person) {
  const { welcome } = await import("../../pwa/sync.js");
  const { serverTime } = await import("../../pwa/lib/contact.js");
  const { state } = await import("../../pwa/store.js");
  const at = new Date().toISOString();
  await welcome({ etag: `"${person.name}"`, at, body: snapshot(person) }, serverTime(at), (await state()).session);
}
