"""Who may open what: every address, tried by a stranger and by each member of the cast, compared with one table.

The table is access.txt, changed by hand: a failing test shows the lines as they are found, and whoever copies one
into the table stands for what it says.
"""

import pytest

from app import create_app
from app.demo.cast import CAST
from app.employers.models import Employer
from tests.conftest import ROOT, settings_for
from tests.factories import make_application, make_employment, make_host, make_officer, make_operator, make_space
from tests.guards.knocking import READING, furnish, knock, rules, said

TABLE = ROOT / "tests" / "guards" / "access.txt"
# Paula acts for an employer, as Hana does here.
VISITORS = ("stranger", *(member.key for member in CAST if member.key != "paula"))


@pytest.fixture
def house(db, as_, cast, now):
    """Everybody's browser, a booking of Ana's at Hana's space, another space of Hugo's, Ana's phone, and Kari."""
    wagen = furnish(cast["ana"], now)
    anderswo = make_space("anderswo", operator_id=make_operator("Anderswo GmbH", "anderswo-gmbh").id)
    make_host(cast["hana"], operator_id=wagen.operator_id)
    make_host(cast["hugo"], operator_id=anderswo.operator_id)
    make_officer(cast["kari"])
    make_employment(db.session.query(Employer).one(), cast["hana"], role="agent")
    make_application(wagen, cast["hana"], state="approved", decided_at=now)
    # Ana comes last: what she may do to her booking would spoil it for the others.
    keys = [key for key in cast if key != "ana"] + ["ana"]
    return {key: as_(key) for key in keys}


def _row(clients, stranger, method, rule):
    received = {key: said(knock(client, method, rule)) for key, client in clients.items()}
    received["stranger"] = said(knock(stranger, method, rule))
    return " ".join([f"{method:4} {rule:50}", *(f"{received[key]:8}" for key in VISITORS)]).rstrip()


def _heading():
    return " ".join([f"{'':4} {'':50}", *(f"{key:8}" for key in VISITORS)]).rstrip()


def _written():
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    assert lines[0] == _heading(), "the cast has changed: write the table anew"
    return {tuple(line.split()[:2]): line for line in lines[1:]}


WRITING = [rule for rule in _written() if rule[0] not in READING]
of_each_writer = pytest.mark.parametrize("write", WRITING, ids=[" ".join(rule) for rule in WRITING])


def test_the_table_names_everyaddress(app):
    assert set(_written()) == set(rules(app))


def test_every_reader_is_received_as_the_table_says(app, house, client):
    table = _written()
    found = {pair: _row(house, client, *pair) for pair in rules(app) if pair[0] in READING}
    changed = [line for pair, line in found.items() if line != table.get(pair)]

    assert changed == [], "\n".join(["now found:", *changed])


@of_each_writer
def test_every_writer_is_received_as_the_table_says(house, client, write):
    assert _row(house, client, *write) == _written()[write]


def test_nobody_is_received_with_an_error(app):
    assert [line for line in _written().values() if "broken" in line] == []


def test_a_foreign_page_writes_nothing(house):
    """Not even for somebody who is signed in: this is what keeps other sites from acting in our people's name."""
    sealed = {each for each in WRITING if "<sealed>" in each[1]}  # for mail programs; whoever knows the address may
    received = {rule: said(knock(house["ana"], *rule, from_own_page=False)) for rule in WRITING if rule not in sealed}

    assert sealed == {("POST", "/abbestellen/<sealed>")}
    assert {rule: word for rule, word in received.items() if word != "refused"} == {}


def test_only_the_person_sees_a_booking(app):
    own = [line for pair, line in _written().items() if "booking_uuid" in pair[1] and pair[0] != "PUT"]

    assert len(own) >= 5
    for line in own:
        assert line.split()[2:] == ["sign-in", "yes", *["no"] * (len(VISITORS) - 2)]


def test_without_the_demo_nobody_becomes_one_of_the_cast(database_url, tmp_path):
    settings = settings_for(database_url, tmp_path / "real")
    real = create_app(type(settings)(**{**vars(settings), "demo": False}))

    assert said(real.test_client().get("/demo")) == "no"
    assert said(real.test_client().post("/demo/anmelden", data={"person": "ana"})) == "no"
