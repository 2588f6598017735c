// Reads what tests/node.py asks: one line of JSON in, one line of JSON out, by the modules of the browser side.

import { createInterface } from "node:readline";
import { read as readSign, readScan } from "../pwa/lib/codes.js";
import { makeBatch } from "../pwa/lib/contact.js";
import { makeEvent } from "../pwa/lib/event.js";
import { check, importKeys, read } from "../pwa/lib/pass.js";
import { judge } from "../pwa/lib/rules.js";

/** @type {import("../pwa/lib/pass.js").Keys} */
let keys = new Map();

/** @type {Record<string, (texts: any[], origin: string) => unknown>} */
const TASKS = {
  keys: async (listed) => (keys = await importKeys(listed)).size,
  passes: (texts, origin) => Promise.all(texts.map((text) => check(text, origin, keys))),
  // The control: whatever has the form of a pass is one.
  unproved: (texts, origin) => texts.map((text) => read(text, origin)),
  signs: (texts, origin) => texts.map((text) => readSign(text, origin)),
  scans: (texts, origin) => texts.map((text) => readScan(text, origin)),
  // A batch as the phone writes it, of events as it makes them.
  batch: (scans) => {
    const events = scans.map(({ phone, scan, at, ms }) => makeEvent(phone, scan, { at: new Date(at), ms }));
    return JSON.stringify(makeBatch(events, scans.length, new Date(scans[0].at)));
  },
  // What the phone makes of answers to the events it sent.
  answers: (answers) => answers.map(({ status, body, sent }) => {
    const outcome = judge({ status, body, retryAfter: null }, sent, 0);
    return outcome.kind === "taken" ? [...outcome.taken.verdicts.keys()] : outcome.kind;
  }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { task, inputs, origin } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await TASKS[task](inputs, origin))}\n`);
}
