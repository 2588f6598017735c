"""A list of addresses: whatever a spreadsheet wrote is read, shown line by line, and invites nobody until confirmed."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from sqlalchemy import select

from app.employers import operations
from app.employers.forms.lists import read_list
from app.employers.models import AddressList, Invitation
from app.messages.models import Message
from app.privacy import operations as privacy

PAGE = "/arbeitgeber/acme/einladen"
PLAIN = "E-Mail;Kostenstelle\neva@acme.example;4711\nüwe@acme.example;\nida@acme.example;Büro Süd\n"


@pytest.fixture
def upload(ana):
    def send(content):
        content = content.encode() if isinstance(content, str) else content
        return ana.submit(f"{PAGE}/liste", {"file": (io.BytesIO(content), "leute.csv")})

    return send


def _kept(db):
    db.session.rollback()
    return db.session.scalars(select(AddressList).execution_options(populate_existing=True)).all()


def _emails(db):
    db.session.rollback()
    return sorted(db.session.scalars(select(Invitation.email)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_encoding_and_separator_is_read(encoding, separator):
    read = read_list(PLAIN.replace(";", separator).replace("\n", "\r\n").encode(encoding))
    assert read.lines == [
        [2, "eva@acme.example", "4711", "invite"],
        [3, "üwe@acme.example", None, "wrong"],
        [4, "ida@acme.example", "Büro Süd", "invite"],
    ]
    assert read.ignored == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("eva@acme.example\nida@acme.example", [[1, "eva@acme.example", None], [2, "ida@acme.example", None]]),
        ("4711;eva@acme.example", [[1, "eva@acme.example", "4711"]]),
        ("sep=;\nMail;KST\neva@acme.example;1", [[3, "eva@acme.example", "1"]]),
        ('"E-Mail-Adresse","Kostenstelle"\n"Eva@ACME.example ","a, b"', [[2, "eva@acme.example", "a, b"]]),
        ("\n\nemail\n\n  \neva@acme.example\n;;\n", [[6, "eva@acme.example", None]]),
        ("Kostenstelle;E-Mail\n4711;eva@acme.example;zu viel", [[2, "eva@acme.example", "4711"]]),
    ],
)
def test_what_spreadsheets_write_is_understood(text, lines):
    assert [line[:3] for line in read_list(text.encode()).lines] == lines


def test_columns_that_nobody_asked_for_are_named_and_not_kept(upload, ana, db):
    answer = upload("Name;E-Mail;Gehalt\nEva Muster;eva@acme.example;4000\n")
    page = ana.get(answer.location).text
    assert "Diese Spalten lesen wir nicht und speichern sie nicht: Name, Gehalt" in page
    assert "Eva Muster" not in str([vars(row) for row in _kept(db)])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Wähl bitte eine Datei aus."),
        (b"PK\x03\x04 xl/workbook.xml", "Das ist eine Excel-Datei."),
        (b"Name;Ort\nEva;Senden\n", "Wir finden keine Spalte mit Adressen."),
        (b"Eva;Muster;eva@acme.example\n", "Wir finden keine Spalte mit Adressen."),
        (b"\n\n", "Wir finden keine Spalte mit Adressen."),
        (b"E-Mail;Kostenstelle\n", "Auf dieser Liste steht keine Adresse."),
        (b'E-Mail\n"' + b"x" * 200_000, "ein Anführungszeichen offen"),
        (bytes(range(256)) * 10, "Wir finden keine Spalte mit Adressen."),
        (b"E-Mail\n" + b"a@b.de\n" * 100_001, "mehr als 100.000 Zeilen"),
        (b"x" * (16 * 1024 * 1024 + 1), "Diese Datei ist zu gro"),
    ],
    ids=["empty", "excel", "columns", "three", "blank", "heading", "quote", "bytes", "lines", "large"],
)
def test_a_file_without_addresses_is_refused_with_a_sentence(upload, db, wrong, content, sentence):
    answer = upload(content)
    assert (answer.status_code, sentence in wrong(answer, "file")) == (422, True), wrong(answer, "file")
    assert _kept(db) == []


def test_without_a_file_it_is_said(ana, wrong):
    answer = ana.submit(f"{PAGE}/liste")
    assert (answer.status_code, wrong(answer, "file")) == (422, "Wähl bitte eine Datei aus.")


def test_more_than_a_form_may_carry_is_refused(ana):
    content_type = "multipart/form-data; boundary=x"
    answer = ana.post(f"{PAGE}/liste", data=b"x" * (17 * 1024 * 1024), content_type=content_type)
    assert answer.status_code == 413


MIXED = (
    "E-Mail;Kostenstelle\n"
    "eva@acme.example;4711\n"
    "EVA@acme.example;0815\n"
    "ben@beispiel.example;\n"
    "da@acme.example;\n"
    "kein Mensch;\n"
    f"ida@acme.example;{'x' * 41}\n"
)


def test_it_says_per_line_what_will_happen_and_nothing_happens(upload, ana, db, mails):
    ana.submit(PAGE, {"email": "da@acme.example"})
    answer = upload(MIXED)
    (row,) = _kept(db)
    assert answer.location == f"{PAGE}/liste/{row.id}"
    assert [line.split("\t")[3] for line in row.lines] == ["invite", "double", "works", "invited", "wrong", "long"]
    page = ana.get(answer.location).text
    for words in (
        "1 Person wird eingeladen",
        "1 Zeile: steht weiter oben schon",
        "1 Zeile: ist schon dabei",
        "1 Zeile: ist schon eingeladen",
        "1 Zeile: ist keine E-Mail-Adresse",
        "1 Zeile: die Kostenstelle ist länger als 40 Zeichen",
    ):
        assert words in page, words
    assert len(re.findall(r'<td data-label="Was geschieht">', page)) == 5
    every = ana.get(f"{answer.location}?zeilen=alle").text
    assert len(re.findall(r'<td data-label="Was geschieht">', every)) == 6
    assert (_emails(db), len(mails("employment_offered"))) == (["da@acme.example"], 1)


def test_once_confirmed_the_worker_invites_and_the_list_forgets(upload, ana, db, mails, now, acts):
    where = upload(MIXED).location
    assert ana.submit(where).location == where
    assert "0 von 2 Einladungen" in ana.get(where).text
    assert "Eine Liste geht gerade hinaus: 0 von 2." in ana.get(PAGE).text
    assert operations.invite_from_lists(now=now) == 2
    assert _emails(db) == ["da@acme.example", "eva@acme.example"]
    invited = db.session.execute(select(Invitation.email, Invitation.cost_centre)).all()
    assert ("eva@acme.example", "4711") in [tuple(row) for row in invited]
    assert [to for to, _ in mails("employment_offered")] == ["eva@acme.example", "da@acme.example"]
    (row,) = _kept(db)
    assert (row.lines, row.done, row.total) == ([], 2, 2)
    assert "Fertig: 2 Einladungen" in ana.get(where).text
    assert operations.invite_from_lists(now=now) == 0
    assert ana.submit(where).status_code == 303, "pressing twice is pressing once"
    assert len(mails("employment_offered")) == 2
    assert acts()[-1] == ("invite_people", "acme")


def test_a_long_list_goes_piece_by_piece_and_goes_on_where_it_stopped(upload, ana, db, now):
    where = upload("E-Mail\n" + "".join(f"p{n}@acme.example\n" for n in range(250))).location
    ana.submit(where)
    seen = []
    for step in range(4):
        moment = now + timedelta(seconds=operations.PIECE_SECONDS * step)
        operations.invite_from_lists(now=moment)
        seen.append(len(_emails(db)))
    assert seen == [100, 200, 250, 250]
    due = sorted(db.session.scalars(select(Message.due_at).where(Message.kind == "employment_offered")))
    gaps = {(b - a).total_seconds() for a, b in pairwise(due)}
    assert max(gaps) <= operations.PIECE_SECONDS / operations.PIECE + 0.01
    assert due[99] < now + timedelta(seconds=operations.PIECE_SECONDS), "a sign-in code never waits behind many"


def test_what_changed_meanwhile_counts(upload, ana, db, now, mails):
    where = upload("E-Mail\neva@acme.example\nida@acme.example\n").location
    ana.submit(where)
    ana.submit(PAGE, {"email": "eva@acme.example"})
    operations.invite_from_lists(now=now)
    assert [to for to, _ in mails("employment_offered")] == ["eva@acme.example", "ida@acme.example"]


def test_without_leave_to_invite_the_list_ends(upload, ana, acme, db, now):
    ana.submit(upload(PLAIN).location)
    acme.codetermined_on = acme.codetermined_by = None
    db.session.merge(acme)
    db.session.commit()
    operations.invite_from_lists(now=now)
    assert (_kept(db), _emails(db)) == ([], [])


def test_a_list_is_discarded(upload, ana, db, now):
    where = upload(PLAIN).location
    assert ana.submit(f"{where}/verwerfen").location == PAGE
    assert (_kept(db), ana.get(where).status_code) == ([], 404)
    running = upload(PLAIN).location
    ana.submit(running)
    ana.submit(f"{running}/verwerfen")
    assert operations.invite_from_lists(now=now) == 0


def test_a_list_with_nobody_to_invite_cannot_be_confirmed(upload, ana):
    where = upload("E-Mail\nben@beispiel.example\n").location
    assert f'action="{where}"' not in ana.get(where).text
    answer = ana.submit(where)
    assert (answer.status_code, "ist niemand, den wir einladen" in answer.text) == (409, True)


def test_a_list_that_nobody_confirms_is_gone_after_a_day(upload, ana, as_, db, now):
    where = upload(PLAIN).location
    with time_machine.travel(now + timedelta(days=1), tick=False):
        assert as_("ana").submit(where).status_code == 404
    privacy.retain(now=now + timedelta(days=1))
    assert _kept(db) == []


def test_a_new_list_takes_the_place_of_one_that_was_not_confirmed(upload, db):
    upload(PLAIN)
    upload(PLAIN)
    assert len(_kept(db)) == 1


def test_who_is_erased_meanwhile_is_not_invited(upload, ana, cleo, cast, db, now):
    ana.submit(upload("E-Mail\ncleo@beispiel.example\neva@acme.example\n").location)
    privacy.erase(person_id=cast["cleo"], now=now)
    operations.invite_from_lists(now=now)
    assert _emails(db) == ["eva@acme.example"]
    assert _kept(db)[0].done == 2


def test_strangers_see_no_list(upload, cleo):
    where = upload(PLAIN).location
    assert [cleo.get(where).status_code, cleo.submit(where).status_code] == [404, 404]
    assert cleo.submit(f"{where}/verwerfen").status_code == 404


def test_what_was_typed_is_not_markup(upload, ana):
    where = upload("E-Mail;<b>Spalte</b>\n<script>x</script>;1\n").location
    page = ana.get(where).text
    assert "<script>x" not in page
    assert "&lt;b&gt;Spalte" in page


def test_a_hundred_thousand_lines_are_shown_page_by_page(upload, ana, db):
    where = upload("E-Mail;Kostenstelle\n" + "".join(f"p{n}@acme.example;{n}\n" for n in range(100_000))).location
    page = ana.get(f"{where}?zeilen=alle&ab=99900").text
    assert "100000 Personen werden eingeladen" in page
    assert "p99999@acme.example" in page
    assert len(page) < 100_000
