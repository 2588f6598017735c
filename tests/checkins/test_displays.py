"""Displays whose code changes prove presence for the time that a phone claims, even for one that was offline."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.audit.models import AuditEntry
from app.checkins import codes, operations, queries, windows
from app.checkins.models import Checkin, Display
from app.checkins.operations.displays import ClockWrong
from app.errors import NotFound
from app.extensions import db
from app.spaces.models import Space
from tests.conftest import ROOT
from tests.phones import ORIGIN

VECTORS = json.loads((ROOT / "tests" / "vectors" / "windows.json").read_text("utf-8"))
WINDOW, MINUTE, HOUR, DAY = timedelta(seconds=30), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def display(space, now):
    return operations.make_display(space_id=space.id, name="Tablet am Eingang", actor="shell", now=now - DAY)


def _shown(display, at):
    return f"{ORIGIN}/C/{display.code}/{windows.mark(display.key, windows.window_at(at))}".upper()


def _row():
    db.session.rollback()
    return db.session.query(Checkin).order_by(Checkin.id.desc()).first()


@pytest.mark.parametrize("one", VECTORS["marks"])
def test_marks_are_what_displays_show(one):
    assert windows.mark(bytes.fromhex(one["key"]), one["window"]) == one["mark"]
    assert windows.mark_in(one["address"]) == one["mark"]


@pytest.mark.parametrize("one", VECTORS["times"])
def test_windows_change_every_30_seconds(one):
    assert windows.window_at(datetime.fromtimestamp(one["ms"] / 1000, UTC)) == one["window"]


@pytest.mark.parametrize("one", VECTORS["texts"])
def test_the_mark_is_found_where_a_phone_finds_the_code(one):
    assert windows.mark_in(one["text"]) == one["mark"]
    assert codes.read(one["text"], VECTORS["origin"]).code == one["code"]


def test_row_36_the_code_of_a_display_proves_presence_at_the_claimed_time(phone, display, book, now):
    """Also for a phone that was offline for a day: what counts is the time of the scan."""
    booking = book()
    scan = phone.scan(_shown(display, now), now)
    with time_machine.travel(now + DAY, tick=False):
        verdict = phone.send(scan)[0]
    assert (verdict["verdict"], verdict["evidence"], verdict["booking"]) == ("accepted", "display", str(booking.uuid))
    assert _row().display_id is not None


@pytest.mark.parametrize(("windows_off", "is_right"), [(-3, False), (-2, True), (0, True), (2, True), (3, False)])
def test_row_36_two_windows_before_and_after_are_right(phone, display, book, now, windows_off, is_right):
    book()
    verdict = phone.send(phone.scan(_shown(display, now + windows_off * WINDOW), now))[0]
    expected = ("accepted", None, "display") if is_right else ("flagged", "wrong_window", "sign")
    assert (verdict["verdict"], verdict["reason"], verdict["evidence"]) == expected


def test_row_36_a_photo_of_the_display_is_worth_a_posted_sign_later(phone, display, book, now):
    book()
    photo = _shown(display, now - HOUR)
    verdict = phone.send(phone.scan(photo, now))[0]
    assert (verdict["reason"], verdict["evidence"]) == ("wrong_window", "sign")


def test_row_36_control_without_the_window_any_photo_would_prove_presence(phone, display, book, now, monkeypatch):
    monkeypatch.setattr(windows, "is_right", lambda *_: True)
    book()
    assert phone.send(phone.scan(_shown(display, now - HOUR), now))[0]["evidence"] == "display"


def test_a_display_without_its_changing_part_proves_nothing(phone, display, book, now):
    book()
    verdict = phone.send(phone.scan(f"{ORIGIN}/C/{display.code}", now))[0]
    assert (verdict["reason"], verdict["evidence"]) == ("wrong_window", "sign")


def test_a_display_whose_clock_is_wrong_is_understood_once_it_was_heard(phone, display, book, now):
    book()
    its_time = now + 17 * MINUTE
    mark = windows.mark(display.key, windows.window_at(its_time))
    operations.hear_display(code=display.code, mark=mark, at=its_time, now=now)
    assert phone.send(phone.scan(_shown(display, its_time), now))[0]["evidence"] == "display"
    row = db.session.query(Display).one()
    assert (row.offset_seconds, row.seen_at) == (17 * 60, now)


def test_only_the_display_itself_says_how_its_clock_goes(display, now):
    right = windows.mark(display.key, windows.window_at(now))
    for mark, at in (("00000000", now), ("ääääääää", now), (right, now + HOUR)):
        with pytest.raises(NotFound):
            operations.hear_display(code=display.code, mark=mark, at=at, now=now)
    assert db.session.query(Display).one().seen_at is None


@pytest.mark.parametrize("off", [-401 * DAY, 401 * DAY, -20_000 * DAY])
def test_a_display_whose_clock_was_never_set_is_told_so_and_not_that_it_was_stopped(display, now, off):
    at = now + off
    mark = windows.mark(display.key, windows.window_at(at))
    with pytest.raises(ClockWrong):
        operations.hear_display(code=display.code, mark=mark, at=at, now=now)
    with pytest.raises(NotFound):  # nobody else learns that there is one
        operations.hear_display(code=display.code, mark="00000000", at=at, now=now)
    assert db.session.query(Display).one().seen_at is None


def test_a_display_that_was_stopped_proves_nothing_more(phone, display, book, space, now):
    book()
    shown = queries.displays_of(space.id)[0]
    operations.revoke_display(display_id=shown.id, space_id=space.id, actor="shell", now=now - HOUR)
    before = phone.scan(_shown(display, now - 2 * HOUR), now - 2 * HOUR)
    after = phone.scan(_shown(display, now), now, kind="check_out")
    assert [each["evidence"] for each in phone.send(before, after)] == ["display", "sign"]
    mark = windows.mark(display.key, windows.window_at(now))
    with pytest.raises(NotFound):
        operations.hear_display(code=display.code, mark=mark, at=now, now=now)
    with pytest.raises(NotFound):
        operations.revoke_display(display_id=shown.id, space_id=space.id + 1, actor="shell", now=now)


def test_phones_recognise_the_displays_of_their_spaces(phone, display, sign, book):
    book()
    hashes = phone.client.get("/api/v1/me/snapshot").json["spaces"]["kontor"]
    assert hashes["sign_hashes"] == [codes.hash_of(sign.code), codes.hash_of(display.code)]
    assert len(hashes["short_sign_hashes"]) == 1


def test_phones_learn_of_a_new_display(phone, space, book, now):
    book()
    etag = phone.client.get("/api/v1/me/snapshot").headers["ETag"]
    operations.make_display(space_id=space.id, name="Neu", actor="shell", now=now)
    assert phone.client.get("/api/v1/me/snapshot", headers={"If-None-Match": etag}).status_code == 200


def test_each_change_is_in_the_audit(display, space, now):
    shown = queries.displays_of(space.id)[0]
    for _ in range(2):
        operations.revoke_display(display_id=shown.id, space_id=space.id, actor="shell", now=now)
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["new_display", "revoke_display"]


def test_the_check_ins_of_each_sign_and_display_are_counted(phone_of, code, display, sign, book, space, now):
    book("ana")
    book("ben")
    ana, ben = phone_of("ana"), phone_of("ben")
    ana.send(ana.scan(_shown(display, now), now))
    ben.send(ben.scan(code, now), ben.scan(code, now + MINUTE), ben.scan("x"))
    found = queries.brought(space.id)
    shown = queries.displays_of(space.id)[0]
    assert (found.signs, found.displays) == ({sign.id: 1}, {shown.id: 1})


def test_there_is_no_display_for_an_unknown_space(app, now):
    with pytest.raises(NotFound):
        operations.make_display(space_id=99, name="x", actor="shell", now=now)
    assert db.session.query(Space).count() == 0
