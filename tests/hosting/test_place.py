"""What hosts say about their space, who runs it, and its fact sheet."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.checkins import operations
from app.spaces import queries as spaces
from app.spaces.models import Operator
from tests import factories

PLACE = {"name": "Wagen", "address": "Am Markt 1", "plz": "48301"}
OPERATOR = {
    "legal_name": "Wagen eG",
    "operator_address": "Am Markt 1",
    "operator_plz": "48301",
    "operator_town": "Nottuln",
    "email": "Post@wagen.example",
}
GOOD_IBAN = "DE89 3704 0044 0532 0130 00"


def test_my_spaces_are_listed_and_nobody_elses(hana, as_):
    page = hana.get("/gastgeber").text
    assert "Wagen" in page
    assert "Anderswo" not in page
    assert "Du kümmerst dich noch um keinen Ort." in as_("ana").get("/gastgeber").text


def test_what_is_saved_stands_on_the_public_page(hana, client, filled):
    address = "/gastgeber/wagen/ort"
    typed = filled(hana.get(address), address) | {
        "name": " Der  Wagen ",
        "address": "Am Markt 1",
        "plz": "48301",
        "position": "51.929, 7.354",
        "arrival": "Hintereingang.\r\nZweimal klingeln.",
        "stop": "Nottuln, Rathaus",
        "bike_box": "Box im Hof",
        "equipment": ["wifi", "quiet"],
        "equipment_more": "Klavier, wifi",
    }
    assert hana.submit(address, typed).location == address
    space = spaces.directory().space("wagen")
    assert (space.name, space.lat, space.lon, space.equipment) == (
        "Der Wagen",
        51.929,
        7.354,
        ("wifi", "quiet", "Klavier"),
    )
    page = client.get("/orte/wagen").text
    assert all(
        words in page for words in ("Der Wagen", "Zweimal klingeln.", "Nottuln, Rathaus", "Box im Hof", "Klavier")
    )
    again = filled(hana.get(address), address)
    assert (again["position"], again["equipment_more"], again["equipment"]) == (
        "51.929, 7.354",
        "Klavier",
        ["wifi", "quiet"],
    )


@pytest.mark.parametrize("typed", ["51.929, 7.354", "51,929; 7,354", "51.929 7.354", "51.929,7.354"])
def test_a_position_is_read_as_maps_copy_it(hana, typed):
    hana.submit("/gastgeber/wagen/ort", PLACE | {"position": typed})
    space = spaces.directory().space("wagen")
    assert (space.lat, space.lon) == (51.929, 7.354)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("address", " "),
        ("plz", "4830"),
        ("position", "Nottuln"),
        ("position", "51.9"),
        ("position", "7.354, 51.929"),
        ("position", "99999, 1"),
        ("url", "javascript:alert(1)"),
        ("phone", "ruf an"),
        ("offer", "x" * 2001),
        ("equipment_more", ",".join(map(str, range(50)))),
    ],
)
def test_what_cannot_be_used_comes_back_beside_its_field(hana, wrong, acts, field, typed):
    answer = hana.submit("/gastgeber/wagen/ort", PLACE | {"stop": "hier <getippt>", field: typed})
    assert answer.status_code == 422
    assert wrong(answer, field)
    assert "hier &lt;getippt&gt;" in answer.text
    assert acts() == []


def test_saving_the_same_again_is_no_change(hana, acts, filled):
    hana.submit("/gastgeber/wagen/ort", PLACE)
    version = spaces.directory().state
    hana.submit("/gastgeber/wagen/ort", filled(hana.get("/gastgeber/wagen/ort"), "/gastgeber/wagen/ort"))
    assert acts() == ["change_place"]
    assert spaces.directory().state == version


def test_the_audit_says_what_was_and_what_is(hana, db):
    hana.submit("/gastgeber/wagen/ort", PLACE | {"stop": "Rathaus"})
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.subject_kind, entry.subject_id) == ("space", "wagen")
    assert (entry.detail["before"]["stop"], entry.detail["after"]["stop"]) == (None, "Rathaus")


@pytest.mark.parametrize("page", ["ort", "betreiber", "sicherheit"])
def test_strangers_learn_nothing(hugo, as_, client, acts, page):
    address = f"/gastgeber/wagen/{page}"
    for person in (hugo, as_("ana"), as_("kari")):
        assert person.get(address).status_code == 404
        assert person.submit(address, PLACE | OPERATOR).status_code == 404
    assert client.get(address).location.startswith("/anmelden")
    assert acts() == []


def test_the_operator_is_kept_for_invoices_and_shown_to_nobody_else(hana, client, db):
    typed = OPERATOR | {
        "iban": GOOD_IBAN,
        "vat_id": "DE 136695976",
        "tax_id": "333/5678/1234",
        "vat": "small",
    }
    assert hana.submit("/gastgeber/wagen/betreiber", typed).status_code == 303
    operator = db.session.scalars(select(Operator).where(Operator.slug == "wagen-eg")).one()
    kept = (operator.iban, operator.vat_id, operator.email, operator.desk_vat, operator.room_vat)
    assert kept == ("DE89370400440532013000", "DE136695976", "post@wagen.example", "small", "small")
    assert db.session.scalars(select(AuditEntry.detail)).one() == {
        "fields": ["address", "desk_vat", "email", "iban", "legal_name", "plz", "room_vat", "tax_id", "town", "vat_id"]
    }
    for public in ("/orte/wagen", "/orte/wagen/sicherheit", "/api/v1/spaces", "/orte"):
        assert "DE89" not in client.get(public).text
        assert "post@wagen" not in client.get(public).text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("iban", "DE89 3704 0044 0532 0130 01"),
        ("iban", "DE89"),
        ("iban", "XX89370400440532013000"),
        ("vat_id", "DE136695977"),
        ("vat_id", "136695976"),
        ("tax_id", "abc"),
        ("email", "post"),
        ("legal_name", ""),
        ("operator_plz", "1"),
        ("operator_town", ""),
    ],
)
def test_numbers_that_cannot_be_right_come_back(hana, wrong, acts, field, typed):
    answer = hana.submit("/gastgeber/wagen/betreiber", OPERATOR | {field: typed})
    assert answer.status_code == 422
    assert wrong(answer, field)
    assert acts() == []


def test_who_acts_for_the_space_only_sees_no_bank_account(wagen, as_, cast):
    factories.make_host(cast["ben"], space_id=wagen.id)
    ben = as_("ben")
    assert ben.get("/gastgeber/wagen/ort").status_code == 200
    assert ben.get("/gastgeber/wagen/betreiber").status_code == 404
    assert ben.submit("/gastgeber/wagen/betreiber", OPERATOR).status_code == 404


def test_the_fact_sheet_shows_what_is_known_and_what_is_not(hana, client):
    typed = {"desk": "yes", "desk_note": "höhenverstellbar", "screen": "no", "checked_on": "2026-05-04"}
    everything = dict.fromkeys(spaces.SAFETY, "") | typed
    assert hana.submit("/gastgeber/wagen/sicherheit", everything).status_code == 303
    page = client.get("/orte/wagen/sicherheit").text
    assert "höhenverstellbar" in page
    assert "Montag, 4. Mai 2026" in page
    assert page.count(">unbekannt<") == len(spaces.SAFETY) - 2
    assert spaces.directory().space("wagen").safety == {"desk": "yes", "desk_note": "höhenverstellbar", "screen": "no"}


def test_a_sheet_nobody_filled_in_says_unknown_everywhere(wagen, client):
    page = client.get("/orte/wagen/sicherheit").text
    assert page.count(">unbekannt<") == len(spaces.SAFETY) + 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"desk_note": "da"}, "desk"),
        ({"chair": "perhaps"}, "chair"),
        ({"checked_on": "2026-11-24"}, "checked_on"),
        ({"checked_on": "gestern"}, "checked_on"),
        ({"light": "yes", "light_note": "x" * 201}, "light_note"),
    ],
)
def test_a_sheet_with_mistakes_comes_back(hana, wrong, acts, changes, field):
    answer = hana.submit("/gastgeber/wagen/sicherheit", dict.fromkeys(spaces.SAFETY, "") | changes)
    assert answer.status_code == 422
    assert wrong(answer, field)
    assert acts() == []


@pytest.mark.parametrize("typed", ["www.scheune.de", "scheune.de/plaetze", "https://www.scheune.de"])
def test_a_web_address_is_taken_as_people_say_it(hana, typed):
    page = hana.get("/gastgeber/wagen/ort").text
    assert "novalidate" in page.partition('action="/gastgeber/wagen/ort"')[2].partition(">")[0]
    hana.submit("/gastgeber/wagen/ort", PLACE | {"url": typed})
    assert spaces.directory().space("wagen").url == "https://" + typed.removeprefix("https://")


def test_a_new_space_says_what_it_still_lacks(hana, cast, wagen, now):
    page = hana.get("/gastgeber").text
    assert "Das fehlt noch" in page
    assert '/gastgeber/wagen/schilder">ein Schild' in page
    assert '/gastgeber/wagen/plaetze">Plätze<' not in page, "it has seats and hours"
    operations.post_sign(space_id=wagen.id, now=now)
    assert "Das fehlt noch" not in hana.get("/gastgeber").text
    factories.make_host(cast["hana"], space_id=factories.make_space("leer", seats=0, hours={}).id)
    assert '/gastgeber/leer/plaetze">Plätze<' in hana.get("/gastgeber").text
    assert '/gastgeber/leer/oeffnung">Öffnungszeiten<' in hana.get("/gastgeber").text
