"""The cast's door: only in the demo, and only for our own pages and scripts."""

from tests import factories


def test_the_cast_signs_in_without_a_password(client, cast):
    answer = client.post("/demo/anmelden", data={"person": "ana"})
    assert answer.status_code == 303
    assert answer.location == "/meine"
    with client.session_transaction() as session:
        assert session["_user_id"]
        assert session.permanent


def test_it_leads_back_to_where_somebody_wanted_to_go(client, cast):
    answer = client.post("/demo/anmelden", data={"person": "ana", "next": "/orte/muster/buchen?date=2026-11-24"})
    assert answer.location == "/orte/muster/buchen?date=2026-11-24"
    answer = client.post("/demo/anmelden", data={"person": "ana", "next": "https://evil.example/"})
    assert answer.location == "/meine"


def test_each_sign_in_has_a_token_of_its_own(client, cast):
    tokens = set()
    for _ in range(2):
        client.post("/demo/anmelden", data={"person": "ana"})
        with client.session_transaction() as session:
            tokens.add(session["_user_id"])
    assert len(tokens) == 2


def test_what_the_cookie_held_before_does_not_survive(client, cast):
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    client.post("/demo/anmelden", data={"person": "ana"})
    with client.session_transaction() as session:
        assert "planted" not in session


def test_our_own_page_is_not_foreign(client, cast):
    answer = client.post("/demo/anmelden", data={"person": "ana"}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 303


def test_everybody_begins_where_their_work_is(client, cast):
    factories.make_host(cast["hana"], space_id=factories.make_space("wagen").id)
    factories.make_officer(cast["kari"])
    places = {who: client.submit("/demo/anmelden", {"person": who}).location for who in ("ana", "hana", "kari")}
    assert places == {"ana": "/meine", "hana": "/gastgeber", "kari": "/gastgeber"}
    assert client.get("/gastgeber").location == "/kreis/orte", "who only decides about offers begins there"
