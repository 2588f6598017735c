// What happens to the phone's events: which may be sent, and what each answer of the server does to them.
// Pure functions without clock, network or storage. No event is ever dropped because of an answer.

import { holder } from "./entries.js";

/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Taken} Taken */
/** @typedef {import("./types.js").Outcome} Outcome */

export const BATCH = 50;
const LONGEST_WAIT = 300_000;

/**
 * Events that an older version gave up on are tried again: the new one may speak the server's language.
 * @param {readonly Entry[]} entries
 * @param {string} build
 */
export function revived(entries, build) {
  return entries.map((entry) =>
    entry.state === "stopped" && entry.stopped_by !== build ? { ...entry, state: /** @type {const} */ ("waiting") } : entry,
  );
}

/**
 * The next events to send for a person, in the order they were made. Events without an owner go apart, because the server marks them.
 * @param {readonly Entry[]} entries
 * @param {string} person
 * @param {number} most
 * @param {boolean} isByKey nobody is signed in: only what the key of the device signed
 */
export function nextBatch(entries, person, most, isByKey = false) {
  const own = entries
    .filter((entry) => entry.state === "waiting" && holder(entry) === person && (!isByKey || isSigned(entry)))
    .toSorted((one, other) => one.event.seq - other.event.seq);
  const [first] = own;
  if (!first) return [];
  const alike = (/** @type {Entry} */ entry) => entry.event.device === first.event.device && (entry.owner === null) === (first.owner === null);
  return own.filter(alike).slice(0, most);
}

/**
 * Old events have no signature, and phones without a key make none.
 * @param {Entry} entry
 */
export function isSigned({ event }) {
  return typeof event.signature === "string";
}

/**
 * What an answer means for the events that were sent.
 * @param {Omit<import("./contact.js").Answer, "etag">} answer
 * @param {readonly string[]} sent
 * @param {number} now
 * @returns {Outcome}
 */
export function judge(answer, sent, now) {
  const { status } = answer;
  if (status === 200) {
    const taken = readVerdicts(answer.body, sent);
    // Without our words a 200 is a captive portal's: there is no network.
    return taken ? { kind: "taken", taken } : { kind: "retry", after: 0, firm: false };
  }
  if (status === 401) return { kind: "sign_in" };
  if (status === 413) return sent.length > 1 ? { kind: "halve" } : { kind: "stop", status };
  if (status === 0 || status === 408 || status === 429 || status >= 500) {
    return { kind: "retry", after: waitAsked(answer.retryAfter, now), firm: status === 429 || status === 503 };
  }
  // A redirect is a portal too; our own address never moves.
  if (status >= 300 && status < 400) return { kind: "retry", after: 0, firm: false };
  return { kind: "stop", status };
}

/**
 * How long to wait: full jitter from one second up to five minutes, on top of what the server asked for. If it asked for a
 * pause, phones come back spread over half a minute at least.
 * @param {number} attempt 0 after the first failure
 * @param {{after: number, firm: boolean}} asked
 * @param {number} random 0 to 1
 */
export function wait(attempt, { after, firm }, random) {
  const span = Math.min(LONGEST_WAIT, 1000 * 2 ** Math.min(attempt, 20));
  return after + Math.round(random * (firm ? Math.max(span, 30_000) : span));
}

/**
 * Whether a pause still holds. Somebody who scans or opens the app does not wait, unless the server asked for the pause.
 * @param {{notBefore: number, firm: boolean} | null} pause
 * @param {boolean} eager
 * @param {number} now
 */
export function isPaused(pause, eager, now) {
  return pause !== null && pause.notBefore > now && (pause.firm || !eager);
}

/**
 * Sent events that a server restored to `since` may have lost, and two days more for clocks that were wrong.
 * @param {readonly Entry[]} entries
 * @param {string} since
 */
export function lostSince(entries, since) {
  const first = Date.parse(since) - 2 * 86_400_000;
  return entries.filter((entry) => entry.state === "done" && entry.sent_at !== null && Date.parse(entry.sent_at) >= first);
}

/**
 * Sent events whose numbers the server lacks. One that was sent again within the hour waits, so that nobody is flooded.
 * @param {readonly Entry[]} entries
 * @param {string} device
 * @param {Taken} taken
 * @param {number} now
 */
export function askedAgain(entries, device, taken, now) {
  return entries.filter(
    (entry) =>
      entry.state === "done" &&
      entry.event.device === device &&
      !taken.verdicts.has(entry.id) &&
      taken.missing.includes(entry.event.seq) &&
      (entry.resent_at === null || now - Date.parse(entry.resent_at) > 3_600_000),
  );
}

/**
 * @param {unknown} body
 * @param {readonly string[]} sent
 * @returns {Taken | null}
 */
function readVerdicts(body, sent) {
  if (typeof body !== "object" || body === null) return null;
  const { schema, server_time: time, verdicts, missing, resend_since: since } = /** @type {Record<string, unknown>} */ (body);
  if (schema !== 1 || typeof time !== "string" || Number.isNaN(Date.parse(time)) || !Array.isArray(verdicts)) return null;
  const known = new Map();
  for (const verdict of verdicts) {
    if (typeof verdict?.verdict === "string" && sent.includes(verdict.id)) known.set(verdict.id, verdict);
  }
  if (known.size === 0) return null;
  return {
    serverTime: time,
    verdicts: known,
    missing: Array.isArray(missing) ? missing.filter(Number.isInteger) : [],
    resendSince: typeof since === "string" && !Number.isNaN(Date.parse(since)) ? since : null,
  };
}

/**
 * Retry-After in milliseconds; an hour at most, so that a slip of the server cannot silence a phone for days.
 * @param {string | null} header
 * @param {number} now
 */
function waitAsked(header, now) {
  if (header === null) return 0;
  const asked = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return asked > 0 ? Math.min(asked, 3_600_000) : 0;
}
