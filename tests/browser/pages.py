"""Every page that can be opened, and by whom: read from the table of all addresses, so that none is forgotten.

A page is visited once, by the first of `VISITORS` whom the table lets in, and again by those to whom it shows more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.funding.queries import due_month
from tests.browser.house import ROOT, SPACE
from tests.browser.keeping import ACME, PILOT, ROOM, TABLE_GONE, Kept
from tests.guards.knocking import SEALED

TABLE = ROOT / "tests" / "guards" / "access.txt"
# Ana commutes, Hana is a host, Kari acts for the county, Hugo for a town that nobody offered a space in.
VISITORS = ("stranger", "ana", "hana", "kari", "hugo")
# What is fetched by programs, or is a file.
NOT_PAGES = {
    "/buchungen/<uuid:booking_uuid>.ics",
    "/gastgeber/<slug>/maengel/<int:defect_id>/foto",
    "/arbeitgeber/<slug>/anzahlen.csv",
    "/arbeitgeber/<slug>/informationsblatt.pdf",
    "/gastgeber/<slug>/schild.pdf",
    "/gastgeber/<slug>/tagesblatt.pdf",
    "/healthz",
    "/kalender/<token>.ics",
    "/manifest.webmanifest",
    "/orte/<slug>/fotos/<digest>.webp",
    "/profil/export",
    "/readyz",
    "/sw.js",
}
NO_CODE = "0" * 20
# The same pages, as codes spell their addresses.
SPELT_OTHERWISE = {"/C/<path:code>", "/P/<path:written>"}
# What has no page of its own: the code is kept and forgotten in the address, the name is changed on the profile.
LEADS_TO = {f"/c/{NO_CODE}": "/meine", "/profil/name": "/profil"}
# Shown only to somebody who has just asked for a code; tests/browser/test_every_page.py asks for one.
REACHED_BY_ASKING = "/anmelden/code"
PASS = json.loads((ROOT / "tests" / "vectors" / "passes.json").read_text("utf-8"))["passes"][2]["address"][-140:]
HOSTED = f"/gastgeber/{SPACE}"
# What shows more, or something else, to somebody else or when more is asked.
AGAIN = {
    "stranger": ("/gibt-es-nicht",),
    "ana": ("/?town=nottuln", f"/orte/{SPACE}", "/meine"),
    "hana": ("/gastgeber", HOSTED, "/profil", "/profil/kalender", "/profil/protokoll", "/ort-anbieten",
             f"{HOSTED}/schliessen?first_on=2099-01-01&reason=Umbau",
             f"{HOSTED}/schliessen?first_on={{today}}&reason=Rohrbruch",
             f"{HOSTED}/schliessen?first_on=unfug&reason=", f"{HOSTED}/plaetze/{TABLE_GONE}",
             "/arbeitgeber/{employer}/kontingente/{quota}?units=2&euros=&ends_on=",
             "/arbeitgeber/{employer}/kontingente/{quota}/regeln?name=Neu&where=all&pays_late=ja"),
    "kari": ("/profil", "/profil/protokoll", "/kreis/programme/{programme}/ende?ends_on={later}",
             "/kreis/programme/{programme}?units=2&budget_units=9&euros=",
             "/kreis/programme/{programme}/regeln?name=Neu&funder=Land&share=50&eligible=all&where=all"),
    "hugo": ("/kreis/orte", "/arbeitgeber", "/arbeitgeber/einladung/{token}"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One address of the table that can be read, and who gets something there."""

    rule: str
    visitors: frozenset[str]


def _is_file(rule: str) -> bool:
    """Whether an address is one of the files of a statement or an invoice."""
    return "<label>" in rule or rule.endswith(("<month>/csv", "<month>/pdf", "<month>/belege"))


def _rows(table: Path = TABLE) -> list[Row]:
    heading, *lines = (line.split() for line in table.read_text("utf-8").splitlines())
    found = []
    for method, rule, *words in lines:
        if method == "GET":
            said = dict(zip(heading, words, strict=True))
            found.append(Row(rule, frozenset(who for who, word in said.items() if word == "yes")))
    return found


def rules() -> dict[str, str]:
    """Return who visits each page, by its rule."""
    left_out = NOT_PAGES | SPELT_OTHERWISE | {REACHED_BY_ASKING}
    rows = [row for row in _rows() if not row.rule.startswith("/api/") and row.rule not in left_out]
    rows = [row for row in rows if not _is_file(row.rule)]
    return {row.rule: next(who for who in VISITORS if who in row.visitors) for row in rows}


def addresses(kept: Kept) -> dict[str, list[str]]:
    """Return the addresses that each of `VISITORS` opens."""
    found: dict[str, list[str]] = {who: [] for who in VISITORS}
    for rule, who in rules().items():
        found[who].append(_address(rule, kept))
    for who, more in AGAIN.items():
        found[who] += [_filled(address, kept) for address in more]
    return found


def _filled(address: str, kept: Kept) -> str:
    later = (kept.today + timedelta(days=60)).isoformat()
    known = {
        "today": kept.today.isoformat(),
        "later": later,
        "token": kept.token,
        "employer": kept.employer,
        "quota": kept.quota,
    }
    for name, value in (known | {"programme": kept.programme}).items():
        address = address.replace(f"{{{name}}}", value)
    return address


def _address(rule: str, kept: Kept) -> str:
    parts = {
        "<slug>": _slug(rule, kept),
        "<month>": f"{due_month(kept.today):%Y-%m}",
        "<token>": kept.token,
        "<int:upload>": kept.upload,
        "<int:member>": kept.member,
        "<int:quota_id>": kept.quota,
        "<signature>": kept.signature,
        "<sealed>": SEALED,
        "<int:number>": str(ROOM if "/raum/" in rule else 1),
        "<uuid:booking_uuid>": kept.booking,
        "<path:code>": NO_CODE,
        "<code>": NO_CODE,
        "<path:written>": PASS.lower(),
    }
    for name, value in parts.items():
        rule = rule.replace(name, value)
    assert "<" not in rule, f"{rule}: say what to put there"
    return rule


def _slug(rule: str, kept: Kept) -> str:
    if "<month>" in rule:  # the sample data have statements
        return ACME if rule.startswith("/arbeitgeber/") else PILOT
    if rule.startswith("/arbeitgeber/"):
        return kept.employer
    if rule.startswith(("/kreis/programme/", "/mitmachen/")):
        return kept.programme
    return kept.offered if rule.startswith(("/ort-anbieten/", "/kreis/")) else SPACE
