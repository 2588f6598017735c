"""Somebody offers a space, an officer decides, and until then nobody else sees it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.messages.models import Message
from app.people.models import Person
from app.places.models import Town
from app.spaces import queries as spaces
from app.spaces.models import Application, Host, Operator, Space
from tests import factories

OFFER = {
    "town": "05558032",
    "name": "Alte Post",
    "address": "Am Markt 1",
    "plz": "48301",
    "arrival": "Zweimal klingeln.",
    "equipment": ["wifi"],
    "operator": "neu",
    "legal_name": "Alte Post GbR",
    "operator_address": "Am Markt 1",
    "operator_plz": "48301",
    "operator_town": "Nottuln",
    "email": "post@example.org",
    "iban": "DE89370400440532013000",
    "message": "Wir haben vier Tische.",
}


@pytest.fixture
def ana(wagen, as_):
    return as_("ana")


@pytest.fixture
def offered(ana):
    assert ana.submit("/ort-anbieten", OFFER).location == "/ort-anbieten"
    return ana


def _told(db, kind):
    db.session.rollback()
    query = select(Message.to, Message.payload).where(Message.kind == kind).order_by(Message.id)
    return [(to, payload) for to, payload in db.session.execute(query)]


def test_an_offer_is_seen_by_nobody_but_the_person_and_the_officers(offered, client, kari, hugo, db):
    public = [
        "/orte",
        "/",
        "/api/v1/spaces",
        "/api/v1/spaces.geojson",
        "/api/v1/availability?date=2026-11-24",
        "/orte?town=nottuln",
    ]
    for address in public:
        assert "alte-post" not in client.get(address).text, address
    hidden = ("/orte/alte-post", "/orte/alte-post/sicherheit", "/gastgeber/alte-post/ort", "/kreis/orte/alte-post")
    for address in hidden:
        assert hugo.get(address).status_code == 404, address
    assert offered.get("/gastgeber/alte-post/ort").status_code == 404
    assert "Alte Post" in offered.get("/ort-anbieten").text
    assert "Alte Post" not in hugo.get("/ort-anbieten").text
    assert hugo.get("/ort-anbieten/alte-post").status_code == 404
    page = kari.get("/kreis/orte/alte-post").text
    assert all(words in page for words in ("Alte Post GbR", "DE89370400440532013000", "Wir haben vier Tische.", "Ana"))
    assert [(to, payload["town"]) for to, payload in _told(db, "space_offered")] == [
        ("kari@beispiel.example", "Nottuln")
    ]


def test_an_approved_space_is_public_and_its_person_hosts_it(offered, kari, client, db, acts, cast):
    assert kari.submit("/kreis/orte/alte-post", {"do": "approve"}).location == "/kreis/orte"
    assert client.get("/orte/alte-post").status_code == 200
    assert "alte-post" in client.get("/api/v1/spaces").text
    assert offered.get("/gastgeber/alte-post/ort").status_code == 200
    assert offered.get("/gastgeber/alte-post/betreiber").status_code == 200
    assert db.session.scalar(select(Person.acts_for_others).where(Person.id == cast["ana"]))
    assert [payload["decision"] for _, payload in _told(db, "offer_answered")] == ["approved"]
    assert acts() == ["offer_space", "approve_space"]
    for again in ("approve", "decline", "ask"):
        typed = {"do": again, "reason": "x", "question": "x"}
        assert kari.submit("/kreis/orte/alte-post", typed).status_code == 409


def test_a_question_is_answered_and_the_offer_sent_again(offered, kari, db, filled, acts):
    kari.submit("/kreis/orte/alte-post", {"do": "ask", "question": "Wo ist der Eingang?"})
    assert _told(db, "offer_answered")[0][1]["text"] == "Wo ist der Eingang?"
    own = offered.get("/ort-anbieten/alte-post")
    assert "Wo ist der Eingang?" in own.text
    typed = filled(own, "/ort-anbieten/alte-post")
    assert (typed["name"], typed["legal_name"], typed["equipment"]) == ("Alte Post", "Alte Post GbR", "wifi")
    assert offered.submit("/ort-anbieten/alte-post", typed | {"arrival": "Hinten.", "legal_name": "Post GmbH"}).location
    db.session.rollback()
    state = db.session.execute(select(Application.state)).scalar_one()
    arrival, name = db.session.execute(
        select(Space.arrival, Operator.name).join(Operator).where(Space.slug == "alte-post")
    ).one()
    assert (state, arrival, name) == ("sent", "Hinten.", "Post GmbH")
    assert [payload["is_again"] for _, payload in _told(db, "space_offered")] == [False, True]
    assert kari.submit("/kreis/orte/alte-post", {"do": "approve"}).status_code == 303
    assert acts() == ["offer_space", "ask_back", "offer_again", "approve_space"]


def test_a_declined_offer_stays_hidden_and_says_why(offered, kari, client, db, acts):
    kari.submit("/kreis/orte/alte-post", {"do": "decline", "reason": "Kein zweiter Ausgang."})
    assert client.get("/orte/alte-post").status_code == 404
    assert "Kein zweiter Ausgang." in offered.get("/ort-anbieten").text
    assert offered.submit("/ort-anbieten/alte-post", OFFER).status_code == 409
    assert db.session.scalars(select(Host.person_id).join(Person).where(Person.name == "Ana Beispiel")).all() == []
    assert acts() == ["offer_space", "decline_space"]


@pytest.mark.parametrize(("do", "field"), [("ask", "question"), ("decline", "reason")])
def test_an_officer_says_something_or_nothing_happens(offered, kari, wrong, db, do, field):
    answer = kari.submit("/kreis/orte/alte-post", {"do": do, field: " "})
    assert (answer.status_code, bool(wrong(answer, field))) == (422, True)
    assert db.session.execute(select(Application.state)).scalar_one() == "sent"
    assert _told(db, "offer_answered") == []


def test_officers_of_a_town_decide_over_their_town_only(offered, as_, cast, db):
    nottuln = db.session.query(factories.Town).filter_by(slug="nottuln").one()
    factories.make_officer(cast["ben"], factories.make_town("Senden", ags="05558040"))
    factories.make_officer(cast["cleo"], nottuln)
    ben, cleo = as_("ben"), as_("cleo")
    assert "Alte Post" not in ben.get("/kreis/orte").text
    assert ben.get("/kreis/orte/alte-post").status_code == 404
    assert ben.submit("/kreis/orte/alte-post", {"do": "approve"}).status_code == 404
    assert "Alte Post" in cleo.get("/kreis/orte").text
    assert cleo.submit("/kreis/orte/alte-post", {"do": "approve"}).status_code == 303


def test_a_towns_own_officers_are_told_instead_of_the_county(ana, cast, db):
    factories.make_officer(cast["cleo"], db.session.query(factories.Town).filter_by(slug="nottuln").one())
    ana.submit("/ort-anbieten", OFFER)
    assert [to for to, _ in _told(db, "space_offered")] == ["cleo@beispiel.example"]


def test_only_officers_see_what_is_offered(offered, hugo, client):
    for person in (offered, hugo):
        assert person.get("/kreis/orte").status_code == 404
        assert person.submit("/kreis/orte/alte-post", {"do": "approve"}).status_code == 404
    assert client.get("/kreis/orte").location.startswith("/anmelden")


@pytest.mark.parametrize(
    ("field", "typed"),
    [("town", ""), ("town", "99999999"), ("name", ""), ("legal_name", ""), ("iban", "DE00"), ("email", "x"),
     ("message", "x" * 2001)],
)  # fmt: skip
def test_an_offer_with_mistakes_comes_back_with_what_was_typed(ana, wrong, db, acts, field, typed):
    answer = ana.submit("/ort-anbieten", OFFER | {field: typed})
    assert (answer.status_code, bool(wrong(answer, field))) == (422, True)
    assert "Zweimal klingeln." in answer.text
    assert (acts(), db.session.scalars(select(Application)).all()) == ([], [])


def test_a_host_offers_another_space_of_the_same_operator(hana, kari, db, wagen):
    place = {name: value for name, value in OFFER.items() if name not in {"legal_name", "email", "iban"}}
    assert hana.submit("/ort-anbieten", place | {"operator": str(wagen.operator_id)}).status_code == 303
    assert "Alte Post" not in hana.get("/gastgeber").text
    kari.submit("/kreis/orte/alte-post", {"do": "approve"})
    assert "Alte Post" in hana.get("/gastgeber").text
    assert spaces.directory().space("alte-post").operator == "Wagen eG"


def test_nobody_offers_in_the_name_of_somebody_elses_operator(ana, wagen, db):
    assert ana.submit("/ort-anbieten", OFFER | {"operator": str(wagen.operator_id)}).status_code == 303
    operator = db.session.scalars(select(Operator.name).join(Space).where(Space.slug == "alte-post")).one()
    assert operator == "Alte Post GbR"


def test_names_may_be_the_same_and_addresses_differ(ana, hugo, db):
    ana.submit("/ort-anbieten", OFFER | {"name": "Wagen"})
    hugo.submit("/ort-anbieten", OFFER | {"name": "Wagen"})
    slugs = select(Space.slug).where(Space.state == "applied").order_by(Space.slug)
    assert db.session.scalars(slugs).all() == ["wagen-2", "wagen-3"]


def test_five_offers_wait_for_one_person_at_most(ana, db):
    for number in range(5):
        assert ana.submit("/ort-anbieten", OFFER | {"name": f"Ort {number}"}).status_code == 303
    answer = ana.submit("/ort-anbieten", OFFER)
    assert (answer.status_code, "schon 5 Anträge" in answer.text) == (409, True)


def test_whoever_is_gone_hosts_nothing(offered, kari, db, cast, now):
    offered.submit("/profil/loeschen", {"confirm": "ja"})
    assert db.session.scalars(select(Application.state)).all() == []
    assert kari.submit("/kreis/orte/alte-post", {"do": "approve"}).status_code == 404
    texts = select(AuditEntry.detail).where(AuditEntry.action == "offer_space")
    assert "Ana" not in str(db.session.scalars(texts).all())


def test_an_officer_names_the_first_host_of_a_space_that_has_none(wagen, kari, as_, cast, db):
    factories.make_space("brache")
    page = kari.get("/kreis/orte").text
    assert '<option value="brache"' in page
    assert '<option value="wagen"' not in page, "who has hosts names others without the county"
    answer = kari.submit("/kreis/gastgeber", {"space": "brache", "email": "keine Adresse"})
    assert answer.status_code == 422
    assert "keine Adresse" in answer.text
    assert kari.submit("/kreis/gastgeber", {"space": "brache", "email": "neu@example.org"}).location == "/kreis/orte"
    (to, payload), *_ = _told(db, "host_named")
    assert (to, payload["space"]["slug"]) == ("neu@example.org", "brache")
    assert kari.submit("/kreis/gastgeber", {"space": "brache", "email": "zweite@example.org"}).status_code == 404
    assert "Orte, um die sich niemand kümmert" not in kari.get("/kreis/orte").text
    assert _entries(db, "name_host", "brache") == 1


def test_nobody_but_an_officer_of_that_town_names_a_first_host(wagen, hana, as_, cast, db):
    space = factories.make_space("brache")
    order = {"space": "brache", "email": "neu@example.org"}
    elsewhere = db.session.query(Town).filter_by(ags="05558999").first() or Town(ags="05558999", slug="weg", name="Weg")
    db.session.add(elsewhere)
    db.session.commit()
    factories.make_officer(cast["ben"], elsewhere)
    for person in (hana, as_("ben")):
        assert person.submit("/kreis/gastgeber", order).status_code == 404
    assert db.session.query(Host).filter_by(space_id=space.id).count() == 0


def _entries(db, action, slug):
    db.session.rollback()
    return db.session.query(AuditEntry).filter_by(action=action, subject_id=slug).count()
