// One line of the outbox, and what may be said of it. Pure functions.

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

const NOTHING_TO_DO = new Set(["unowned", "in_future", "bad_signature", "revoked_device", "implausible"]);

/**
 * Whose event this is, as far as this phone knows.
 * @param {Entry} entry
 */
export function holder(entry) {
  return entry.owner ?? entry.adopter;
}

/**
 * What the screen says of an event.
 * @param {Entry} entry
 * @returns {"saved" | "sent" | "confirmed" | "look"}
 */
export function shown(entry) {
  if (entry.state === "stopped") return "look";
  if (entry.state === "waiting") return "saved";
  return entry.verdict ? word(entry.verdict.verdict, entry.verdict.reason) : "sent";
}

/**
 * The same for a verdict alone.
 * @param {string} verdict
 * @param {string | null} reason
 * @returns {"sent" | "confirmed" | "look"}
 */
export function word(verdict, reason) {
  if (verdict === "accepted" || (verdict === "flagged" && reason === "duplicate")) return "confirmed";
  // Nothing is to be done about these; the host sees them with their mark.
  if (verdict === "flagged" && reason !== null && NOTHING_TO_DO.has(reason)) return "sent";
  return verdict === "flagged" || verdict === "rejected" ? "look" : "sent";
}
