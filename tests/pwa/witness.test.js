import assert from "node:assert/strict";
import { test } from "node:test";
import { lostByDay, told } from "../../pwa/lib/witness.js";

const ANA = "11111111-1111-4111-8111-111111111111";
const PHONE = "0b6f6c1e-6c62-4d5e-9f0c-0d1c2b3a4f5e";
const OLD = "9b6f6c1e-6c62-4d5e-9f0c-0d1c2b3a4f5e";

/** @param {number} seq @param {any} changes @returns {any} */
function entry(seq, { state = "waiting", owner = ANA, device = PHONE, at = "2026-05-03T06:00:00.000Z" } = {}) {
  return { state, owner, adopter: null, event: { device, seq, captured_at: at } };
}

test("row 27: what has not arrived is told by number and day, in its order", () => {
  const entries = [entry(3, { at: "2026-05-04T06:00:00.000Z" }), entry(1, { state: "done" }), entry(2), entry(4, { state: "stopped" })];
  assert.equal(told(entries, "", false), `${PHONE}.11111111.2.20260503.3.20260504.4.20260503`);
  assert.equal(told([entry(1, { state: "done" })], told(entries, "", false), false), "", "all has arrived");
  assert.equal(told([entry(1, { owner: null })], "", false), "", "nobody's yet");
});

test("row 27: a cleared storage does not take back what was told, until the server has heard it", () => {
  const before = `${OLD}.11111111.7.20260502`;
  assert.equal(told([], before, false), before);
  assert.equal(told([entry(1)], before, false), `${before}~${PHONE}.11111111.1.20260503`);
  assert.equal(told([entry(1)], before, true), `${PHONE}.11111111.1.20260503`);
});

test("row 27: control, a cookie made of the storage alone forgets with it", () => {
  assert.equal(told([], "", false), "");
});

test("row 27: the app counts by day what never came, without what is still here", () => {
  const missing = [{ device: OLD, seq: 7, day: "2026-05-03" }, { device: OLD, seq: 8, day: "2026-05-03" }, { device: OLD, seq: 6, day: "2026-05-02" }];
  assert.deepEqual(lostByDay(missing, []), [["2026-05-02", 1], ["2026-05-03", 2]]);
  assert.deepEqual(lostByDay([{ device: PHONE, seq: 1, day: "2026-05-03" }], [entry(1)]), []);
});

test("a hundred unsent events fit into a cookie", () => {
  const cookie = told(Array.from({ length: 100 }, (_, number) => entry(number + 1)), "", false);
  assert.ok(cookie.length < 1000, String(cookie.length));
  assert.ok(cookie.includes(".100.20260503"), "the latest are told");
});
