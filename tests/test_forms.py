"""A form that comes back says above it what is wrong, and each sentence leads to its field."""

from __future__ import annotations

from datetime import date

import pytest
from bs4 import BeautifulSoup
from werkzeug.datastructures import MultiDict

from app.errors import InvalidInput
from app.fields import Reading
from tests import factories

ACME, WAGEN = "/arbeitgeber/acme", "/gastgeber/wagen"
FORMS = [
    ("hana", "/arbeitgeber/neu", {}),
    ("hana", f"{ACME}/angaben", {}),
    ("hana", f"{ACME}/mitbestimmung", {}),
    ("hana", f"{ACME}/einladen", {}),
    ("hana", f"{ACME}/einladen/link", {}),
    ("hana", f"{ACME}/einladen/domain", {}),
    ("hana", f"{ACME}/vertretung", {}),
    ("hana", f"{ACME}/kontingente/neu", {}),
    ("hana", f"{WAGEN}/aufhoeren", {}),
    ("hana", f"{WAGEN}/betreiber", {}),
    ("hana", f"{WAGEN}/oeffnung", {"open-0": "ja"}),
    ("hana", f"{WAGEN}/ort", {}),
    ("hana", f"{WAGEN}/personen", {}),
    ("hana", f"{WAGEN}/plaetze/neu", {}),
    ("hana", f"{WAGEN}/preise", {"half_day": "viel"}),
    ("hana", f"{WAGEN}/sicherheit", {"checked_on": "2027-01-01"}),
    ("hana", f"{WAGEN}/abrechnung", {}),
    ("hana", "/ort-anbieten", {}),
    ("kari", "/kreis/arbeitgeber", {}),
    ("kari", "/kreis/programme/neu", {}),
]


@pytest.fixture
def house(cast, now, db):
    operator = factories.make_operator("Wagen eG", "wagen-eg")
    factories.make_space("wagen", operator_id=operator.id)
    factories.make_host(cast["hana"], operator_id=operator.id)
    employer = factories.make_employer(
        "Acme",
        slug="acme",
        domain="acme.example",
        domain_proved_at=now,
        codetermined_on=date(2026, 11, 2),
        codetermined_by="Betriebsrat",
    )
    factories.make_employment(employer, cast["hana"], role="agent")
    factories.make_officer(cast["kari"])


@pytest.mark.parametrize(("who", "address", "typed"), FORMS)
def test_a_form_that_is_refused_comes_back_with_ways_to_its_fields(who, address, typed, house, as_):
    answer = as_(who).submit(address, typed)
    assert answer.status_code in (400, 409, 422), answer.status_code
    page = BeautifulSoup(answer.text, "html.parser")
    problem = page.select_one("[data-ui=problem]")
    assert problem, page.select_one("main").get_text(" ", strip=True)[:300]
    ways = {link["href"].removeprefix("#"): link.get_text() for link in problem.select("a")}
    assert ways
    for name, sentence in ways.items():
        assert page.find(id=name), f"nothing is called {name}"
        assert sentence in page.find(id=f"{name}-fehler").get_text()


def test_what_is_wrong_is_said_in_the_order_of_the_page():
    reading = Reading(MultiDict([("name", ""), ("where", "nowhere"), ("town", "1"), ("town", "2"), ("units", "x")]))
    for name in ("confirm", "units", "town", "name"):
        reading.refuse(name, "?")
    with pytest.raises(InvalidInput) as refused:
        reading.close()
    assert list(refused.value.fields) == ["name", "town", "units", "confirm"]
