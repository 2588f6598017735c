// One line of the outbox, and what may be said of it. Pure functions without clock, network or storage.

/**
 * @typedef {{
 *   id: string, verdict: string, reason: string | null, text: string, duplicate_of: string | null, booking: string | null,
 *   space: {slug: string, name: string} | null, effective_at: string | null
 * }} Verdict the server's word
 * @typedef {{
 *   id: string, event: import("./event.js").CheckinEvent, owner: string | null, adopter: string | null, stem: string,
 *   space: string | null, state: "waiting" | "stopped" | "done", status: number | null, stopped_by: string | null,
 *   sent_at: string | null, resent_at: string | null, verdict: Verdict | null, dismissed: boolean
 * }} Entry the event, and around it what the phone knows
 */

const DAY = 86_400_000;
const KEPT = 30 * DAY;
const FOLD = 120_000;

/**
 * Whose event this is, as far as this phone knows.
 * @param {Entry} entry
 */
export function holder(entry) {
  return entry.owner ?? entry.adopter;
}

/**
 * A scan made while nobody was signed in goes to whoever signs in within a day.
 * @param {Entry} entry
 * @param {number} now
 */
export function canBeAdopted(entry, now) {
  return entry.state === "waiting" && holder(entry) === null && Math.abs(now - Date.parse(entry.event.captured_at)) <= DAY;
}

/**
 * The same sign seen again within two minutes is the same scan: say which one it repeats. One that needs a look is not
 * repeated but tried anew: perhaps the person has booked since.
 * @param {readonly Entry[]} entries
 * @param {{owner: string | null, kind: string, stem: string, space: string | null, at: number}} scan
 */
export function repeated(entries, scan) {
  return entries.find(
    (entry) =>
      shown(entry) !== "look" &&
      holder(entry) === scan.owner &&
      entry.event.kind === scan.kind &&
      (entry.stem === scan.stem || (entry.space !== null && entry.space === scan.space)) &&
      Math.abs(scan.at - Date.parse(entry.event.captured_at)) <= FOLD,
  );
}

/**
 * Whether the phone may forget an event: it arrived, and the time in which a restored server could ask for it again is over.
 * @param {Entry} entry
 * @param {number} now
 */
export function isOver(entry, now) {
  return entry.state === "done" && entry.sent_at !== null && now - Date.parse(entry.sent_at) > KEPT;
}

/**
 * What the screen says of an event.
 * @param {Entry} entry
 * @returns {"saved" | "sent" | "confirmed" | "look"}
 */
export function shown(entry) {
  if (entry.state === "stopped") return "look";
  if (entry.state === "waiting" || entry.verdict === null) return entry.state === "waiting" ? "saved" : "sent";
  const { verdict, reason } = entry.verdict;
  if (verdict === "accepted" || (verdict === "flagged" && reason === "duplicate")) return "confirmed";
  // Nothing is to be done about these; the host sees them with their mark.
  if (verdict === "flagged" && (reason === "unowned" || reason === "in_future")) return "sent";
  return verdict === "flagged" || verdict === "rejected" ? "look" : "sent";
}
