"""Every kind of mail can be written, in each language, from what the packages put into its payload."""

import re
import uuid
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.i18n import LANGUAGES
from app.messages import mail, queries
from app.messages.steps import writing
from tests.conftest import ROOT

BERLIN = ZoneInfo("Europe/Berlin")
SPACE = {
    "slug": "wagen",
    "name": "Beispiel Wagen",
    "town": "Nottuln",
    "plz": "48301",
    "address": "Am Markt 1",
    "arrival": "Hinter der Kirche links.",
    "is_sample": True,
}
BOOKING = {
    "uuid": uuid.uuid4(),
    "date": date(2026, 11, 24),
    "period": "morning",
    "starts_at": datetime(2026, 11, 24, 8, 0, tzinfo=BERLIN),
    "ends_at": datetime(2026, 11, 24, 13, 0, tzinfo=BERLIN),
    "seat": {"number": 3, "name": ""},
    "space": SPACE,
}
PAID = {**BOOKING, "payer": "Pilot Herbst", "own_cents": 850}
SELF_PAID = {**BOOKING, "payer": None, "own_cents": 1700}
CHANGED = {
    "booking": PAID,
    "before": {"date": date(2026, 11, 23), "period": "day", "seat": {"number": 1, "name": "Fenster"}},
}
WAY = {"name": "Beispiel Nah", "town": "Havixbeck", "period": "morning", "path": "/orte/nah/buchen?date=2026-11-24"}
CLOSED = {"bookings": [{**BOOKING, "ways": [WAY]}, {**BOOKING, "ways": []}], "reason": "Rohrbruch"}
UNPAID = {
    **BOOKING,
    "programme": "Pilot Herbst",
    "last_day": "10. November 2026",
    "decide_at": datetime(2026, 11, 21, 8, 0, tzinfo=BERLIN),
}
# What a payload holds, and what the reader must find in the text.
PAYLOADS = {
    "sign_in_code": ({"code": "12345678", "minutes": 10}, ["1234 5678", "10"]),
    "address_code": ({"code": "12345678", "minutes": 10, "email": "n@example.org"}, ["1234 5678", "n@example.org"]),
    "address_added": ({"email": "n@example.org"}, ["n@example.org", "/profil"]),
    "booking_made": (
        {"bookings": [PAID, SELF_PAID]},
        ["Beispiel Wagen", "Hinter der Kirche", "/meine", "Pilot Herbst"],
    ),
    "booking_changed": (CHANGED, ["Beispiel Wagen", "Fenster"]),
    "booking_cancelled": ({"booking": BOOKING, "reason": "Rohrbruch"}, ["Beispiel Wagen", "Rohrbruch"]),
    "bookings_cancelled": ({"bookings": [BOOKING, {**BOOKING, "period": "day"}]}, ["Beispiel Wagen", "13:00"]),
    "booking_closed": (CLOSED, ["Beispiel Wagen", "Rohrbruch", "Beispiel Nah", "/orte/nah/buchen?date=2026-11-24"]),
    "reminder_evening": ({"booking": BOOKING, "is_today": False}, ["Beispiel Wagen", "Hinter der Kirche", "/meine"]),
    "reminder_hour": ({"booking": BOOKING, "is_today": True}, ["Beispiel Wagen", "Hinter der Kirche", "/meine"]),
    "reminder_check_in": ({"booking": BOOKING, "is_today": True}, ["Beispiel Wagen", "/meine"]),
    "payer_ended": (
        {"bookings": [UNPAID, UNPAID]},
        ["Beispiel Wagen", "Pilot Herbst", "10. November 2026", "08:00", f"/buchungen/{BOOKING['uuid']}/zahlen"],
    ),
    "seat_released": ({"booking": BOOKING}, ["Beispiel Wagen", "/meine"]),
    "defect_reported": (
        {"space": {"slug": "wagen", "name": "Beispiel Wagen"}, "text": "Die Lampe geht nicht.", "has_photo": True},
        ["Beispiel Wagen", "Die Lampe geht nicht.", "/gastgeber/wagen/maengel"],
    ),
    "account_deleted": ({}, []),
    "space_offered": (
        {"space": {"slug": "wagen", "name": "Wagen"}, "town": "Nottuln", "is_again": False},
        ["Wagen", "Nottuln", "/kreis/orte/wagen"],
    ),
    "offer_answered": (
        {"space": {"slug": "wagen", "name": "Wagen"}, "decision": "asked", "text": "Wo ist der Eingang?"},
        ["Wo ist der Eingang?", "/ort-anbieten/wagen"],
    ),
    "host_named": ({"space": {"slug": "wagen", "name": "Wagen"}, "is_named": True}, ["Wagen", "/gastgeber"]),
    "employer_code": (
        {"employer": {"slug": "acme", "name": "Acme GmbH"}, "code": "12345678", "minutes": 10, "asked_by": "Kim"},
        ["Acme GmbH", "1234 5678", "Kim"],
    ),
    "agent_named": (
        {"employer": {"slug": "acme", "name": "Acme GmbH"}, "how": "invited"},
        ["Acme GmbH", "/arbeitgeber/acme"],
    ),
    "employment_offered": (
        {"employer": {"name": "Acme GmbH"}, "path": "/arbeitgeber/einladung/abc", "date": date(2026, 12, 23)},
        ["Acme GmbH", "/arbeitgeber/einladung/abc"],
    ),
    "counts_switched_on": (
        {"employer": {"slug": "acme", "name": "Acme GmbH"}, "date": date(2026, 11, 23)},
        ["Acme GmbH", "23", "November 2026", "/arbeitgeber"],
    ),
    "statement_posted": (
        {"employer": {"slug": "acme", "name": "Acme GmbH"}, "date": date(2026, 11, 1)},
        ["Acme GmbH", "November 2026", "/arbeitgeber/acme/abrechnungen/2026-11"],
    ),
    "employment_ended": ({"employer": {"slug": "acme", "name": "Acme GmbH"}}, ["Acme GmbH", "/profil"]),
    "feedback": (
        {"from_name": "Kim", "from_email": "k@example.org", "message": "Zeile 1\nZeile 2"},
        ["Kim", "Zeile 2"],
    ),
}
PARTS = {"booked", "end", "frame", "hello", "parts"}


def test_every_kind_is_tried_here():
    folder = ROOT / "templates" / "messages"
    texts = {path.stem for path in folder.glob("*.txt") if ".push" not in path.name} - PARTS
    pages = {path.stem for path in folder.glob("*.html")} - PARTS

    assert texts == pages == set(PAYLOADS)


def _compose(kind, language, **more):
    payload = writing._plain({**PAYLOADS[kind][0], **more})
    made_at = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    return mail.compose(queries.Claimed(1, kind, "ana@example.org", language, payload, made_at, 1))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PAYLOADS)
@pytest.mark.parametrize("name", [None, "Ana <b>"])
def test_a_mail_is_whole(app, kind, language, name):
    letter = _compose(kind, language, name=name)
    text = letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()

    assert 10 < len(letter["Subject"]) < 80
    assert f'<html lang="{language}">' in html
    for words in PAYLOADS[kind][1]:
        assert words in text
        assert words.split("\n")[-1] in html
    for part in (letter["Subject"], text, html):
        assert not re.search(r"None|Undefined|&lt;p|\{\{|%\(|\{%", part)
    assert "<b>" not in html.replace("<br>", "")
    assert text.count("\n\n\n\n") == 0
    assert max(len(line) for line in text.splitlines()) < 400
    assert "/datenschutz" in text


def test_times_are_those_on_the_wall_of_the_space(app):
    text = _compose("booking_made", "de").get_body(("plain",)).get_content()

    assert "Dienstag, 24. November 2026, vormittags (08:00 bis 13:00 Uhr)" in text


def test_who_pays_is_named_with_what_the_person_pays(app):
    letter = _compose("booking_made", "de")
    for kind in ("plain", "html"):
        text = letter.get_body((kind,)).get_content().replace("\xa0", " ").replace("&nbsp;", " ")
        assert "Pilot Herbst zahlt einen Teil, du zahlst vor Ort 8,50 €." in text
        assert "Du zahlst vor Ort 17,00 €." in text


def test_a_mail_that_was_written_before_payers_were_named_still_goes_out(app):
    text = _compose("booking_made", "de", bookings=[BOOKING]).get_body(("plain",)).get_content()
    assert "zahl" not in text


def test_an_invitation_says_that_its_link_is_for_whoever_holds_it(app):
    for part in ("plain", "html"):
        text = _compose("employment_offered", "de").get_body((part,)).get_content()
        assert "nur für dich" not in text
        assert "Wer den Link öffnet, kann an deiner Stelle annehmen." in text


def test_the_reader_decides_on_the_language(app):
    german, english = _compose("booking_made", "de"), _compose("booking_made", "en")

    assert "Gebucht" in german["Subject"]
    assert "Booked" in english["Subject"]
    assert "Tuesday, 24 November 2026" in english.get_body(("plain",)).get_content()
