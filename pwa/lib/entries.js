// One line of the outbox.

/** @typedef {import("./types.js").Entry} Entry */

/**
 * Whose event this is, as far as this phone knows.
 * @param {Entry} entry
 */
export function holder(entry) {
  return entry.owner ?? entry.adopter;
}
