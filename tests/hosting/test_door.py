"""The page on which hosts say how people get in."""

import pytest

from app.audit.models import AuditEntry
from app.extensions import db
from app.spaces.models import Door

PAGE = "/gastgeber/wagen/tuer"
CODE = {"kind": "code", "code": "4711#", "wifi_name": "WagenGast", "wifi_password": "geheim123"}
WEBHOOK = {"kind": "webhook", "url": "https://door.example/open"}


def _stored(wagen):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(Door, wagen.id)


def test_it_keeps_what_is_typed_and_the_audit_keeps_no_secret(hana, wagen):
    before = wagen.version
    assert hana.submit(PAGE, CODE).status_code == 303
    door = _stored(wagen)
    assert (door.kind, door.code, door.wifi_name, door.wifi_password) == ("code", "4711#", "WagenGast", "geheim123")
    page = hana.get(PAGE)
    assert page.headers["Cache-Control"] == "no-store"
    assert 'value="4711#"' in page.text
    assert wagen.version == before + 1
    (entry,) = db.session.query(AuditEntry)
    assert entry.action == "change_door"
    assert "4711" not in str(entry.detail)
    assert "geheim" not in str(entry.detail)


def test_the_key_is_shown_once_and_replaced(hana, wagen):
    made = hana.submit(PAGE, WEBHOOK)
    first = _stored(wagen).secret
    assert made.status_code == 200
    assert first in made.text
    assert made.headers["Cache-Control"] == "no-store"
    assert first not in hana.get(PAGE).text
    assert hana.submit(PAGE, WEBHOOK | {"hint": "links"}).status_code == 303
    assert _stored(wagen).secret == first
    made = hana.submit(f"{PAGE}/schluessel")
    second = _stored(wagen).secret
    assert second != first
    assert second in made.text
    assert second not in hana.get(PAGE).text


def test_without_a_control_there_is_no_key(hana, wagen):
    hana.submit(PAGE, CODE)
    refused = hana.submit(f"{PAGE}/schluessel")
    assert refused.status_code == 409
    assert _stored(wagen).secret is None


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"kind": "code"}, "code"),
        ({"kind": "webhook"}, "url"),
        ({"kind": "webhook", "url": "http://door.example/"}, "url"),
        ({"kind": "webhook", "url": "http://127.0.0.1/"}, "url"),
        ({"kind": "webhook", "url": "https://a..b/"}, "url"),
        ({"kind": "window"}, "kind"),
        ({"kind": "code", "code": "x" * 41}, "code"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field(hana, wagen, wrong, form, field):
    answer = hana.submit(PAGE, form)
    assert answer.status_code == 422
    assert wrong(answer, field)
    assert _stored(wagen) is None


def test_nobody_else_finds_it(hugo, as_, wagen):
    for other in (hugo, as_("ana")):
        assert other.get(PAGE).status_code == 404
        assert other.submit(PAGE, CODE).status_code == 404
        assert other.submit(f"{PAGE}/schluessel").status_code == 404


def test_nothing_of_it_is_public(hana, wagen, client):
    hana.submit(PAGE, CODE)
    for address in ("/orte/wagen", "/orte/wagen/sicherheit", "/api/v1/spaces", "/api/v1/spaces.geojson"):
        text = client.get(address).text
        assert "4711" not in text
        assert "geheim123" not in text
