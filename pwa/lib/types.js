// The shapes of what the phone keeps; spoken of in comments only, so nothing ever loads this file.

/**
 * @typedef {{
 *   id: string, verdict: string, reason: string | null, text: string, booking: string | null,
 *   space: {slug: string, name: string} | null, effective_at: string | null
 * }} Verdict the server's word
 * @typedef {{
 *   id: string, event: import("./event.js").CheckinEvent, owner: string | null, adopter: string | null, stem: string,
 *   space: string | null, state: "waiting" | "stopped" | "done", status: number | null, stopped_by: string | null,
 *   sent_at: string | null, resent_at: string | null, verdict: Verdict | null, dismissed: boolean
 * }} Entry the event, and around it what the phone knows
 */

/**
 * @typedef {{kind: "empty" | "offline" | "paused" | "sign_in" | "stop", pending: number, notBefore: number}} Drained
 * @typedef {{serverTime: string, verdicts: Map<string, Verdict>, missing: number[], resendSince: string | null}} Taken
 * @typedef {{kind: "taken", taken: Taken} | {kind: "retry", after: number, firm: boolean} | {kind: "sign_in"} | {kind: "halve"}
 *   | {kind: "stop", status: number}} Outcome
 */

/**
 * @typedef {{status: number, body: unknown, retryAfter: string | null, etag: string | null}} Answer status 0: no network
 * @typedef {{at: string, boot: string, boot_ms: number}} ServerTime the server's clock, and where our own stood then
 * @typedef {{person: string, signedIn: boolean, isLeft?: boolean}} Session the last person on this phone; not signed in once the server
 *   said so, and left when somebody has signed in since and the server has not said yet who
 * @typedef {{device: string, person: string, publicKey: string, isKnown: boolean}} Keyed whose key this installation has, and whether the
 *   server knows it; the key itself is the fact "key"
 * @typedef {{attempt: number, notBefore: number, firm: boolean}} Pause
 * @typedef {{etag: string | null, at: string, body: import("./bookings.js").Snapshot, skew?: number}} KeptSnapshot skew: what our clock lacked of the server's
 * @typedef {{session: Session | null, pause: Pause | null, snapshot: KeptSnapshot | null, entries: Entry[]}} State
 * @typedef {{outbox: IDBObjectStore, facts: IDBObjectStore, snapshot: IDBObjectStore}} Stores
 */

// oxlint-disable-next-line unicorn/require-module-specifiers -- without it this were no module
export {};
