"""What a phone does with each answer: `pwa/lib/rules.js` in Python. A test feeds both the same and compares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

BATCH = 50
LONGEST_WAIT = 300_000
HOUR = 3_600_000


@dataclass(frozen=True)
class Outcome:
    """What an answer means for the events that were sent. Waits in milliseconds."""

    kind: str  # taken, retry, sign_in, halve, stop
    after: int = 0
    firm: bool = False
    status: int = 0
    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: tuple[int, ...] = ()
    server_time: str = ""
    resend_since: str | None = None


def judge(status: int, body: Any, retry_after: str | None, sent: Sequence[str], now: float) -> Outcome:
    """Say what an answer means. `now` in milliseconds since 1970, by the phone's clock; status 0 is no network."""
    if status == 200:
        return _taken(body, sent) or Outcome("retry")
    if status == 401:
        return Outcome("sign_in")
    if status == 413:
        return Outcome("halve") if len(sent) > 1 else Outcome("stop", status=status)
    if status in {0, 408, 429} or status >= 500:
        return Outcome("retry", after=_wait_asked(retry_after, now), firm=status in {429, 503})
    if 300 <= status < 400:
        return Outcome("retry")
    return Outcome("stop", status=status)


def wait(attempt: int, outcome: Outcome, lot: float) -> int:
    """Return how many milliseconds to wait: full jitter, on top of what the server asked for."""
    span = min(LONGEST_WAIT, 1000 * 2 ** min(attempt, 20))
    return outcome.after + int(lot * (max(span, 30_000) if outcome.firm else span) + 0.5)


def _taken(body: Any, sent: Sequence[str]) -> Outcome | None:
    if not isinstance(body, dict) or isinstance(body.get("schema"), bool) or body.get("schema") != 1:
        return None
    time, verdicts = body.get("server_time"), body.get("verdicts")
    if not isinstance(time, str) or _moment(time) is None or not isinstance(verdicts, list):
        return None
    known = {
        each["id"]: each
        for each in verdicts
        if isinstance(each, dict) and isinstance(each.get("verdict"), str) and each.get("id") in sent
    }
    if not known:
        return None
    missing, since = body.get("missing"), body.get("resend_since")
    numbers = tuple(n for n in missing if type(n) is int) if isinstance(missing, list) else ()
    since = since if isinstance(since, str) and _moment(since) is not None else None
    return Outcome("taken", verdicts=known, missing=numbers, server_time=time, resend_since=since)


def _wait_asked(header: str | None, now: float) -> int:
    if header is None:
        return 0
    if re.fullmatch(r"\d+", header.strip()):
        asked = int(header) * 1000.0
    else:
        moment = _moment(header)
        asked = moment - now if moment is not None else 0.0
    return int(min(asked, HOUR)) if asked > 0 else 0


def _moment(text: str) -> float | None:
    """Read a moment of the protocol (ISO 8601); browsers read more, the server writes nothing else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000
