"""Everything that somebody who acts for an employer can read: taken from the table of all addresses, so that none is
forgotten. Where an address has a part that nobody tells, `knocking.address` stops the test.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from html import unescape

from flask import Flask

from tests.conftest import ROOT, Browser
from tests.guards.knocking import READING, address
from tests.snoop.world import PLACE_NAMES, Item, World

TABLE = ROOT / "tests" / "guards" / "access.txt"
EMPLOYER = "/arbeitgeber/<slug>"
AGENT = "hana"
# Its pages as addresses; files that take long to make are read once.
OWN = "/arbeitgeber/wagen"
LINK = re.compile(r'href="([^"]+)"')
PAPERS = re.compile(r"pdf$")
# What is asked for besides, with what an employer can type into it; {quota} is each of its quotas.
ASKED = (
    "/arbeitgeber/wagen/leute?suche=Ben",
    "/arbeitgeber/wagen/anzahlen?monat=2026-11",
    "/arbeitgeber/wagen/anzahlen?monat=2026-12",
    "/arbeitgeber/wagen/kontingente/{quota}",
    "/arbeitgeber/wagen/kontingente/{quota}?units=1&euros=&ends_on=",
    "/arbeitgeber/wagen/kontingente/{quota}?units=&euros=12&ends_on=2026-12-31",
    "/arbeitgeber/wagen/kontingente/{quota}/regeln?name=Neu&where=all",
    "/arbeitgeber/wagen/kontingente/{quota}/beenden",
)
# What a page says anew each time it is made, and that says nothing.
NOISE = (
    (re.compile(r'(name="csrf_token" value=")[^"]+'), r"\1"),
    (re.compile(r'(name="csrf-token" content=")[^"]+'), r"\1"),
)
# When a PDF was made, by the clock of the machine and not by that of the test.
STAMP = re.compile(rb"D(?:\\072|:)20[0-9]{12}[^)]*\)|20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,}[Z+0-9:]*|/ID ?\[[^\]]*\]")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

Answers = dict[str, tuple[int, str, bytes]]


def rules() -> list[str]:
    """Return every address that can be read."""
    lines = (line.split() for line in TABLE.read_text(encoding="utf-8").splitlines()[1:])
    return [rule for method, rule, *_ in lines if method in READING]


def employers_only(found: Iterable[str]) -> list[str]:
    return [rule for rule in found if rule.startswith(EMPLOYER)]


class Agent:
    """Somebody who acts for the employer, and reads."""

    def __init__(self, app: Flask, world: World, *, reads_papers: bool = True) -> None:
        self.world, self.reads_papers = world, reads_papers
        self.client: Browser = app.test_client()  # type: ignore[assignment]
        answer = self.client.post("/demo/anmelden", data={"person": AGENT})
        assert answer.status_code == 303, answer.text

    def read(self, wanted: Iterable[str], known: Collection[uuid.UUID]) -> Answers:
        """Return what each address answers, and whatever the employer's pages lead to: status, type and content."""
        addresses = [address(rule) for rule in wanted]
        addresses += [asked.format(quota=quota) for asked in ASKED for quota in self.world.quotas if "{" in asked]
        addresses += [asked for asked in ASKED if "{" not in asked]
        found: Answers = {}
        while addresses:
            path = addresses.pop()
            if path not in found:
                found[path] = self._answer(path, known)
                addresses += [
                    each for each in _links(path, found[path]) if self.reads_papers or not PAPERS.search(each)
                ]
        return found | {"mails": self._mails(known)}

    def _mails(self, known: Collection[uuid.UUID]) -> tuple[int, str, bytes]:
        """Return what was sent so far to whoever acts for the employer."""
        own = [letter for letter in self.world.way.letters if str(letter["To"]).startswith(AGENT)]
        texts = [f"{letter['Subject']}\n{letter.get_body(('plain',)).get_content()}" for letter in own]
        return len(own), "text/plain", _quiet("\n".join(texts).encode(), "text/plain", known)

    def _answer(self, path: str, known: Collection[uuid.UUID]) -> tuple[int, str, bytes]:
        answer = self.client.get(path)
        try:
            kind = f"{answer.content_type} {answer.headers.get('ETag')} {answer.location}"
            content = _unnumbered(answer.data) if path.endswith("/belege") else answer.data
            return answer.status_code, kind, _quiet(content, answer.content_type, known)
        finally:
            answer.close()

    def lower(self, quota: int, known: Collection[uuid.UUID]) -> tuple[int, str, bytes]:
        """Try to learn from what is refused: grant hardly anything."""
        answer = self.client.submit(
            f"/arbeitgeber/wagen/kontingente/{quota}", {"units": "1", "euros": "", "ends_on": ""}
        )
        return answer.status_code, str(answer.location), _quiet(answer.data, answer.content_type, known)


def _unnumbered(vouchers: bytes) -> bytes:
    """Take the numbers out: they are hashes with a secret, in their order; what they stand for stays."""
    return b"\n".join(sorted(line.partition(b";")[2] for line in vouchers.splitlines()))


def _links(path: str, answer: tuple[int, str, bytes]) -> list[str]:
    """Return where a page of the employer leads to within its pages."""
    if not path.startswith(OWN) or not answer[1].startswith("text/html"):
        return []
    found = {unescape(link).partition("#")[0] for link in LINK.findall(answer[2].decode())}
    return sorted(link for link in found if link.startswith(OWN))


def _quiet(content: bytes, kind: str, known: Collection[uuid.UUID]) -> bytes:
    """Take out what is new at every request. A uuid stays when it is a booking's."""
    if "pdf" in kind:
        return STAMP.sub(b"stamp", content)
    if "text" not in kind and "json" not in kind:
        return content
    said = content.decode()
    for pattern, left in NOISE:
        said = pattern.sub(left, said)
    kept = {str(each) for each in known}
    return UUID.sub(lambda found: found[0] if found[0] in kept else "uuid", said).encode()


def unread(answers: Mapping[str, tuple[int, str, bytes]]) -> list[str]:
    """Return pages of the employer that did not open: what nobody could look at proves nothing."""
    own = [(path, answer[0]) for path, answer in answers.items() if path.startswith(OWN)]
    return [f"{path}: {status}" for path, status in own if status != 200]


def differences(one: Answers, other: Answers) -> list[str]:
    """Return where two worlds can be told apart, with the place where they part."""
    nothing = (0, "is not there", b"")
    pairs = {path: (one.get(path, nothing), other.get(path, nothing)) for path in {**one, **other}}
    return [f"{path}: {_parting(*pair)}" for path, pair in pairs.items() if pair[0] != pair[1]]


def _parting(one: tuple[int, str, bytes], other: tuple[int, str, bytes]) -> str:
    if one[:2] != other[:2]:
        return f"{one[:2]} and {other[:2]}"
    at = next((n for n, pair in enumerate(zip(one[2], other[2], strict=False)) if pair[0] != pair[1]), 0)
    return " and ".join(repr(each[2][max(0, at - 60) : at + 60].decode(errors="replace")) for each in (one, other))


def told(answers: Answers, world: World, items: Iterable[tuple[Item, int]]) -> list[str]:
    """Return where a name, a place and a day stand together that were together."""
    items = list(items)
    names = dict(zip(sorted(world.people), world.names, strict=True))
    found = []
    for path, (_, kind, content) in answers.items():
        if "text" not in kind and "json" not in kind:
            continue  # what typesetting makes is compared byte by byte
        said = content.decode()
        for item, holder in items:
            if (
                holder in names
                and names[holder] in said
                and PLACE_NAMES[item.place] in said
                and _names_day(said, item.day)
            ):
                found.append(f"{path}: {names[holder]}, {PLACE_NAMES[item.place]}, {item.day}")
    return found


MONTHS = {11: "Nov", 12: "Dez"}


def _names_day(said: str, day: date) -> bool:
    written = (day.isoformat(), f"{day:%d.%m.%Y}", f"{day.day}. {MONTHS[day.month]}", f"{day.day}.{day.month}.")
    return any(each in said for each in written)
