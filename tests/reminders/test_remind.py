"""When people are reminded of a booking, and when not."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select

from app.bookings import operations as bookings
from app.extensions import db as database
from app.messages.models import Message
from app.messages.topics import CHECK_IN, EVENING, HOUR
from app.reminders import operations, queries
from app.reminders.models import LATE, NEEDLESS, TOLD, Choice, Reminder
from tests import factories

MINUTE = timedelta(minutes=1)
WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def choose(db, cast):
    def choose(person, topic, way):
        db.session.merge(Choice(person_id=cast[person], topic=topic, way=way))
        db.session.commit()

    return choose


def _fates(db):
    db.session.rollback()
    return sorted((row.kind, row.fate) for row in db.session.scalars(select(Reminder)))


def test_the_evening_before_at_six_on_the_clock_of_the_space(worker, book, local, now):
    book(at=now)
    assert worker.at(now) == ["ana: Gebucht: Mi., 25. Nov., Kontor"]
    assert worker.at(local("2026-11-24 17:59")) == []
    assert worker.at(local("2026-11-24 18:00")) == ["ana: Morgen: dein Platz in Nottuln"]
    assert worker.at(local("2026-11-24 18:01")) == []
    text = worker.letters.mails[-1].get_body(("plain",)).get_content()
    assert "Mittwoch, 25. November 2026, vormittags" in text
    assert "Sag bitte ab" in text


def test_another_clock_has_its_own_evening(worker, book, local, now, app):
    factories.make_space("lissabon", timezone="Europe/Lisbon")
    book(at=now, slug="lissabon")
    book("ben", at=now)
    worker.at(now)
    assert worker.at(local("2026-11-24 18:00")) == ["ben: Morgen: dein Platz in Nottuln"]
    assert worker.at(local("2026-11-24 18:59")) == []
    assert worker.at(local("2026-11-24 18:00", "Europe/Lisbon")) == ["ana: Morgen: dein Platz in Nottuln"]


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        # The clock changes in the night before these Mondays, which are a day after the Sundays of the change.
        (date(2028, 3, 27), "2028-03-26 17:59", "2028-03-26 18:00"),
        (date(2028, 10, 30), "2028-10-29 17:59", "2028-10-29 18:00"),
    ],
)
def test_six_is_six_when_the_clock_changes(worker, book, local, day, first, last):
    factories.make_space("sonntags", hours=dict.fromkeys(range(7), (480, 780, 1080)))
    book(day=day, at=local(first) - timedelta(days=3), slug="sonntags")
    sunday = day - timedelta(days=1)
    book("ben", sunday, at=local(first) - timedelta(days=3), slug="sonntags")
    worker.at(local(first) - timedelta(days=3))
    saturday = sunday - timedelta(days=1)
    assert worker.at(local(f"{saturday} 17:59")) == []
    assert worker.at(local(f"{saturday} 18:00")) == ["ben: Morgen: dein Platz in Nottuln"]
    assert worker.at(local(first)) == []
    assert worker.at(local(last)) == ["ana: Morgen: dein Platz in Nottuln"]


def test_who_books_after_the_reminder_was_due_needs_none(worker, book, local, db):
    at = local("2026-11-24 18:00")
    book(at=at)
    worker.at(at)
    assert worker.at(at + MINUTE) == []
    assert (EVENING, NEEDLESS) in _fates(db)


def test_a_cancelled_booking_withdraws_its_reminder(worker, book, local, now, cast):
    booking = book(at=now)
    worker.at(now)
    bookings.cancel(booking_uuid=booking.uuid, person_id=cast["ana"], now=now)
    worker.at(now)
    assert worker.at(local("2026-11-24 18:00")) == []


def test_one_that_waits_for_the_mail_server_is_withdrawn_too(worker, book, local, now, cast):
    at = local("2026-11-24 18:00")
    booking = book(at=now)
    worker.at(now)
    worker.letters.is_down = True
    assert worker.at(at) == []
    bookings.cancel(booking_uuid=booking.uuid, person_id=cast["ana"], now=at + MINUTE)
    worker.letters.is_down = False
    assert worker.at(at + 2 * MINUTE) == ["ana: Abgesagt: Mi., 25. Nov., Kontor"]
    assert (
        database.session.scalar(select(func.count()).where(Message.kind == EVENING, Message.due_at.is_not(None))) == 0
    )


def test_it_says_what_is_true_when_it_goes_out(worker, book, local, now):
    book(at=now)
    worker.at(now)
    worker.letters.is_down = True
    worker.at(local("2026-11-24 18:00"))
    worker.letters.is_down = False
    assert worker.at(local("2026-11-25 06:00")) == ["ana: Heute: dein Platz in Nottuln"]


def test_the_hour_and_the_check_in_come_by_mail_only_where_somebody_wants_that(worker, book, local, now, choose):
    book(at=now)
    book("ben", at=now)
    worker.at(now)
    choose("ben", "hour", "mail")
    choose("ben", "check_in", "both")
    worker.at(local("2026-11-24 18:00"))
    assert worker.at(local("2026-11-25 06:59")) == []
    assert worker.at(local("2026-11-25 07:00")) == ["ben: Um 08:00: dein Platz in Nottuln"]
    assert worker.at(local("2026-11-25 07:59")) == []
    assert worker.at(local("2026-11-25 08:00")) == ["ben: Jetzt einchecken? Dein Platz in Nottuln"]


def test_nothing_at_all_is_a_choice(worker, book, local, now, choose, db):
    for topic in ("confirmation", "evening"):
        choose("ana", topic, "none")
    book(at=now)
    assert worker.at(now) == []
    assert worker.at(local("2026-11-24 18:00")) == []
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_worker_that_was_down_sends_what_is_of_use_drops_the_rest_and_says_so(worker, book, local, now, db, caplog):
    caplog.set_level(logging.WARNING, "app.jobs.reminding")
    book(at=now)
    book("ben", date(2026, 11, 26), at=now)
    worker.at(now)
    assert worker.at(local("2026-11-25 18:30")) == ["ben: Morgen: dein Platz in Nottuln"]
    assert _fates(db) == [(CHECK_IN, LATE), (EVENING, LATE), (EVENING, TOLD), (HOUR, LATE)]
    assert "3 reminders came too late" in caplog.text


def test_a_reminder_is_decided_once_though_two_workers_found_it(book, local, now, db):
    book(at=now)
    at = local("2026-11-24 18:00")
    page = queries.due(EVENING, at, after=(at, 0))
    assert [operations.remind(found=page.found, now=at).told for _ in range(2)] == [1, 0]
    assert db.session.scalar(select(func.count()).where(Message.kind == EVENING)) == 1


def test_many_are_looked_at_page_by_page(book, local, now, monkeypatch, cast):
    monkeypatch.setattr("app.reminders.queries.starting.BATCH", 2)
    for person in ("ana", "ben", "cleo"):
        book(person, at=now)
    at = local("2026-11-24 18:00")
    found, after = [], (at, 0)
    while after is not None:
        page = queries.due(EVENING, at, after=after)
        found += page.found
        after = page.after
    assert {each.person_id for each in found} == {cast["ana"], cast["ben"], cast["cleo"]}
    assert len(found) == 3


def test_only_the_index_on_the_start_is_read(book, local, now, db):
    book(at=now)
    at = local("2026-11-24 18:00")
    seen = []

    def remember(connection, cursor, statement, parameters, *_):
        del connection, cursor
        if "reminders" in statement:
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", remember)
    queries.due(EVENING, at, after=(at, 0))
    event.remove(db.engine, "before_cursor_execute", remember)
    [(statement, parameters)] = seen
    if db.engine.dialect.name == "postgresql":
        db.session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters).all()
    else:
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert "ix_bookings_starts_at" in str(plan), plan
