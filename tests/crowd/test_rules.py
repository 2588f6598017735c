"""The virtual phones follow the very rules of the real ones: both are asked the same and must answer the same."""

import itertools
import json
import random
import subprocess

from tests.conftest import ROOT
from tests.crowd import rules

NOW = 1_795_417_200_000
SENT = ["a", "b"]
SCRIPT = """
import { judge, wait } from "./pwa/lib/rules.js";
const cases = JSON.parse(await new Promise((done) => {
  let text = ""; process.stdin.on("data", (part) => (text += part)); process.stdin.on("end", () => done(text));
}));
console.log(JSON.stringify(cases.map(({ status, body, retryAfter, attempt, lot }) => {
  const outcome = judge({ status, body, retryAfter }, %s, %d);
  if (outcome.kind === "taken") {
    const { taken } = outcome;
    return ["taken", [...taken.verdicts.keys()].toSorted(), taken.missing, taken.resendSince];
  }
  if (outcome.kind === "retry") return ["retry", outcome.after, outcome.firm, wait(attempt, outcome, lot)];
  return [outcome.kind, outcome.status ?? 0];
})));
"""


def _bodies():
    good = {"schema": 1, "server_time": "2026-11-23T07:00:00Z", "verdicts": [{"id": "a", "verdict": "accepted"}]}
    yield from (None, "<html>", 1, [], {}, good)
    for name, values in {
        "schema": [2, "1", None, True],
        "server_time": ["gestern", None, 1],
        "verdicts": [
            None,
            "all",
            [],
            [None, 1, "a", {"id": "a"}, {"verdict": "accepted"}],
            [{"id": "x", "verdict": "y"}],
        ],
        "missing": [[1, 2.5, "3", None], "none"],
        "resend_since": ["2026-11-01T00:00:00Z", "x", 1],
    }.items():
        for value in values:
            yield good | {name: value}


def _mine(case):
    outcome = rules.judge(case["status"], case["body"], case["retryAfter"], SENT, NOW)
    if outcome.kind == "taken":
        return ["taken", sorted(outcome.verdicts), list(outcome.missing), outcome.resend_since]
    if outcome.kind == "retry":
        return ["retry", outcome.after, outcome.firm, rules.wait(case["attempt"], outcome, case["lot"])]
    return [outcome.kind, outcome.status]


def test_rules_in_python_and_javascript_agree():
    lots = random.Random(44)
    statuses = [0, 200, 204, 301, 304, 400, 401, 403, 404, 408, 410, 413, 415, 422, 429, 500, 502, 503, 504, 507, 599]
    headers = [None, "0", "5", " 60 ", "99999", "-1", "x", "", "2026-11-23T07:30:00Z", "2020-01-01T00:00:00Z"]
    cases = [
        {"status": status, "body": body, "retryAfter": header, "attempt": lots.randrange(12), "lot": lots.random()}
        for status, body, header in itertools.product(statuses, _bodies(), headers)
    ]
    script = SCRIPT % (json.dumps(SENT), NOW)
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        input=json.dumps(cases), capture_output=True, text=True, check=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    differing = [
        (case, mine, theirs)
        for case, theirs in zip(cases, json.loads(done.stdout), strict=True)
        if (mine := _mine(case)) != theirs
    ]
    assert len(cases) > 4000
    assert differing[:3] == []
