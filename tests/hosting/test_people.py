"""Several people look after a space, and the last one names another before leaving."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.checkins.steps import revoke_devices_of
from app.errors import DomainError
from app.messages.models import Message
from app.people import steps as people_steps
from app.people.models import Person
from app.privacy import operations as privacy
from app.spaces import operations
from app.spaces.models import Host
from tests import factories

PAGE = "/gastgeber/wagen/personen"
BEN = {"email": " Ben@beispiel.example "}


def _hosts(db, space):
    db.session.rollback()
    whose = (Host.space_id == space.id) | (Host.operator_id == space.operator_id)
    return set(db.session.scalars(select(Person.name).join(Host).where(whose)))


def _row(db, cast, key):
    return db.session.scalars(select(Host.id).where(Host.person_id == cast[key])).one()


def test_somebody_known_is_named_and_told(hana, as_, db, wagen, cast, acts):
    assert hana.submit(PAGE, BEN).location == PAGE
    hana.submit(PAGE, BEN)
    assert _hosts(db, wagen) == {"Hana Beispiel", "Ben Beispiel"}
    ben = as_("ben")
    assert ben.get(PAGE).status_code == 200
    assert ben.get("/gastgeber/wagen/betreiber").status_code == 404
    told = db.session.execute(select(Message.to, Message.payload).where(Message.kind == "host_named")).all()
    assert [(to, payload["is_named"]) for to, payload in told] == [("ben@beispiel.example", True)]
    assert acts() == ["name_host"]


def test_nobody_is_named_who_looks_after_it_already(hana, db, wagen, acts):
    answer = hana.submit(PAGE, {"email": "hana@beispiel.example"})
    assert (answer.status_code, "kümmert sich hier schon" in answer.text) == (409, True)
    hana.submit(PAGE, BEN)
    assert hana.submit(PAGE, BEN).status_code == 409
    assert hana.submit(PAGE, BEN | {"scope": "all"}).status_code == 303, "from one space to all is more"
    assert acts() == ["name_host", "name_host"]


def test_somebody_new_is_named_by_address(hana, db, wagen):
    hana.submit(PAGE, {"email": "neu@example.org", "scope": "all"})
    assert "neu@example.org" in hana.get(PAGE).text
    assert "war noch nicht hier" in hana.get(PAGE).text


@pytest.mark.parametrize("typed", ["", "ben", "a@b"])
def test_what_is_no_address_comes_back(hana, wrong, acts, typed):
    answer = hana.submit(PAGE, {"email": typed})
    assert (answer.status_code, bool(wrong(answer, "email"))) == (422, True)
    assert acts() == []


def test_somebody_is_taken_away_and_told(hana, as_, db, wagen, cast, acts, now):
    hana.submit(PAGE, BEN)
    ben = as_("ben")
    hana.submit(f"{PAGE}/{_row(db, cast, 'ben')}/entfernen")
    assert _hosts(db, wagen) == {"Hana Beispiel"}
    assert ben.get(PAGE).status_code == 404
    still = select(Person.acts_for_others).where(Person.id == cast["ben"])
    assert db.session.scalar(still)
    privacy.retain(now=now)
    assert not db.session.scalar(still)
    assert db.session.scalar(select(Person.acts_for_others).where(Person.id == cast["hana"]))
    told = db.session.scalars(select(Message.payload).where(Message.kind == "host_named").order_by(Message.id)).all()
    assert [payload["is_named"] for payload in told] == [True, False]
    assert acts() == ["name_host", "remove_host"]


def test_the_last_one_cannot_leave_without_naming_another(hana, db, wagen, cast, acts):
    assert "Selbst aufhören" not in hana.get(PAGE).text
    answer = hana.submit(f"{PAGE}/{_row(db, cast, 'hana')}/entfernen")
    assert (answer.status_code, "niemand mehr für den Ort da" in answer.text) == (409, True)
    assert (_hosts(db, wagen), acts()) == ({"Hana Beispiel"}, [])


def test_a_space_is_handed_over(hana, as_, db, wagen, acts):
    assert hana.submit("/gastgeber/wagen/uebergeben", {"successor": BEN["email"]}).location == "/gastgeber"
    assert _hosts(db, wagen) == {"Ben Beispiel"}
    assert hana.get(PAGE).status_code == 404
    assert as_("ben").get("/gastgeber/wagen/betreiber").status_code == 200
    assert acts() == ["name_host", "remove_host"]


@pytest.mark.parametrize("is_alone", [True, False])
@pytest.mark.parametrize("typed", ["Hana@beispiel.example ", "hana@privat.example"])
def test_nobody_hands_over_to_themselves(hana, db, wagen, cast, wrong, acts, now, typed, is_alone):
    people_steps.add_address(cast["hana"], "hana@privat.example", now=now)
    if not is_alone:
        factories.make_host(cast["ben"], space_id=wagen.id)
    db.session.commit()
    before = _hosts(db, wagen)
    answer = hana.submit("/gastgeber/wagen/uebergeben", {"successor": typed})
    assert (answer.status_code, "deine eigene Adresse" in wrong(answer, "successor")) == (422, True)
    assert (_hosts(db, wagen), acts()) == (before, [])


def test_handing_over_is_asked_once_more(hana):
    form = BeautifulSoup(hana.get(PAGE).text, "html.parser").find("form", action="/gastgeber/wagen/uebergeben")
    *others, last = form.find_all("button")
    assert (last.find_parent("details")["class"], last.has_attr("disabled")) == (["ask"], False)
    assert [one.has_attr("disabled") for one in others] == [True]


def test_who_leaves_by_choice_goes_to_what_is_left(hana, db, wagen, cast):
    hana.submit(PAGE, BEN)
    answer = hana.submit(f"{PAGE}/{_row(db, cast, 'hana')}/entfernen")
    assert answer.location == "/gastgeber"
    assert _hosts(db, wagen) == {"Ben Beispiel"}


def test_an_operators_host_stays_while_another_space_has_nobody_else(hana, db, wagen, cast):
    factories.make_space("zweiter", operator_id=wagen.operator_id)
    hana.submit(PAGE, BEN)  # for the Wagen only
    answer = hana.submit(f"{PAGE}/{_row(db, cast, 'hana')}/entfernen")
    assert answer.status_code == 409
    assert _hosts(db, wagen) == {"Hana Beispiel", "Ben Beispiel"}


def test_who_acts_for_one_space_does_not_decide_about_the_operators_people(hana, as_, db, wagen, cast):
    hana.submit(PAGE, BEN)
    ben = as_("ben")
    assert ben.submit(f"{PAGE}/{_row(db, cast, 'hana')}/entfernen").status_code == 403
    assert ben.submit(PAGE, {"email": "cleo@beispiel.example", "scope": "all"}).status_code == 403
    assert _hosts(db, wagen) == {"Hana Beispiel", "Ben Beispiel"}


def test_a_space_without_operator_has_its_own_hosts_only(as_, wagen, cast, db):
    lone = factories.make_space("allein")
    factories.make_host(cast["ben"], space_id=lone.id)
    ben = as_("ben")
    page = ben.get("/gastgeber/allein/personen").text
    assert "Hana" not in page
    assert ben.submit(f"/gastgeber/allein/personen/{_row(db, cast, 'hana')}/entfernen").status_code == 404
    assert ben.submit(f"/gastgeber/allein/personen/{_row(db, cast, 'ben')}/entfernen").status_code == 409
    assert ben.submit("/gastgeber/allein/personen", {"email": "x@example.org", "scope": "all"}).status_code == 403


def test_strangers_name_nobody(hugo, as_, wagen, cast, db, acts):
    for person in (hugo, as_("ana"), as_("kari")):
        assert person.submit(PAGE, BEN).status_code == 404
        assert person.submit(f"{PAGE}/{_row(db, cast, 'hana')}/entfernen").status_code == 404
        assert person.submit("/gastgeber/wagen/uebergeben", {"successor": BEN["email"]}).status_code == 404
    assert acts() == []


def test_the_devices_of_who_is_taken_away_stop_and_no_others(hana, register, db, wagen, cast, acts):
    factories.make_host(cast["ben"], space_id=wagen.id)
    own, his = register("hana", "wagen"), register("ben", "wagen")
    page = BeautifulSoup(hana.get(PAGE).text, "html.parser")
    assert (
        "Gesperrt wird auch: Tablet am Empfang."
        in page.find("form", action=f"{PAGE}/{_row(db, cast, 'ben')}/entfernen").text
    )
    assert "Eingerichtet von Ben Beispiel." in hana.get("/gastgeber/wagen/geraete").text
    assert his.get().status_code == 200
    hana.submit(f"{PAGE}/{_row(db, cast, 'ben')}/entfernen")
    assert (his.get().json["code"], own.get().status_code) == ("device_revoked", 200)
    assert acts()[-2:] == ["revoke_host_device", "remove_host"]


def test_the_devices_of_who_hands_over_stop(hana, register, acts):
    own = register("hana", "wagen")
    page = BeautifulSoup(hana.get(PAGE).text, "html.parser")
    assert "Gesperrt wird auch" in page.find("form", action="/gastgeber/wagen/uebergeben").text
    hana.submit("/gastgeber/wagen/uebergeben", {"successor": BEN["email"]})
    assert own.get().json["code"] == "device_revoked"
    assert acts()[-2:] == ["revoke_host_device", "remove_host"]


def test_a_device_stays_while_its_maker_acts_in_another_way(hana, register, db, wagen, cast):
    factories.make_host(cast["ben"], operator_id=wagen.operator_id)
    factories.make_host(cast["ben"], space_id=wagen.id)
    factories.make_space("zweiter", operator_id=wagen.operator_id)
    near, far = register("ben", "wagen"), register("ben", "zweiter")
    assert "Gesperrt wird auch" not in hana.get(PAGE).text
    for_all = db.session.scalars(select(Host.id).where(Host.person_id == cast["ben"], Host.space_id.is_(None))).one()
    hana.submit(f"{PAGE}/{for_all}/entfernen")
    assert (near.get().status_code, far.get().json["code"]) == (200, "device_revoked")


@pytest.mark.concurrency
def test_two_who_take_each_other_away_at_once_leave_one(app, wagen, cast, db, now):
    hosts = {"hana": cast["hana"], "ben": cast["ben"]}
    factories.make_host(cast["ben"], operator_id=wagen.operator_id)
    rows = {key: _row(db, cast, key) for key in hosts}
    db.session.rollback()
    ready, refused = Barrier(2), []

    def remove(key, other):
        with app.app_context():
            ready.wait()
            try:
                ids = {"person_id": hosts[key], "host_id": rows[other]}
                operations.remove_host(slug="wagen", **ids, stop=revoke_devices_of, now=now)
            except DomainError as refusal:
                refused.append(refusal.code)

    threads = [Thread(target=remove, args=pair) for pair in (("hana", "ben"), ("ben", "hana"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_hosts(db, wagen)) == 1
    assert refused == ["unknown_space"]
