"""Reminders on the lock screen: what arrives, when it does not, and what stands in for it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.bookings import operations as bookings
from app.jobs import pushing as pushing_job
from app.messages import vapid
from app.messages.models import Message
from app.reminders import operations
from app.reminders.models import Choice, PushSubscription


@pytest.fixture
def booked(book, local, worker):
    """A booking of Ana's on Wednesday morning; her confirmation is out."""
    at = local("2026-11-23 09:00")
    booking = book(at=at)
    worker.at(at)
    return booking


@pytest.fixture
def evening(local):
    return local("2026-11-24 18:00")


def test_the_reminder_comes_to_the_phone_and_not_by_mail(booked, allow, pushing, evening, local):
    phone = allow()

    assert pushing(evening) == []

    (shown,) = phone.shown
    assert shown["title"] == "Morgen: dein Platz in Nottuln"
    assert "Ana" not in str(shown)
    assert shown["url"] == f"/buchungen/{booked.uuid}"
    assert [each["title"] for each in shown["actions"]] == ["Absagen"]
    assert shown["tag"] == f"evening-{booked.uuid}"
    letter = phone.at.inbox[0]
    assert letter.ttl == (booked.starts_at - timedelta(hours=1) - evening).total_seconds()
    assert letter.topic
    assert len(letter.topic) == 32


def test_the_hour_before_and_the_start_have_both_buttons(booked, allow, pushing, evening, local):
    phone = allow()
    pushing(evening)
    pushing(booked.starts_at - timedelta(minutes=60))
    pushing(booked.starts_at)

    assert [each["tag"].partition("-")[0] for each in phone.shown] == ["evening", "hour", "check_in"]
    assert [[each["title"] for each in one["actions"]] for one in phone.shown[1:]] == [["Einchecken", "Absagen"]] * 2
    assert {letter.urgency for letter in phone.at.inbox[1:]} == {"high"}
    assert len({letter.topic for letter in phone.at.inbox}) == 3


def test_every_phone_of_the_person_shows_it_and_nobody_elses(booked, allow, pushing, evening):
    own, second, other = allow(), allow(), allow("ben")

    pushing(evening)

    assert [len(each.shown) for each in (own, second, other)] == [1, 1, 0]


def test_a_cancelled_booking_never_rings(booked, allow, pushing, evening, cast):
    phone = allow()
    bookings.cancel(booking_uuid=booked.uuid, person_id=cast["ana"], now=evening - timedelta(minutes=1))

    pushing(evening)

    assert phone.titles == []


def test_a_push_that_waits_is_withdrawn_with_its_booking(booked, allow, pushing, evening, cast):
    phone = allow(behave=503)
    pushing(evening)
    assert phone.at.asked == 1
    bookings.cancel(booking_uuid=booked.uuid, person_id=cast["ana"], now=evening)
    phone.at.behave = 201

    pushing(evening + timedelta(minutes=5))

    assert (phone.titles, phone.at.asked) == ([], 1)


def test_a_phone_is_silent_in_quiet_hours_and_rings_after_them(book, allow, pushing, local, cast, worker):
    at = local("2026-11-23 09:00")
    booked = book(at=at)
    worker.at(at)
    operations.choose(person_id=cast["ana"], ways={}, quiet=(17 * 60, 6 * 60 + 30))
    phone = allow()

    pushing(local("2026-11-24 18:00"))
    assert phone.titles == []
    pushing(local("2026-11-25 06:29"))
    assert phone.titles == []
    pushing(local("2026-11-25 06:30"))

    assert phone.titles == ["Heute: dein Platz in Nottuln"]
    assert booked.starts_at > local("2026-11-25 07:30")


@pytest.mark.parametrize("status", [404, 410])
def test_a_phone_that_takes_no_more_is_forgotten_and_a_mail_stands_in(booked, allow, pushing, evening, db, status):
    allow(behave=status)

    (subject,) = pushing(evening)
    assert subject.startswith("ana: ")
    assert db.session.scalars(select(PushSubscription.id)).all() == []


def test_whoever_chose_only_the_phone_gets_no_mail_instead(booked, allow, pushing, evening, db, cast):
    operations.choose(person_id=cast["ana"], ways={"evening": "push"}, quiet=(0, 0))
    allow(behave=410)

    assert pushing(evening) == []


def test_one_of_two_phones_is_enough(booked, allow, pushing, evening):
    allow(behave=410)
    other = allow()

    assert pushing(evening) == []
    assert len(other.shown) == 1


def test_a_mail_stands_in_once_for_several_phones_that_are_gone(booked, allow, pushing, evening):
    allow(behave=410)
    allow(behave=404)

    assert len(pushing(evening)) == 1


@pytest.mark.parametrize(("status", "after"), [(429, 600), (503, 60)])
def test_a_service_that_is_busy_is_asked_again_when_it_says(booked, allow, pushing, evening, status, after):
    phone = allow(behave=status, retry_after="600" if status == 429 else "")
    pushing(evening)
    phone.at.behave = 201

    pushing(evening + timedelta(seconds=after - 1))
    assert phone.at.asked == 1
    pushing(evening + timedelta(seconds=after))

    assert len(phone.shown) == 1


@pytest.mark.parametrize("behave", [413, 400, "redirect"])
def test_what_will_never_go_is_given_up(booked, allow, pushing, evening, db, behave, service):
    phone = allow(behave=behave)
    pushing(evening)
    pushing(evening + timedelta(hours=2))

    (message,) = db.session.scalars(select(Message).where(Message.way == "push")).all()
    assert (phone.at.asked, message.due_at, service.strayed) == (1, None, 0)
    assert message.failed_at is not None


def test_a_push_that_comes_too_late_is_dropped(booked, allow, pushing, evening):
    phone = allow(behave=503)
    pushing(evening)
    phone.at.behave = 201

    pushing(booked.starts_at - timedelta(minutes=59))

    assert [each["tag"].partition("-")[0] for each in phone.shown] == ["hour"]


def test_a_confirmation_can_come_to_the_phone(book, allow, pushing, local, cast, db):
    operations.choose(person_id=cast["ana"], ways={"confirmation": "both"}, quiet=(0, 0))
    phone = allow()
    at = local("2026-11-23 09:00")
    book(at=at)

    assert len(pushing(at)) == 1
    assert phone.titles == ["Gebucht: Mi., 25. Nov., Nottuln"]
    assert db.session.scalar(select(Choice.way)) == "both"


def test_the_same_push_twice_is_one_on_the_screen(booked, allow, pushing, evening, db):
    """A worker that dies between sending and writing down sends again: same tag, same topic."""
    phone = allow()
    pushing(evening)
    message = db.session.scalars(select(Message).where(Message.way == "push")).one()
    message.due_at, message.sent_at = evening, None
    db.session.commit()

    pushing(evening + timedelta(minutes=6))

    assert len(phone.shown) == 2
    assert len({each["tag"] for each in phone.shown}) == 1
    assert len({letter.topic for letter in phone.at.inbox}) == 1


def test_without_a_key_pushes_wait_and_nothing_is_claimed(booked, allow, pushing, evening, app, db, monkeypatch):
    phone = allow()
    monkeypatch.setattr(pushing_job, "KEY_SECONDS", 0)
    key = vapid.file_of(app.config["NAHPLATZ"])
    hidden = key.rename(key.with_suffix(".away"))
    pushing(evening)
    assert (phone.at.asked, db.session.scalar(select(Message.tries).where(Message.way == "push"))) == (0, 0)
    db.session.rollback()
    hidden.rename(key)

    pushing(evening + timedelta(minutes=1))

    assert len(phone.shown) == 1
