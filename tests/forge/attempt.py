"""One attempt to pass forged passes: both readers judge every one of them, and must say the same."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from app.checkins import passes
from tests import node
from tests.forge import forgeries

CHUNK = 5_000


@dataclass
class Outcome:
    """How many forgeries were tried; which passed; what the readers without proof would have let in."""

    tried: int = 0
    accepted: dict[str, list[str]] = field(default_factory=lambda: {"python": [], "webcrypto": []})
    verdicts: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)
    control: dict[str, int] = field(default_factory=lambda: {"python": 0, "webcrypto": 0})
    genuine: int = 0
    refused_genuine: int = 0

    @property
    def troubles(self) -> list[str]:
        """Why this run does not show what it should; none is a good run."""
        found = [f"{name} accepted {len(texts)}: {texts[0]}" for name, texts in self.accepted.items() if texts]
        found += [f"{len(self.disagreements)} read differently: {self.disagreements[0]}"] if self.disagreements else []
        found += [f"{self.refused_genuine} issued passes were refused"] if self.refused_genuine else []
        # A reader that skips the signature lets most forgeries in; else the forgeries were none.
        found += [f"the control of {name} found {n}" for name, n in self.control.items() if n < self.tried // 2]
        return found

    @property
    def report(self) -> str:
        kinds = ", ".join(f"{verdict} {count:,}" for verdict, count in sorted(self.verdicts.items()))
        return "\n".join(
            [
                f"forged or altered passes tried: {self.tried:,} ({kinds})",
                *(f"  accepted by {name}: {len(texts)}" for name, texts in self.accepted.items()),
                *(f"  control, {name} without the signature: accepted {n:,}" for name, n in self.control.items()),
                f"  read differently by the two: {len(self.disagreements)}",
                f"  issued passes tried: {self.genuine:,}, refused by one of the two: {self.refused_genuine}",
            ]
        )


def attempt(count: int, bodies: int, *, seed: int, say: Callable[[str], None] = lambda _: None) -> Outcome:
    """Try `count` forgeries, beginning with every bit of `bodies` passes."""
    lots = random.Random(seed)
    by = forgeries.issuer(lots)
    genuine = forgeries.issued(by, bodies, lots)
    outcome = Outcome(genuine=len(genuine))
    with node.reader() as other:
        listed = [{"kid": kid, "public_key": key.hex()} for kid, key in by.public.items()]
        assert other.ask("keys", listed) == len(listed)
        texts = [forgeries.written(signed) for signed in genuine]
        theirs = other.ask("passes", texts, forgeries.ORIGIN)
        ours = [passes.check(text, forgeries.ORIGIN, by.public) for text in texts]
        outcome.refused_genuine = sum(
            (one.verdict, two["verdict"]) != ("valid", "valid") for one, two in zip(ours, theirs, strict=True)
        )
        for chunk in _chunks(forgeries.forgeries(genuine, by, count, lots)):
            _judge(chunk, by, other, outcome)
            say(f"{outcome.tried:,} of {count:,}")
    return outcome


def _chunks(texts: Iterator[str]) -> Iterator[list[str]]:
    while chunk := list(itertools.islice(texts, CHUNK)):
        yield chunk


def _judge(texts: list[str], by: forgeries.Issuer, other: node.Reader, outcome: Outcome) -> None:
    proved = other.ask("passes", texts, forgeries.ORIGIN)
    unproved = other.ask("unproved", texts, forgeries.ORIGIN)
    for text, theirs, read in zip(texts, proved, unproved, strict=True):
        ours = passes.check(text, forgeries.ORIGIN, by.public)
        outcome.verdicts[ours.verdict] += 1
        if ours.verdict != theirs["verdict"]:
            outcome.disagreements.append(f"{text}: {ours.verdict}, {theirs['verdict']}")
        for name, content in (("python", ours.content), ("webcrypto", theirs["content"])):
            if content is not None:
                outcome.accepted[name].append(text)
        outcome.control["python"] += passes.read(text, forgeries.ORIGIN).verdict == "read"
        outcome.control["webcrypto"] += read["verdict"] == "read"
    outcome.tried += len(texts)
