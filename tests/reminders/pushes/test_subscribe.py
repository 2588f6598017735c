"""Browsers that allow messages: whose they are, how many, and what ends them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.messages.models import Message
from app.reminders import operations
from app.reminders.models import PushSubscription

ADDRESS = "/api/v1/push-subscription"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Nahplatz-Client": "1"}


def _body(target, **more):
    return {"endpoint": target.endpoint, "p256dh": target.p256dh, "auth": target.auth, **more}


@pytest.fixture
def kept(db):
    """The endpoints of all phones, the oldest first."""

    def kept():
        found = db.session.scalars(select(PushSubscription.endpoint).order_by(PushSubscription.id)).all()
        db.session.rollback()
        return found

    return kept


def test_a_browser_subscribes_and_ends_it(as_, service, kept, db):
    target, ana = service.subscribe("ana").target, as_("ana")

    assert ana.put(ADDRESS, json=_body(target, name="iPhone"), headers=OWN_PAGE).status_code == 204
    assert kept() == [target.endpoint]
    assert "iPhone" in ana.get("/profil/nachrichten").text

    assert ana.delete(ADDRESS, json={"endpoint": target.endpoint}, headers=OWN_PAGE).status_code == 204
    assert kept() == []
    assert ana.delete(ADDRESS, json={"endpoint": target.endpoint}, headers=OWN_PAGE).status_code == 204


def test_once_more_the_same_keeps_its_number(as_, service, db):
    target, ana = service.subscribe("ana").target, as_("ana")
    number = select(PushSubscription.id, PushSubscription.browser)
    ana.put(ADDRESS, json=_body(target, name="Mac"), headers=OWN_PAGE)
    first = db.session.execute(number).one()
    db.session.rollback()

    ana.put(ADDRESS, json=_body(target, name="iPad"), headers=OWN_PAGE)

    assert tuple(db.session.execute(number).one()) == (first.id, "iPad")


def test_a_browser_shows_the_messages_of_one_person_only(as_, service, db, cast):
    target = service.subscribe("shared").target
    as_("ana").put(ADDRESS, json=_body(target), headers=OWN_PAGE)

    as_("ben").put(ADDRESS, json=_body(target), headers=OWN_PAGE)

    assert db.session.scalars(select(PushSubscription.person_id)).all() == [cast["ben"]]


def test_nobody_ends_it_for_somebody_else(as_, service, kept):
    target = service.subscribe("ana").target
    as_("ana").put(ADDRESS, json=_body(target), headers=OWN_PAGE)

    as_("ben").delete(ADDRESS, json={"endpoint": target.endpoint}, headers=OWN_PAGE)

    assert kept() == [target.endpoint]


def test_an_eleventh_replaces_the_one_that_was_quiet_for_longest(service, cast, kept, now, db):
    phones = [service.subscribe(str(number)).target for number in range(11)]
    for number, target in enumerate(phones[:10]):
        operations.subscribe(person_id=cast["ana"], target=target, browser="", now=now + timedelta(minutes=number))
    first = db.session.scalars(select(PushSubscription).order_by(PushSubscription.id)).first()
    first.sent_at = now + timedelta(hours=1)  # the oldest, and still in use
    db.session.commit()

    operations.subscribe(person_id=cast["ana"], target=phones[10], browser="", now=now + timedelta(hours=2))

    assert kept() == [each.endpoint for each in [phones[0], *phones[2:]]]


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://push.example/1"},
        {"endpoint": "http://127.0.0.1:1/push"},
        {"endpoint": "https://fcm.googleapis.com.example/x"},
        {"p256dh": "A" * 87},
        {"p256dh": "nonsense"},
        {"auth": "A"},
        {"auth": ""},
    ],
    ids=str,
)
def test_what_cannot_be_sent_to_is_not_kept(as_, service, kept, change):
    target = replace(service.subscribe("ana").target, **change)

    answer = as_("ana").put(ADDRESS, json=_body(target), headers=OWN_PAGE)

    assert (answer.status_code, answer.json["code"]) == (422, "unusable_subscription")
    assert "noch einmal" in answer.json["detail"]
    assert (kept(), service.connections) == ([], 0)


def test_only_our_own_pages_may_subscribe(as_, service, kept):
    target = service.subscribe("ana").target

    assert as_("ana").put(ADDRESS, json=_body(target)).status_code == 403
    assert kept() == []


def test_a_device_that_is_not_at_hand_is_removed_from_the_list(as_, allow, kept, db, cast):
    allow()
    number = db.session.scalar(select(PushSubscription.id))
    db.session.rollback()
    path = f"/profil/nachrichten/geraete/{number}/entfernen"

    assert as_("ben").submit(path).status_code == 404
    assert "entfernt" in _removed(as_("ana"), path)
    assert kept() == []


def _removed(browser, path):
    return browser.get(browser.submit(path).location).text


@pytest.mark.parametrize("what", ["/profil/ueberall-abmelden", "/profil/loeschen"])
def test_whoever_leaves_everywhere_is_reached_nowhere(as_, allow, kept, what):
    allow()
    allow("ben")

    as_("ana").submit(what, {"confirm": "ja"})

    assert len(kept()) == 1


def test_a_trial_arrives_and_says_so(as_, allow, pushing, now):
    phone, ana = allow(), as_("ana")
    made = ana.post(f"{ADDRESS}/trials", json={"endpoint": phone.target.endpoint}, headers=OWN_PAGE).json
    assert made["state"] == "waiting"

    pushing(now)

    assert phone.titles == ["Es klappt"]
    assert ana.get(f"{ADDRESS}/trials/{made['trial']}").json["state"] == "sent"
    assert as_("ben").get(f"{ADDRESS}/trials/{made['trial']}").status_code == 404


@pytest.mark.parametrize(("behave", "state"), [(410, "gone"), (400, "refused"), (503, "deferred")])
def test_a_trial_that_does_not_arrive_says_why(as_, allow, pushing, now, behave, state):
    phone, ana = allow(behave=behave), as_("ana")
    made = ana.post(f"{ADDRESS}/trials", json={"endpoint": phone.target.endpoint}, headers=OWN_PAGE).json

    assert pushing(now) == []

    assert ana.get(f"{ADDRESS}/trials/{made['trial']}").json["state"] == state


def test_a_trial_is_of_no_use_two_minutes_later(as_, allow, pushing, now):
    phone, ana = allow(), as_("ana")
    ana.post(f"{ADDRESS}/trials", json={"endpoint": phone.target.endpoint}, headers=OWN_PAGE)

    pushing(now + timedelta(minutes=3))

    assert phone.titles == []


def test_trials_go_to_own_phones_and_not_without_end(as_, allow, db):
    phone = allow()
    body = {"endpoint": phone.target.endpoint}
    refused = as_("ben").post(f"{ADDRESS}/trials", json=body, headers=OWN_PAGE)
    assert (refused.status_code, refused.json["code"]) == (409, "not_subscribed")

    statuses = [as_("ana").post(f"{ADDRESS}/trials", json=body, headers=OWN_PAGE).status_code for _ in range(11)]

    assert statuses == [200] * 10 + [429]
    assert db.session.scalar(select(func.count(Message.id))) == 10
