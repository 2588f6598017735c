"""Before anybody is invited co-determination is settled; the sheet for councils says what the tables really hold."""

from __future__ import annotations

from contextlib import closing

import pypdfium2
import pytest
from sqlalchemy import select

from app.employers.models import Employer, Invitation
from app.extensions import Model
from tests.privacy.test_export import _tables_with_people

PAGE = "/arbeitgeber/acme/mitbestimmung"
SETTLED = {"on": "2026-11-20", "by": "Betriebsrat, Frau Beispiel", "confirm": "ja"}
ASKING = (
    ("/arbeitgeber/acme/einladen", {"email": "neu@acme.example"}),
    ("/arbeitgeber/acme/einladen/link", {"most": "5", "days": "14"}),
    ("/arbeitgeber/acme/einladen/domain", {"domain_days": "14"}),
)


@pytest.fixture
def unsettled(acme, db, as_):
    acme.codetermined_on = acme.codetermined_by = None
    db.session.add(acme)
    db.session.commit()
    return as_("ana")


@pytest.mark.parametrize(("path", "form"), ASKING)
def test_nobody_is_invited_before_it_is_settled(unsettled, db, path, form):
    answer = unsettled.submit(path, form)
    assert (answer.status_code, "Klär zuerst die Mitbestimmung" in answer.text) == (409, True)
    assert f'href="{PAGE}"' in answer.text, "and the page says where"
    assert db.session.scalars(select(Invitation)).all() == []


@pytest.mark.parametrize(("path", "form"), ASKING)
def test_nobody_is_invited_before_it_is_known_who_asks(acme, as_, db, path, form):
    acme.domain = acme.domain_proved_at = None
    db.session.add(acme)
    db.session.commit()
    answer = as_("ana").submit(path, form)
    assert (answer.status_code, "Zeig uns zuerst, dass ihr es seid" in answer.text) == (409, True)


def test_once_settled_people_are_invited(unsettled, db, acts):
    assert unsettled.submit(PAGE, SETTLED).location == "/arbeitgeber/acme"
    row = db.session.scalars(select(Employer).execution_options(populate_existing=True)).one()
    assert (row.codetermined_on.isoformat(), row.codetermined_by) == (SETTLED["on"], SETTLED["by"])
    assert unsettled.submit(*ASKING[0]).status_code == 303
    assert acts()[0] == ("settle_codetermination", "acme")
    assert "Frau Beispiel" in unsettled.get(PAGE).text


@pytest.mark.parametrize(
    ("field", "typed"), [("on", ""), ("on", "gestern"), ("on", "2026-11-24"), ("by", " "), ("confirm", "")]
)
def test_when_who_and_a_tick_are_needed(unsettled, wrong, acts, field, typed):
    answer = unsettled.submit(PAGE, SETTLED | {field: typed})
    assert (answer.status_code, bool(wrong(answer, field)), acts()) == (422, True, [])


def _text(answer):
    assert answer.content_type == "application/pdf"
    with closing(pypdfium2.PdfDocument(answer.data)) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(text.replace("\ufffe", "").replace("-\r\n", "").split())


def test_the_sheet_names_every_table_that_knows_people_with_all_its_fields(unsettled):
    text = _text(unsettled.get("/arbeitgeber/acme/informationsblatt.pdf")).replace(" ", "")
    assert "Acme" in text
    for name in {*_tables_with_people(), "invitations", "address_lists", "entries", "messages", "audit_entries"}:
        assert name in text, name
        for column in Model.metadata.tables[name].columns:
            assert column.name in text, f"{name}.{column.name}"


def test_the_sheet_says_what_the_privacy_page_says(unsettled, app, client):
    page, sheet = client.get("/datenschutz").text, _text(unsettled.get("/arbeitgeber/acme/informationsblatt.pdf"))
    said = app.jinja_env.get_template("parts/stored.html").module
    cells = [cell for part in (said.SEEN, said.KEPT, [row[1:] for row in said.STORED]) for row in part for cell in row]
    assert len(cells) > 70
    bare = sheet.replace(" ", "")
    for cell in cells:
        assert cell in page.replace("&#34;", '"'), cell
        assert cell.replace(" ", "").replace("-", "") in bare.replace("-", ""), cell


def test_the_sheet_speaks_english_too(unsettled):
    assert "councils" in _text(unsettled.get("/arbeitgeber/acme/informationsblatt.pdf?lang=en"))


def test_strangers_get_no_sheet(cleo):
    assert cleo.get("/arbeitgeber/acme/informationsblatt.pdf").status_code == 404
