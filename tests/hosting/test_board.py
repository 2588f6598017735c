"""The board's shell, the week ahead, and the day sheet."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pypdfium2
import pytest

from app.hosting.sheets import sheet_code
from tests.conftest import ROOT

DAY = date(2026, 11, 23)


@pytest.fixture
def hana(as_, host_of, space):
    host_of("hana", space)
    return as_("hana")


def _text(answer) -> str:
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    return " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(answer.data))


def test_the_board_is_the_same_for_everybody_and_names_nobody(client, hana, book):
    book("ana")
    mine, strangers = hana.get("/gastgeber/kontor"), client.get("/gastgeber/gibt-es-nicht")
    assert mine.status_code == strangers.status_code == 200
    assert mine.data == strangers.data
    assert b"Ana" not in mine.data
    assert b"kontor" not in mine.data


def test_devices_keep_the_board_in_both_languages(app):
    pages = app.extensions["assets"].pages
    assert b"Heute am Ort" in pages["board.de.html"]
    assert b"Today at the space" in pages["board.en.html"]


def test_the_week_tells_how_full_each_day_is_and_who_comes(hana, book):
    book("ana")
    page = hana.get("/gastgeber/kontor/woche").text
    assert page.count("<h2") == 7
    assert "Ana Beispiel" in page
    assert "1 Buchung ansehen" in page
    assert page.count("Geschlossen") == 2, "the weekend"


def test_strangers_get_no_week_and_no_sheet(as_, space):
    for address in ("/gastgeber/kontor/woche", "/gastgeber/kontor/tagesblatt.pdf"):
        assert as_("ana").get(address).status_code == 404


def test_the_sheet_has_initials_seat_time_and_code_but_no_name(hana, book):
    booking = book("ana")
    text = _text(hana.get("/gastgeber/kontor/tagesblatt.pdf"))
    assert "A. B." in text
    assert "Ana" not in text
    assert "ganztags, 08:00–18:00" in text
    assert sheet_code(booking.uuid.bytes[8:]) in text
    assert "23. November 2026" in text


def test_a_sheet_is_for_a_day_of_the_week_ahead(hana):
    tomorrow = DAY + timedelta(days=1)
    assert "24. November 2026" in _text(hana.get(f"/gastgeber/kontor/tagesblatt.pdf?date={tomorrow}"))
    for bad in (DAY - timedelta(days=1), DAY + timedelta(days=7), "morgen", "2026-02-30"):
        assert hana.get(f"/gastgeber/kontor/tagesblatt.pdf?date={bad}").status_code == 404, bad


def test_the_codes_are_those_that_devices_read():
    for each in json.loads((ROOT / "tests" / "vectors" / "sheet.json").read_text("utf-8"))["codes"]:
        assert sheet_code(bytes.fromhex(each["pass"])) == each["code"]


def test_every_word_about_evidence_and_passes_has_its_sentence(app):
    """What a pass may be told stands in pwa/lib/admitting.js and pass.js; one without text would show its key."""
    page = app.extensions["assets"].pages["board.de.html"].decode()
    texts = json.loads(page.partition('id="texts">')[2].partition("</script>")[0])
    words = ("welcome", "already", "list_old", "time_amber", "not_listed", "other_day", "other_space", "revoked",
             "foreign", "malformed", "unknown_version", "unknown_key", "bad_signature", "no_list", "no_code",
             "not_kept")  # fmt: skip
    evidence = ("display", "host_scan", "sign", "host_word", "own_word", "assumed")
    keys = [f"pass_{word}{end}" for word in words for end in ("", "_what")] + [f"evidence_{each}" for each in evidence]
    assert [key for key in keys if not texts.get(key)] == []
