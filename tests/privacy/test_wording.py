"""What people and their data protection officers are told about keeping is what the code does.

The numbers of each line are derived from the constants that the retention, the sessions and the phone really use.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.billing import queries as billing
from app.checkins import records
from app.employers import steps as employers
from app.funding import steps as funding
from app.messages import steps as messages
from app.people import queries as people
from app.people import steps as signing_in
from app.phone import queries as phone
from app.privacy import steps as keeping
from app.reminders import steps as reminders
from app.reporting.queries import counts
from app.spaces import steps as spaces
from tests.conftest import ROOT

DAY = timedelta(days=1)
# The retention runs once a night: what is due after it began waits for the next one.
NIGHT = DAY


def _kept_by_phones() -> int:
    """Days for which a phone keeps check-ins that arrived, as its own code says."""
    [days] = re.findall(r"^const KEPT = (\d+) \* DAY;$", (ROOT / "pwa" / "sync.js").read_text("utf-8"), re.MULTILINE)
    return int(days)


def _periods() -> dict[str, list[int]]:
    """The numbers of each line under "Wie lange", by the beginning of its name."""
    return {
        "Code zum Anmelden": [signing_in.CODE_MINUTES, (keeping.CODES_KEPT + NIGHT) // DAY],
        "Anmeldung auf einem Gerät": [people.LONG_SESSION // DAY, people.SHORT_SESSION // timedelta(hours=1)],
        "Kennung der Installation": [keeping.PERSON_KEPT, keeping.DEVICES_KEPT // DAY],
        "Nach dem Löschen deines Kontos": [keeping.GONE_KEPT],
        "Uhrzeit eines Check-ins": [keeping.TIMES_KEPT],
        "Buchungen und Check-ins mit deinem Namen": [keeping.PERSON_KEPT],
        "Dein Kalender-Link": [reminders.UNREAD_KEPT // DAY],
        "Nachrichten an dich": [messages.KEPT // DAY],
        "Wovon du wie hören willst": [],
        "Was du als kaputt meldest": [spaces.REPORTER_KEPT // DAY, spaces.DEFECTS_KEPT // DAY],
        "Ein Ort, den du anbietest": [spaces.OFFERS_KEPT // DAY],
        "Einladung eines Arbeitgebers": [employers.INVITATIONS_KEPT // DAY],
        "Dass du bei einem Arbeitgeber dabei bist": [
            employers.DETAILS_KEPT // DAY,
            employers.EMPLOYMENTS_KEPT // DAY,
        ],
        "Wer welche deiner Buchungen bezahlt hat": [keeping.PERSON_KEPT],
        "Dein Kontingent": [funding.HOLDERS_KEPT // DAY],
        "Dass du über einen Link": [funding.HOLDERS_KEPT // DAY],
        "Wie viele halbe Tage du im Monat nutzt": [counts.SHOWN_AFTER // DAY, counts.FIRST_DAYS_KEPT // DAY],
        "Abrechnungen und Rechnungen": [billing.YEARS_KEPT],
        "Protokoll der Änderungen": [12 * keeping.AUDIT_KEPT // timedelta(days=365)],
        "Konto": [],
    }


def _on_the_device(app) -> dict[str, list[int]]:
    return {
        "Cookie „session“": [app.permanent_session_lifetime // DAY],
        "Deine Check-ins": [_kept_by_phones()],
    }


def _numbers(text: str) -> list[int]:
    words = {"zwei": "2", "two": "2"}
    return [int(words.get(each, each)) for each in re.findall(r"\d+|\bzwei\b|\btwo\b", text)]


def _lines(html: str, part: str) -> dict[str, str]:
    """The last column of a table of the page, by the heading of its row."""
    table = re.search(rf'<h2 id="{part}">.*?</table>', html, re.DOTALL)
    assert table, f"there is no table under {part}"
    rows = re.findall(r'<th scope="row">(.*?)</th>.*?<td[^>]*>([^<]*)</td></tr>', table[0], re.DOTALL)
    return dict(rows)


def _differences(lines: dict[str, str], expected: dict[str, list[int]]) -> list[str]:
    found = []
    for name, numbers in expected.items():
        texts = [text for each, text in lines.items() if each.startswith(name)]
        if [_numbers(text) for text in texts] != [numbers]:
            found.append(f"{name}: {texts} instead of {numbers}")
    return found


@pytest.fixture
def page(client) -> Callable[[], str]:
    return lambda: client.get("/datenschutz").text


def test_every_period_is_the_one_that_the_retention_keeps(page):
    lines = _lines(page(), "fristen")
    assert _differences(lines, _periods()) == []
    assert len(lines) == len(_periods()), "a line that nothing proves"


def test_what_lies_on_the_device_stays_as_long_as_is_said(app, page):
    assert _differences(_lines(page(), "geraet"), _on_the_device(app)) == []


def test_the_english_page_says_the_same_numbers(client, page):
    german = [_numbers(text) for text in _lines(page(), "fristen").values()]
    english = [_numbers(text) for text in _lines(client.get("/datenschutz?lang=en").text, "fristen").values()]
    assert english == german


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMES_KEPT", 15),
        ("PERSON_KEPT", 91),
        ("DEVICES_KEPT", 181 * DAY),
        ("CODES_KEPT", 2 * DAY),
        ("AUDIT_KEPT", 730 * DAY),
    ],
)
def test_another_period_in_the_code_is_found(page, monkeypatch, name, value):
    """The control."""
    monkeypatch.setattr(keeping, name, value)
    assert _differences(_lines(page(), "fristen"), _periods()) != []


@pytest.mark.parametrize("name", ["DEFECTS_KEPT", "OFFERS_KEPT", "REPORTER_KEPT"])
def test_another_period_of_places_in_the_code_is_found(page, monkeypatch, name):
    """The control."""
    monkeypatch.setattr(spaces, name, 91 * DAY)
    assert _differences(_lines(page(), "fristen"), _periods()) != []


@pytest.mark.parametrize("name", ["INVITATIONS_KEPT", "DETAILS_KEPT", "EMPLOYMENTS_KEPT"])
def test_another_period_of_employers_in_the_code_is_found(page, monkeypatch, name):
    """The control."""
    monkeypatch.setattr(employers, name, 91 * DAY)
    assert _differences(_lines(page(), "fristen"), _periods()) != []


def test_another_period_of_accounts_and_of_counts_in_the_code_is_found(page, monkeypatch):
    """The control."""
    for module, name in ((funding, "HOLDERS_KEPT"), (counts, "SHOWN_AFTER"), (counts, "FIRST_DAYS_KEPT")):
        with monkeypatch.context() as changed:
            changed.setattr(module, name, 91 * DAY)
            assert _differences(_lines(page(), "fristen"), _periods()) != []


def test_the_page_for_officers_says_the_same():
    """docs/privacy.md: the lines of its table in order."""
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    rows = text.split("## How long")[1].split("## On the device")[0]
    lines = {row.split("|")[1].strip(): row for row in rows.splitlines() if row.startswith("| ")}
    expected = {
        "sign-in code": [signing_in.CODE_MINUTES, people.TRIES, (keeping.CODES_KEPT + NIGHT) // DAY],
        "session": [people.LONG_SESSION // DAY, people.SHORT_SESSION // timedelta(hours=1)],
        "content of a message": [messages.KEPT // DAY],
        "which reminder of a booking": [messages.KEPT // DAY],
        "time of day of a check-in": [keeping.TIMES_KEPT],
        "booking and check-in with their person": [keeping.PERSON_KEPT],
        "name of an installation": [keeping.PERSON_KEPT, keeping.DEVICES_KEPT // DAY],
        "something broken": [spaces.DEFECTS_KEPT // DAY, spaces.REPORTER_KEPT // DAY],
        "offer of a space": [spaces.OFFERS_KEPT // DAY],
        "invitation of an employer": [employers.INVITATIONS_KEPT // DAY],
        "employment": [employers.DETAILS_KEPT // DAY, employers.EMPLOYMENTS_KEPT // DAY],
        "who paid for a booking": [keeping.PERSON_KEPT],
        "account and its entries": [funding.HOLDERS_KEPT // DAY],
        "who came to a programme": [funding.HOLDERS_KEPT // DAY],
        "count per person": [counts.SHOWN_AFTER // DAY, counts.FIRST_DAYS_KEPT // DAY],
        "audit entry": [12 * keeping.AUDIT_KEPT // timedelta(days=365)],
    }
    assert _differences(lines, expected) == []
    assert f"check-ins that were sent in the last {_kept_by_phones()} days" in text


def test_the_list_of_past_bookings_says_when_they_go(as_):
    assert f"Nach {keeping.PERSON_KEPT} Tagen trennen wir" in as_("ana").get("/profil/vergangen").text


def test_a_time_is_kept_as_long_as_it_is_judged_and_shown():
    assert timedelta(days=keeping.TIMES_KEPT) == records.JUDGED_FOR == phone.LOOKS_BACK
