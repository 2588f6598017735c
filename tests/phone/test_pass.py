"""The pass of a booking: in the snapshot while it is needed, and what its address opens."""

import re
from datetime import date, timedelta

import pytest
import time_machine

from app.bookings.models import Booking
from app.checkins import keys, operations, passes, queries
from app.spaces.models import Seat
from tests.phones import ORIGIN

DAY = timedelta(days=1)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def live(app, now):
    """The keys are made, as at every start."""
    return operations.make_keys(folder=app.config["NAHPLATZ"].keys_dir, now=now)


@pytest.fixture
def told(phone):
    """Bookings as the phone gets them, by uuid."""

    def get(**headers):
        answer = phone.client.get("/api/v1/me/snapshot", headers=headers)
        return {each["uuid"]: each for each in answer.json["bookings"]}

    return get


def _content(address, live):
    reading = passes.check(address, ORIGIN, {key.kid: key.public_key for key in live})
    assert reading.verdict == "valid"
    return reading.content


def test_it_says_which_booking_where_and_when_and_nothing_else(live, told, book, space):
    booking = book()
    address = told()[str(booking.uuid)]["pass"]

    assert address.startswith("HTTP://LOCALHOST/P/2")
    assert _content(address, live) == passes.Pass(
        kid=live[0].kid,
        booking=booking.uuid.bytes[8:],
        space=space.id,
        seat=1,
        start_minute=int(booking.starts_at.timestamp()) // 60,
        duration=600,
    )


def test_only_bookings_of_the_next_days_have_one(live, told, book):
    days = [0, 1, 13, 14, 15, 40]
    bookings = {day: book(day=MONDAY + day * DAY) for day in days}
    found = told()

    assert {day for day in days if found[str(bookings[day].uuid)]["pass"]} == {0, 1, 13}


def test_what_is_over_or_has_ended_has_none(live, told, book, now):
    over = book(day=MONDAY - 3 * DAY)
    cancelled = book(day=MONDAY + DAY, ended_at=now, ended_reason="cancelled")
    found = told()

    assert (found[str(over.uuid)]["pass"], found[str(cancelled.uuid)]["pass"]) == (None, None)


def test_it_is_the_same_every_time_so_that_the_picture_does_not_change(live, told, book, now):
    booking = book()
    first = told()
    with time_machine.travel(now + timedelta(hours=3), tick=False):
        assert told()[str(booking.uuid)]["pass"] == first[str(booking.uuid)]["pass"]


def test_another_seat_is_the_same_booking_with_another_pass(live, told, book, db):
    booking = book()
    before = _content(told()[str(booking.uuid)]["pass"], live)
    second = db.session.query(Seat).filter_by(number=2).one()
    db.session.query(Booking).update({"seat_id": second.id})
    db.session.commit()
    after = _content(told()[str(booking.uuid)]["pass"], live)

    assert (before.booking, before.seat, after.seat) == (after.booking, 1, 2)


def test_without_the_file_of_the_key_nothing_else_breaks_and_it_comes_back_with_the_file(
    app, live, told, book, now, phone
):
    booking = book()
    path = keys.file_of(app.config["NAHPLATZ"].keys_dir, live[0].kid, live[0].public_key)
    away = path.rename(path.with_suffix(".away"))
    first = phone.client.get("/api/v1/me/snapshot")
    assert (first.status_code, first.json["bookings"][0]["pass"]) == (200, None)
    away.rename(path)
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        assert told(**{"If-None-Match": first.headers["ETag"]})[str(booking.uuid)]["pass"] is not None


def test_a_new_key_is_a_new_snapshot(live, phone, book):
    book()
    first = phone.client.get("/api/v1/me/snapshot")
    with time_machine.travel(live[1].valid_from - 12 * DAY, tick=False):
        before = phone.client.get("/api/v1/me/snapshot").headers["ETag"]
    with time_machine.travel(live[1].valid_from, tick=False):
        operations.make_keys(folder=phone.client.application.config["NAHPLATZ"].keys_dir, now=live[1].valid_from)
        after = phone.client.get("/api/v1/me/snapshot").headers["ETag"]

    assert len({first.headers["ETag"], before, after}) == 3


@pytest.fixture
def address(live, told, book):
    """The path of the pass of Ana's booking today, and the booking."""
    booking = book()
    return told()[str(booking.uuid)]["pass"].removeprefix("HTTP://LOCALHOST"), booking


@pytest.mark.parametrize("spelled", [str, str.lower])
def test_it_opens_the_booking_for_its_person(address, phone, spelled):
    path, booking = address
    answer = phone.client.get(spelled(path))

    assert (answer.status_code, answer.location) == (303, f"/meine?ausweis={booking.uuid}")


@pytest.mark.parametrize("spelled", [str, str.lower])
def test_row_38_to_everybody_else_it_tells_nothing_and_asks_for_nothing(address, client, phone_of, spelled, statements):
    path, _ = address
    other = phone_of("ben").client
    statements.clear()
    pages = [client.get(spelled(path))]
    assert statements == [], "a stranger's question does not even reach the database"
    pages.append(other.get(spelled(path)))
    for page in pages:
        assert page.status_code == 200
        assert "Das ist ein Ausweis" in page.text
        main = re.search(r"<main.*</main>", page.text, re.DOTALL)[0]
        assert not re.search(r"<input|<form|Passwort|Ana|Kontor|Platz 1\b", main)
        assert 'type="password"' not in page.text
    assert len({re.sub(r'content="[^"]*"', "", page.text) for page in pages}) == 1, "and the same to all of them"


@pytest.mark.parametrize(
    "path",
    ["/P/x", "/P/0", "/P/22", "/p/" + "2" * 140, "/P/" + "2" * 139 + "!", "/P/a/b", "/P/" + "2" * 5000],
    ids=lambda path: f"{path[:8]} {len(path)}",
)
def test_what_is_no_pass_says_what_to_do(client, path):
    page = client.get(path)

    assert page.status_code == 404
    assert "nicht lesbar" in page.text
    assert "noch einmal zeigen" in page.text


def test_a_pass_of_a_cancelled_booking_still_leads_its_person_to_the_bookings(address, phone, db, now):
    path, booking = address
    db.session.query(Booking).update({"ended_at": now, "ended_reason": "cancelled"})
    db.session.commit()

    assert phone.client.get(path).location == f"/meine?ausweis={booking.uuid}"
    assert queries.named_booking(f"{ORIGIN}{path}", ORIGIN) == booking.uuid.bytes[8:]
