// Rows of tables are put in the order that people expect.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ordered } from "../../pwa/lib/ordering.js";

/** @param {string[]} rows @param {string} kind */
const both = (rows, kind) => [false, true].map((isDown) => ordered(rows, (row) => row, { kind, isDown }));

test("names stand as in a German directory, numbers within them by their size", () => {
  const [up, down] = both(["Zoe", "Özlem", "anna", "Ärzte", "Team 10", "Oskar", "Team 9"], "text");
  assert.deepEqual(up, ["anna", "Ärzte", "Oskar", "Özlem", "Team 9", "Team 10", "Zoe"]);
  assert.deepEqual(down, up.toReversed());
});

test("numbers stand by their size and dates by their day", () => {
  assert.deepEqual(both(["9", "100", "-3", "20.5"], "number")[0], ["-3", "9", "20.5", "100"]);
  assert.deepEqual(both(["2026-11-30", "2025-12-01", "2026-02-28"], "text")[0], ["2025-12-01", "2026-02-28", "2026-11-30"]);
});

test("what is missing comes last, whichever way round", () => {
  assert.deepEqual(both(["", "2", "10", ""], "number"), [["2", "10", "", ""], ["10", "2", "", ""]]);
});

const first = (/** @type {string} */ row) => row[0];

test("rows that are equal keep their order, whichever way round", () => {
  const rows = ["b1", "a1", "b2", "a2"];
  assert.deepEqual(ordered(rows, first, { kind: "text", isDown: false }), ["a1", "a2", "b1", "b2"]);
  assert.deepEqual(ordered(rows, first, { kind: "text", isDown: true }), ["b1", "b2", "a1", "a2"]);
});
