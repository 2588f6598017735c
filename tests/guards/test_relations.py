"""Who may open what about a space, by how somebody is related to it: every address that names one, in one table.

access.txt has the cast, who act for whole operators and for the county. Here one person is in turn everything that
somebody can be to a space; relations.txt is changed by hand, as access.txt is.
"""

import pytest
from sqlalchemy import update

from app.extensions import db as database
from app.places.models import Town
from app.spaces import queries as spaces
from app.spaces.models import Space
from app.spaces.queries import applying
from tests.conftest import ROOT
from tests.factories import make_application, make_host, make_officer, make_operator, make_space, make_town
from tests.guards.knocking import READING, furnish, knock, rules, said

TABLE = ROOT / "tests" / "guards" / "relations.txt"
# What Ben is to the space; whoever is `offered` acts for its operator, and the space is not public yet.
RELATIONS = {
    "nobody": lambda ben, wagen: None,
    "operator": lambda ben, wagen: make_host(ben, operator_id=wagen.operator_id),
    "space": lambda ben, wagen: make_host(ben, space_id=wagen.id),
    "paused": lambda ben, wagen: make_host(ben, operator_id=wagen.operator_id),
    "offered": lambda ben, wagen: make_host(ben, operator_id=wagen.operator_id),
    "sibling": lambda ben, wagen: make_host(ben, space_id=_space("schwester", wagen.operator_id).id),
    "elsewhere": lambda ben, wagen: make_host(ben, operator_id=_space("anderswo", None).operator_id),
    "town": lambda ben, wagen: make_officer(ben, _town(wagen.town_id)),
    "other_town": lambda ben, wagen: make_officer(ben, make_town("Senden", ags="05558040")),
    "county": lambda ben, wagen: make_officer(ben),
}
STATES = {"paused": "paused", "offered": "applied"}
# What ends a relation, or takes away what addresses name, comes last.
NOT_SPACES = ("/arbeitgeber/", "/kreis/programme/", "/mitmachen/")
LAST = ("/aufhoeren", "/uebergeben", "/entfernen")


def _space(slug, operator_id):
    operator_id = operator_id or make_operator("Anderswo GmbH", "anderswo-gmbh").id
    return make_space(slug, operator_id=operator_id)


def _town(town_id):
    return database.session.get(Town, town_id)


@pytest.fixture
def related(cast, now, db, as_):
    """Return the browser of Ben, who is this to the space that addresses name."""

    def relate(relation):
        wagen, ben = furnish(cast["ana"], now), cast["ben"]
        RELATIONS[relation](ben, wagen)
        make_application(wagen, ben if relation == "offered" else cast["cleo"])
        state = STATES.get(relation, "open")
        db.session.execute(update(Space).where(Space.slug == "wagen").values(state=state, version=Space.version + 1))
        db.session.commit()
        return as_("ben")

    return relate


def _naming(app):
    """Return (method, rule) of all addresses that name a space: readers first, what ends something last."""
    found = [pair for pair in rules(app) if "<slug>" in pair[1] and not pair[1].startswith(NOT_SPACES)]
    return sorted(found, key=lambda pair: (pair[1].endswith(LAST), pair[0] not in READING))


def _written():
    """Return {(method, rule): {relation: word}}."""
    heading, *lines = TABLE.read_text(encoding="utf-8").splitlines()
    names = heading.split()
    return {tuple(line.split()[:2]): dict(zip(names, line.split()[2:], strict=True)) for line in lines}


def _differences(app, client, relation):
    """Return which addresses receive somebody in another way than the table says."""
    table, found = _written(), []
    for method, rule in _naming(app):
        word = said(knock(client, method, rule))
        if word != table.get((method, rule), {}).get(relation):
            found.append(f"{method:6} {rule:50} {relation}: {word}")
    return found


def test_the_table_names_every_address_of_a_space_and_every_relation(app):
    table = _written()
    assert set(table) == set(_naming(app))
    assert all(set(words) == set(RELATIONS) for words in table.values())


@pytest.mark.parametrize("relation", RELATIONS)
def test_everybody_is_received_as_the_table_says(app, related, relation):
    found = _differences(app, related(relation), relation)
    assert found == [], "\n".join(["now found:", *found])


@pytest.mark.parametrize("relation", ["sibling", "elsewhere", "town", "other_town", "county", "nobody", "offered"])
def test_only_who_acts_for_a_public_space_opens_its_pages(relation):
    pages = {
        pair: words[relation]
        for pair, words in _written().items()
        if pair[1].startswith(("/gastgeber/<slug>/", "/api/v1/host/"))
    }
    assert len(pages) > 40
    assert set(pages.values()) == {"no"}


def test_control_a_route_that_forgets_whose_the_space_is_is_found(app, related, monkeypatch):
    def anybodys(person_id, slug):
        row = spaces.directory().space(slug)
        return spaces.HostedSpace(row.id, slug, row.name, row.town_name, row.timezone, None, row.state, is_sample=False)

    client = related("elsewhere")
    monkeypatch.setattr(spaces, "hosted_space", anybodys)
    assert any("/gastgeber/<slug>/maengel " in line for line in _differences(app, client, "elsewhere"))


def test_control_an_officer_of_another_town_who_is_let_in_is_found(app, related, monkeypatch):
    client = related("other_town")
    monkeypatch.setattr(applying, "_covers", lambda *_: True)
    assert len(_differences(app, client, "other_town")) == 2
