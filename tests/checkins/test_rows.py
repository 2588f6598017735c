"""The fault table, row by row, as the server sees it. Every row that promises "none" has a control that finds some."""

import itertools
import random
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import time_machine
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine
from sqlalchemy import event as listening
from sqlalchemy.exc import DataError, OperationalError

from app.checkins import intake, operations, queries
from app.checkins.models import Checkin, Device
from app.extensions import db
from tests import factories

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def _count():
    db.session.rollback()
    return db.session.query(Checkin).count()


def _clear():
    db.session.rollback()
    db.session.query(Checkin).delete()
    db.session.query(Device).delete()
    db.session.commit()


def _together(calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(call) for call in calls]]


def _drop_the_key():
    db.session.rollback()
    with db.engine.begin() as connection:
        operations_ = Operations(MigrationContext.configure(connection))
        with operations_.batch_alter_table("checkins") as table:
            table.drop_constraint("uq_checkins_event_id", type_="unique")


@pytest.fixture
def forgetful(monkeypatch):
    """Let the server look for known events and find none."""
    monkeypatch.setattr(queries, "records", lambda *_: [])


def test_row_01_the_same_scan_pressed_twice_counts_once(phone, code, book, now):
    book()
    first, second = phone.scan(code, now - MINUTE), phone.scan(code, now)
    verdicts = phone.send(first, second)
    assert [each["reason"] for each in verdicts] == [None, "duplicate"]
    assert verdicts[1]["duplicate_of"] == first["id"]


def test_row_02_two_phones_both_offline_are_one_check_in_in_every_order(phone_of, code, book, state, now):
    book()
    one, other = phone_of("ana"), phone_of("ana")
    scans = [
        (one, one.scan(code, now - 9 * MINUTE, id=str(uuid.UUID(int=3)))),
        (other, other.scan(code, now - 9 * MINUTE, id=str(uuid.UUID(int=2)))),
        (one, one.scan(code, now - 4 * MINUTE, id=str(uuid.UUID(int=1)))),
        (other, other.scan(code, now - 3 * MINUTE, id=str(uuid.UUID(int=4)))),
    ]
    results = []
    for order in itertools.permutations(scans):
        _clear()
        for phone, scan in order:
            phone.send(scan)
        results.append(state())
        verdicts = {row.event_id.int: (row.verdict, row.duplicate_of) for row in db.session.query(Checkin)}
        winner = uuid.UUID(int=2)
        assert verdicts == {2: ("accepted", None)} | dict.fromkeys((1, 3, 4), ("flagged", winner))
    assert all(result == results[0] for result in results)


def test_row_03_same_event_ten_times(phone, code, book):
    book()
    event = phone.scan(code)
    answers = [phone.post(phone.batch([event])) for _ in range(10)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert _count() == 1


@pytest.mark.concurrency
def test_row_03_same_event_ten_times_at_once(phone_of, code, book):
    book()
    phones = [phone_of("ana") for _ in range(10)]
    event = phones[0].scan(code)
    verdicts = _together([lambda phone=phone: phone.send(event) for phone in phones])
    assert all(each == verdicts[0] for each in verdicts)
    assert verdicts[0][0]["verdict"] == "accepted"
    assert _count() == 1


def test_row_03_the_key_alone_keeps_an_event_single(phone, code, forgetful):
    event = phone.scan(code)
    statuses = [phone.post(phone.batch([event])).status_code for _ in range(3)]
    assert statuses == [200, 500, 500]
    assert _count() == 1


def test_row_03_control_without_the_key_there_are_doubles(phone, code, forgetful):
    _drop_the_key()
    event = phone.scan(code)
    for _ in range(3):
        phone.send(event)
    assert _count() == 3


def _a_week(phone, code, other_code, now):
    """Scans of several days and two places, some of them wrong, some of them twice."""
    day = timedelta(days=1)
    scans = [
        phone.scan(code, now),
        phone.scan(code, now + SECOND),
        phone.scan(code, now + HOUR),
        phone.scan(code, now - day),
        phone.scan(code, now - day - HOUR),
        phone.scan(code, now + 8 * HOUR, kind="check_out"),
        phone.scan(code, now + 8 * HOUR + SECOND, kind="check_out"),
        phone.scan(code, now + 15 * HOUR + 30 * MINUTE),
        phone.scan(code, now + 16 * HOUR + 30 * MINUTE, kind="check_out"),
        phone.scan(other_code, now + 2 * HOUR),
        phone.scan(other_code, now - 2 * day),
        phone.scan(code, now - 3 * day),
        phone.scan("https://evil.example/", now),
        phone.scan("00WV-ZRRV-7", now),
        phone.scan(code, now, kind="nothing"),
    ]
    return scans, now + 20 * HOUR


def test_row_04_twenty_orders_end_in_the_same_state(phone, code, book, state, now):
    other = factories.make_space("halle")
    other_code = operations.replace_sign(space_id=other.id, now=factories.MADE_AT).address("http://localhost")
    for number in range(3):
        book(day=date(2026, 11, 23) - timedelta(days=number), period=("day", "morning", "afternoon")[number])
    book(day=date(2026, 11, 21), at=other)
    scans, later = _a_week(phone, code, other_code, now)
    dice = random.Random(4)
    states, answers = set(), set()
    with time_machine.travel(later, tick=False):
        for _ in range(20):
            _clear()
            dice.shuffle(scans)
            rest = list(scans)
            while rest:
                size = dice.randint(1, 4)
                phone.send(*rest[:size])
                rest = rest[size:]
            states.add(repr(state()))
            verdicts = phone.send(*sorted(scans, key=lambda scan: scan["id"]))
            answers.add(repr(verdicts))
    assert len(states) == 1
    assert len(answers) == 1
    assert "'no_booking'" in answers.pop()


def test_row_04_a_gap_is_told_until_it_is_filled_and_blocks_nothing(phone, code, book):
    book()
    first, second, third = (phone.scan(code) for _ in range(3))
    answer = phone.post(phone.batch([third])).json
    assert (answer["missing"], answer["verdicts"][0]["verdict"]) == ([1, 2], "accepted")
    assert phone.post(phone.batch([first])).json["missing"] == [2]
    assert phone.post(phone.batch([second])).json["missing"] == []


@pytest.mark.parametrize("index", range(5))
def test_row_05_poison_at_each_index(phone, code, book, index):
    book()
    batch = [phone.scan(code) for _ in range(5)]
    batch[index]["seq"] = "poison"
    verdicts = phone.send(*batch)
    assert [each["reason"] == "malformed" for each in verdicts] == [number == index for number in range(5)]
    assert [each["id"] for each in verdicts] == [each["id"] for each in batch]
    assert [each["verdict"] for each in verdicts].count("accepted") == 1
    assert _count() == 5


@pytest.fixture
def indigestible():
    """Let the database refuse to store one event as what it is."""
    refused = set()

    def look(connection, cursor, statement, parameters, *_):
        if statement.startswith("INSERT INTO checkins") and any(
            name in re.sub("-", "", repr(parameters)) for name in refused if "'check_in'" in repr(parameters)
        ):
            raise DataError(statement, parameters, ValueError("indigestible"))

    listening.listen(Engine, "before_cursor_execute", look)
    yield refused
    listening.remove(Engine, "before_cursor_execute", look)


@pytest.mark.parametrize("index", [0, 3, 6])
def test_row_05_what_the_database_refuses_falls_out_and_the_others_stay(
    phone, code, book, index, indigestible, caplog, now
):
    book()
    batch = [phone.scan(code, now - (9 - number) * MINUTE) for number in range(7)]
    poison = batch[index]["id"]
    indigestible.add(uuid.UUID(poison).hex)
    verdicts = phone.send(*batch)
    assert [each["id"] for each in verdicts if each["reason"] == "malformed"] == [poison]
    assert _count() == 7
    row = db.session.query(Checkin).filter_by(event_id=uuid.UUID(poison)).one()
    assert (row.kind, row.verdict, row.seq) == (None, "rejected", index + 1)
    assert poison in row.body
    assert f"event {poison} cannot be recorded" in caplog.text
    db.session.rollback()
    assert phone.send(*batch) == verdicts


def test_row_05_control_in_one_piece_the_good_ones_would_be_lost(phone, code, indigestible, monkeypatch):
    def in_one_piece(arrival, entries):
        return operations.record_batch(arrival=arrival, entries=entries)

    monkeypatch.setattr(intake, "receive", in_one_piece)
    batch = [phone.scan(code) for _ in range(7)]
    indigestible.add(uuid.UUID(batch[3]["id"]).hex)
    assert phone.post(phone.batch(batch)).status_code == 500
    assert _count() == 0


@pytest.fixture
def lost_answers(app, monkeypatch):
    """Lose some answers after everything is committed."""
    dice = random.Random(6)
    view = app.view_functions["checkins.post_checkins"]
    lost = []

    def answer_or_not():
        response = view()
        if dice.random() < 0.3:
            lost.append(response)
            raise ConnectionError
        return response

    answer_or_not.access = view.access
    monkeypatch.setitem(app.view_functions, "checkins.post_checkins", answer_or_not)
    return lost


def _send_until_answered(phone, scans, *, anew=None):
    """Send as phones do; `anew` changes an event before it is sent again, which no phone does."""
    answered = {}
    while len(answered) < len(scans):
        waiting = [scan for scan in scans if scan["seq"] not in answered][:4]
        response = phone.post(phone.batch(waiting))
        if response.status_code == 200:
            answered |= {scan["seq"]: each for scan, each in zip(waiting, response.json["verdicts"], strict=True)}
        elif anew:
            for scan in waiting:
                scan.update(anew())
    return answered


def test_row_06_a_lost_answer_is_given_again(phone, code, book, lost_answers, state):
    book()
    scans = [phone.scan(code) for _ in range(60)]
    answered = _send_until_answered(phone, scans)
    assert len(lost_answers) >= 3
    assert _count() == 60
    stored = {row.seq: (row.verdict, row.reason) for row in db.session.query(Checkin)}
    db.session.rollback()
    assert {verdict for verdict, reason in stored.values() if reason != "duplicate"} == {"accepted"}
    before = state()
    assert set(_send_until_answered(phone, scans)) == set(answered)
    assert state() == before


def test_row_06_control_phones_that_make_new_ids_would_leave_doubles(phone, code, lost_answers):
    scans = [phone.scan(code) for _ in range(60)]
    _send_until_answered(phone, scans, anew=lambda: {"id": str(uuid.uuid4())})
    assert len(lost_answers) >= 3
    assert _count() > 60


@pytest.fixture
def broken_database():
    """Let the database fail at the last moment before the commit, as long as there are errors to raise."""
    errors = []

    def look(connection, cursor, statement, parameters, *_):
        if errors and statement.startswith("INSERT INTO devices"):
            raise OperationalError(statement, parameters, errors.pop())

    listening.listen(Engine, "before_cursor_execute", look)
    yield errors
    listening.remove(Engine, "before_cursor_execute", look)


def test_row_07_what_fails_before_the_commit_leaves_nothing_and_may_come_again(phone, code, book, broken_database):
    book()
    event = phone.scan(code)
    broken_database.append(Exception("malformed database schema"))
    failed = phone.post(phone.batch([event]))
    assert (failed.status_code, failed.json["code"]) == (500, "internal_error")
    broken_database.append(Exception("disk I/O error"))
    full = phone.post(phone.batch([event]))
    assert (full.status_code, full.json["code"]) == (503, "storage_full")
    assert _count() == 0
    assert phone.send(event)[0]["verdict"] == "accepted"
    assert _count() == 1


def test_row_07_a_busy_database_is_tried_again_and_then_says_when(phone, code, book, broken_database):
    book()
    event = phone.scan(code)
    broken_database += [Exception("database is locked")] * 4
    assert phone.send(event)[0]["verdict"] == "accepted"
    broken_database += [Exception("database is locked")] * 5
    busy = phone.post(phone.batch([phone.scan(code)]))
    assert (busy.status_code, busy.json["code"], busy.headers["Retry-After"]) == (503, "busy", "5")
    assert _count() == 1


def test_row_09_only_our_own_json_answers_200(app, phone, code):
    good = phone.post(phone.batch([event := phone.scan(code)]))
    assert (good.status_code, good.mimetype) == (200, "application/json")
    assert (good.json["schema"], [each["id"] for each in good.json["verdicts"]]) == (1, [event["id"]])
    phone.client = app.test_client()
    stranger = phone.post(phone.batch([event]))
    assert (stranger.status_code, stranger.mimetype) == (401, "application/problem+json")
    moved = phone.client.post("/api/v2/checkins", json={})
    assert (moved.status_code, moved.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("at", "day", "is_booked"),
    [
        ("2026-11-23T22:59:59.000Z", date(2026, 11, 23), True),
        ("2026-11-23T22:59:59.999Z", date(2026, 11, 23), True),
        ("2026-11-23T23:00:00.000Z", date(2026, 11, 24), False),
    ],
)
def test_row_15_the_day_is_that_of_the_spaces_clock(phone, code, book, at, day, is_booked, now, db):
    booking = book(ends_at=now + 16 * HOUR)  # until midnight
    with time_machine.travel(now + 20 * HOUR, tick=False):
        (verdict,) = phone.send(phone.scan(code, captured_at=at))
    assert verdict["booking"] == (str(booking.uuid) if is_booked else None)
    assert db.session.query(Checkin).one().local_date == day


def test_row_15_a_stay_over_midnight_is_one_stay(phone, code, book, now, db):
    booking = book(ends_at=now + 16 * HOUR)
    with time_machine.travel(now + 20 * HOUR, tick=False):
        leaving = phone.scan(code, now + 16 * HOUR + 5 * MINUTE, kind="check_out")
        (early,) = phone.send(leaving)
        assert early["reason"] == "no_booking"
        phone.send(phone.scan(code, now + 15 * HOUR))
        (late,) = phone.send(leaving)
    assert (late["verdict"], late["booking"]) == ("accepted", str(booking.uuid))
    assert [row.local_date.day for row in db.session.query(Checkin).order_by(Checkin.effective_at)] == [23, 24]


def test_row_15_the_zone_is_that_of_the_space_not_of_the_phone_or_the_server(phone, now, db):
    far = factories.make_space("fern", timezone="Pacific/Auckland")
    code = operations.replace_sign(space_id=far.id, now=factories.MADE_AT).short_code
    with time_machine.travel(now + 4 * HOUR, tick=False):
        phone.send(phone.scan(code, now + 3 * HOUR + 59 * MINUTE), phone.scan(code, now + 4 * HOUR))
    assert [row.local_date.day for row in db.session.query(Checkin).order_by(Checkin.effective_at)] == [23, 24]


def test_row_25_events_of_one_person_cannot_be_sent_by_another(phone_of, code, book, db, cast):
    book("ana")
    book("ben")
    ana, ben = phone_of("ana"), phone_of("ben")
    event = ana.scan(code)
    shared_phone = ben.client
    ana_again, ana.client = ana.client, shared_phone
    refused = ana.post(ana.batch([event]))
    assert (refused.status_code, refused.json["code"]) == (401, "other_person")
    assert _count() == 0
    ana.client = ana_again
    assert ana.send(event)[0]["verdict"] == "accepted"
    db.session.rollback()
    assert [row.person_id for row in db.session.query(Checkin)] == [cast["ana"]]


@pytest.mark.concurrency
def test_row_30_two_tabs_that_send_the_same_store_it_once(phone_of, code, book):
    book()
    tabs = [phone_of("ana") for _ in range(4)]
    scans = [tabs[0].scan(code) for _ in range(50)]
    orders = [scans, scans[::-1], scans[25:] + scans[:25], scans[:25]]
    answers = _together(
        [lambda tab=tab, order=order: tab.send(*order) for tab, order in zip(tabs, orders, strict=True)]
    )
    assert _count() == 50
    verdicts = [{each["id"]: each for each in answer} for answer in answers]
    assert len(verdicts[0]) == 50
    assert all(each == {name: verdicts[0][name] for name in each} for each in verdicts)


@pytest.mark.concurrency
def test_row_30_control_without_key_and_memory_two_tabs_leave_doubles(phone_of, code, forgetful):
    _drop_the_key()
    tabs = [phone_of("ana") for _ in range(2)]
    scans = [tabs[0].scan(code) for _ in range(20)]
    _together([lambda tab=tab: tab.send(*scans) for tab in tabs])
    assert _count() == 40


def test_row_34_somebody_else_who_replays_a_captured_upload_changes_and_learns_nothing(phone_of, code, book, state):
    book("ana")
    book("ben")
    ana, ben = phone_of("ana"), phone_of("ben")
    event = ana.scan(code)
    ana.send(event)
    before = state()
    assert ben.send(event)[0]["reason"] == "id_reused"
    assert state() == before
