"""Who may open what: every address, tried by a stranger and by each member of the cast, compared with one table.

The table is access.txt, changed by hand: a failing test shows the lines as they are found, and whoever copies one
into the table stands for what it says.
"""

import json
import uuid
from datetime import date, timedelta
from urllib.parse import quote

import pytest

from app import create_app
from app.bookings import operations as bookings
from app.checkins import operations as checkins
from app.checkins import signing
from app.demo.cast import CAST
from tests.conftest import ROOT, settings_for
from tests.factories import (
    make_application,
    make_closure,
    make_defect,
    make_host,
    make_officer,
    make_operator,
    make_seat,
    make_space,
)

TABLE = ROOT / "tests" / "guards" / "access.txt"
VISITORS = ("stranger", *(member.key for member in CAST))
READING = {"GET", "HEAD"}
# A booking of Ana's, tomorrow. Everything else in an address is public knowledge.
BOOKING = "5a3c1f0e-7d2b-4c69-8e11-0d9c2b7a4f10"
# A phone of Ana's, and the key that it signs with.
DEVICE = "0c7d1c9a-3f1e-4b58-9d57-5f0f3a2f8b11"
# A tablet of the hosts of the space that addresses name.
TABLET = "0f6b7c1e-93a5-4b0e-9a53-3b1d6a7c2e44"
KEY = json.loads((ROOT / "tests" / "vectors" / "signatures.json").read_text("utf-8"))["public_key"]
TUESDAY = date(2026, 11, 24)
# A pass that can be read; it is nobody's.
PASS = json.loads((ROOT / "tests" / "vectors" / "passes.json").read_text("utf-8"))["passes"][2]["address"][-140:]
PARTS = {
    "<slug>": "wagen",
    "<int:closure_id>": "1",
    "<int:defect_id>": "1",
    "<int:number>": "9",
    "<uuid:booking_uuid>": BOOKING,
    "<uuid:device>": DEVICE,
    "<digest>": "0" * 64,
    "<path:code>": "0" * 20,
    "<code>": "0" * 20,
    "<path:written>": PASS,
}
# What makes a write plausible; without an entry it is sent empty and may be refused for its content.
FORMS = {
    "/profil/loeschen": {"confirm": "ja"},
    "/profil/name": {"name": "Neu"},
    "/profil/sprache": {"language": "en"},
    "/profil/adressen/loeschen": {"id": "1"},  # Ana's
    "/demo/anmelden": {"person": "ben"},
    "/gastgeber/<slug>/geraete": {"device": TABLET},
    "/gastgeber/<slug>/anzeigen/stoppen": {"id": "1"},
}
BODIES = {
    "/api/v1/bookings/<uuid:booking_uuid>/seat": {"seat": 2},
    "/api/v1/devices/<uuid:device>": {"public_key": KEY},
    "/api/v1/host/<slug>/device": {"device": TABLET, "name": "Tablet", "public_key": None},
}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Nahplatz-Client": "1"}


@pytest.fixture
def house(as_, cast, now):
    """Everybody's browser, a booking of Ana's at Hana's space, another space of Hugo's, Ana's phone, and Kari."""
    wagen = make_space("wagen", seats=4, operator_id=make_operator("Wagen eG", "wagen-eg").id)
    anderswo = make_space("anderswo", operator_id=make_operator("Anderswo GmbH", "anderswo-gmbh").id)
    make_host(cast["hana"], operator_id=wagen.operator_id)
    make_host(cast["hugo"], operator_id=anderswo.operator_id)
    make_officer(cast["kari"])
    make_application(wagen, cast["hana"], state="approved", decided_at=now)
    make_seat(wagen, 9, kind="room")
    tablet = checkins.HostDeviceOrder(uuid.UUID(TABLET), "Tablet", None, wagen.id)
    checkins.register_host_device(order=tablet, actor="shell", now=now)
    checkins.post_sign(space_id=wagen.id, now=now)
    checkins.make_display(space_id=wagen.id, name="Tablet am Eingang", actor="shell", now=now)
    make_closure(wagen, TUESDAY + timedelta(days=30))
    make_defect(wagen, photo=b"RIFF")
    order = bookings.Order(uuid.UUID(BOOKING), "wagen", TUESDAY + timedelta(days=1), "day", 1)
    bookings.book(order=order, person_id=cast["ana"], now=now)
    phone = checkins.Introduction(uuid.UUID(DEVICE), signing.read_key(KEY), None)
    checkins.register_device(introduction=phone, person_id=cast["ana"], now=now)
    # Ana comes last: what she may do to her booking would spoil it for the others.
    keys = [key for key in cast if key != "ana"] + ["ana"]
    return {key: as_(key) for key in keys}


def _rules(app):
    """Return (method, rule) of all addresses."""
    found = []
    for rule in app.url_map.iter_rules():
        found += [(method, rule.rule) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return sorted(set(found), key=lambda pair: (pair[1], pair[0]))


def _address(rule):
    for name, value in PARTS.items():
        rule = rule.replace(name, value.lower() if rule.startswith("/p/") else value)
    assert "<" not in rule, f"{rule}: tell PARTS what to put there"
    return quote(rule)


def _knock(client, method, rule, *, from_own_page=True):
    """Send a plausible request."""
    address = _address(rule)
    if method in READING:
        return client.get(address)
    if rule.startswith("/api/"):
        headers = {**OWN_PAGE, "Nahplatz-Person": _person(client)}
        if not from_own_page:
            headers["Sec-Fetch-Site"] = "cross-site"
        return client.open(address, method=method, json=BODIES.get(rule, {}), headers=headers)
    form = FORMS.get(rule, {})
    if from_own_page:
        return client.submit(address, form)
    return client.post(address, data=form, headers={"Origin": "https://elsewhere.example"})


def _person(client):
    """Return whom a phone of this visitor would name as its owner."""
    snapshot = client.get("/api/v1/me/snapshot").json
    return snapshot["person"]["id"] if "person" in snapshot else str(uuid.UUID(int=0))


def _said(answer):
    """Return one word for how somebody was received."""
    try:
        if answer.status_code == 401 or (answer.location or "").startswith("/anmelden?"):
            return "sign-in"
        if answer.status_code >= 500:
            return "broken"
        # What is refused for its content was let in.
        return {400: "refused", 403: "refused", 404: "no"}.get(answer.status_code, "yes")
    finally:
        answer.close()


def _row(clients, stranger, method, rule):
    received = {key: _said(_knock(client, method, rule)) for key, client in clients.items()}
    received["stranger"] = _said(_knock(stranger, method, rule))
    return " ".join([f"{method:4} {rule:50}", *(f"{received[key]:8}" for key in VISITORS)]).rstrip()


def _heading():
    return " ".join([f"{'':4} {'':50}", *(f"{key:8}" for key in VISITORS)]).rstrip()


def _written():
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    assert lines[0] == _heading(), "the cast has changed: write the table anew"
    return {tuple(line.split()[:2]): line for line in lines[1:]}


WRITING = [rule for rule in _written() if rule[0] not in READING]
of_each_writer = pytest.mark.parametrize("write", WRITING, ids=[" ".join(rule) for rule in WRITING])


def test_the_table_names_every_address(app):
    assert set(_written()) == set(_rules(app))


def test_every_reader_is_received_as_the_table_says(app, house, client):
    table = _written()
    found = {pair: _row(house, client, *pair) for pair in _rules(app) if pair[0] in READING}
    changed = [line for pair, line in found.items() if line != table.get(pair)]

    assert changed == [], "\n".join(["now found:", *changed])


@of_each_writer
def test_every_writer_is_received_as_the_table_says(house, client, write):
    assert _row(house, client, *write) == _written()[write]


def test_nobody_is_received_with_an_error(app):
    assert [line for line in _written().values() if "broken" in line] == []


def test_a_foreign_page_writes_nothing(house):
    """Not even for somebody who is signed in: this is what keeps other sites from acting in our people's name."""
    received = {rule: _said(_knock(house["ana"], *rule, from_own_page=False)) for rule in WRITING}

    assert {rule: word for rule, word in received.items() if word != "refused"} == {}


def test_only_the_person_sees_a_booking(app):
    own = [line for pair, line in _written().items() if "booking_uuid" in pair[1] and pair[0] != "PUT"]

    assert len(own) >= 5
    for line in own:
        assert line.split()[2:] == ["sign-in", "yes", *["no"] * (len(VISITORS) - 2)]


def test_without_the_demo_nobody_becomes_one_of_the_cast(database_url, tmp_path):
    settings = settings_for(database_url, tmp_path / "real")
    real = create_app(type(settings)(**{**vars(settings), "demo": False}))

    assert _said(real.test_client().get("/demo")) == "no"
    assert _said(real.test_client().post("/demo/anmelden", data={"person": "ana"})) == "no"
