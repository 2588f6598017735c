// In which order rows of a table stand. What is missing comes last, whichever way round.

// Names and towns are German on every page; within them numbers count as numbers.
const { compare } = new Intl.Collator("de", { numeric: true, sensitivity: "base" });

/**
 * @template Row
 * @param {Row[]} rows in the order in which they stand; those that are equal keep it
 * @param {(row: Row) => string} valueOf what a row is put in order by; empty when it is missing
 * @param {{kind: string, isDown: boolean}} way numbers by their size, everything else as words; dates are words like 2026-11-30
 * @returns {Row[]}
 */
export function ordered(rows, valueOf, { kind, isDown }) {
  const given = rows.filter((row) => valueOf(row) !== "");
  const missing = rows.filter((row) => valueOf(row) === "");
  const sign = isDown ? -1 : 1;
  given.sort((one, other) => sign * (kind === "number" ? Number(valueOf(one)) - Number(valueOf(other)) : compare(valueOf(one), valueOf(other))));
  return [...given, ...missing];
}
