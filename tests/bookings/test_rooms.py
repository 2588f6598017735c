"""Rooms and phone booths: half-hours instead of half-days, beside the desk that somebody has."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.bookings import operations, queries
from app.bookings.models import HOURS, BookingSlot
from app.bookings.operations import Order
from app.bookings.operations.refusals import HoursClosed, TooLate, UnknownSeat
from app.bookings.queries import Wanted
from app.bookings.steps import SeatTaken
from app.spaces import queries as spaces
from tests.factories import make_people, make_seat, make_space

TUESDAY = date(2026, 11, 24)
ALL_DAY = dict.fromkeys(range(7), (0, 13 * 60, 24 * 60))
ROOM = "/orte/kontor/raum/9?date=2026-11-24"
FROM_TEN = range(20, 23)  # 10:00 to 11:30


@pytest.fixture
def space(app):
    space = make_space(seats=2, half_hour_price_cents=600)
    make_seat(space, 9, kind="room", name="Besprechungsraum", capacity=6)
    make_seat(space, 10, kind="booth", name="Telefonkabine")
    return space


@pytest.fixture
def people(space):
    return make_people(2)


@pytest.fixture
def ana(as_):
    client = as_("ana")
    client.environ_base |= {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_NAHPLATZ_CLIENT": "web"}
    return client


def _send(client, address, **fields):
    """Open the form, take its token and uuid, send it."""
    form = BeautifulSoup(client.get(address).data, "html.parser").select_one("main form[method=post]")
    hidden = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    return client.post(form["action"], data={**hidden, **fields})


def _order(half_hours: range = FROM_TEN, *, seat: int | None = 9, day: date = TUESDAY, slug: str = "kontor") -> Order:
    return Order(uuid.uuid4(), slug, day, HOURS, seat, half_hours)


def test_a_room_is_booked_by_half_hours(db, people, now):
    made = operations.book(order=_order(), person_id=people[0], now=now).booking
    assert (made.period, made.seat_number, made.price_cents) == ("hours", 9, 1800)
    assert (made.starts_at, made.ends_at) == (
        datetime(2026, 11, 24, 9, tzinfo=UTC),
        datetime(2026, 11, 24, 10, 30, tzinfo=UTC),
    )
    slots = db.session.execute(select(BookingSlot.slot, BookingSlot.person_id).order_by(BookingSlot.slot)).all()
    assert [tuple(row) for row in slots] == [(20, None), (21, None), (22, None)]


def test_a_room_and_a_desk_at_the_same_time_are_fine(people, now):
    operations.book(order=_order(), person_id=people[0], now=now)
    desk = Order(uuid.uuid4(), "kontor", TUESDAY, "day")
    assert operations.book(order=desk, person_id=people[0], now=now).booking.seat_number == 1


def test_overlapping_half_hours_are_refused_and_neighbours_are_not(people, now):
    operations.book(order=_order(), person_id=people[0], now=now)
    with pytest.raises(SeatTaken):
        operations.book(order=_order(range(22, 24)), person_id=people[1], now=now)
    operations.book(order=_order(range(23, 24)), person_id=people[1], now=now)
    operations.book(order=_order(range(18, 20)), person_id=people[1], now=now)
    operations.book(order=_order(seat=10), person_id=people[1], now=now)


def test_rooms_do_not_count_as_desks(people, now):
    operations.book(order=_order(), person_id=people[0], now=now)
    space = spaces.directory().space("kontor")
    assert queries.free_seats([space], TUESDAY, 1, now=now)[space.id][0].day == 2


@pytest.mark.parametrize("half_hours", [range(15, 17), range(35, 37), range(40, 42)])
def test_only_hours_at_which_the_place_is_open(people, now, half_hours):
    with pytest.raises(HoursClosed):
        operations.book(order=_order(half_hours), person_id=people[0], now=now)


@pytest.mark.parametrize("seat", [None, 1, 77])
def test_a_room_is_wanted_by_its_number(people, now, seat):
    with pytest.raises(UnknownSeat):
        operations.book(order=_order(seat=seat), person_id=people[0], now=now)


def test_a_desk_is_not_taken_by_the_number_of_a_room(people, now):
    with pytest.raises(UnknownSeat):
        operations.book(order=Order(uuid.uuid4(), "kontor", TUESDAY, "day", 9), person_id=people[0], now=now)


def test_a_half_hour_can_be_booked_until_it_ends(people):
    at = datetime(2026, 11, 24, 9, 29, tzinfo=UTC)  # 10:29 at the place
    assert operations.book(order=_order(), person_id=people[0], now=at).is_new
    with pytest.raises(TooLate):
        operations.book(order=_order(range(20, 23), seat=10), person_id=people[0], now=at.replace(minute=30))


def test_the_hour_that_is_skipped_in_spring_cannot_be_booked(app, people):
    night = make_space("nacht", hours=ALL_DAY)
    make_seat(night, 9, kind="room")
    at = datetime(2027, 3, 20, tzinfo=UTC)
    for half_hours in (range(4, 5), range(5, 6), range(2, 8)):
        with pytest.raises(HoursClosed):
            operations.book(order=_order(half_hours, day=date(2027, 3, 28), slug="nacht"), person_id=people[0], now=at)
    made = operations.book(order=_order(range(6, 7), day=date(2027, 3, 28), slug="nacht"), person_id=people[0], now=at)
    assert made.booking.starts_at == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_the_doubled_hour_in_autumn_is_one_slot(app, people):
    night = make_space("nacht", hours=ALL_DAY)
    make_seat(night, 9, kind="room")
    at = datetime(2027, 10, 20, tzinfo=UTC)
    made = operations.book(order=_order(range(5, 6), day=date(2027, 10, 31), slug="nacht"), person_id=people[0], now=at)
    # 2:30 the first time to 3:00, which comes an hour and a half later.
    assert made.booking.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert made.booking.ends_at == datetime(2027, 10, 31, 2, 0, tzinfo=UTC)


def test_other_hours_are_a_new_booking_in_one_step(db, people, now):
    made = operations.book(order=_order(), person_id=people[0], now=now).booking
    later = _order(range(21, 24))
    assert operations.change(booking_uuid=made.uuid, order=later, person_id=people[0], now=now) == later.uuid
    assert queries.booking_of(people[0], made.uuid).ended_reason == "moved"
    assert db.session.scalars(select(BookingSlot.slot).order_by(BookingSlot.slot)).all() == [21, 22, 23]


def test_another_room_keeps_the_booking(db, people, now):
    made = operations.book(order=_order(), person_id=people[0], now=now).booking
    same = Order(uuid.uuid4(), "kontor", TUESDAY, HOURS, 10, FROM_TEN)
    assert operations.change(booking_uuid=made.uuid, order=same, person_id=people[0], now=now) == made.uuid
    assert queries.booking_of(people[0], made.uuid).seat_number == 10
    operations.book(order=_order(), person_id=people[1], now=now)


def test_free_half_hours_follow_bookings(people, now):
    operations.book(order=_order(), person_id=people[0], now=now)
    space = spaces.directory().space("kontor")
    room = space.rooms[0]
    free = queries.free_half_hours(space, TUESDAY, now=now)[room.id]
    assert free == [16, 17, 18, 19, *range(23, 36)]
    count = queries.free_rooms([space], TUESDAY, 5, Wanted("room", range(22, 24)), now=now)[space.id]
    assert count == [0, 1, 1, 1, None]


def test_the_api_books_and_counts_rooms(ana, space):
    name = uuid.uuid4()
    body = {"space": "kontor", "date": "2026-11-24", "from": "10:00", "to": "11:30", "seat": 9}
    made = ana.put(f"/api/v1/bookings/{name}", json=body)
    assert made.status_code == 201, made.text
    assert (made.json["period"], made.json["price_cents"]) == ("hours", 1800)
    asked = "/api/v1/availability?date=2026-11-24&kind=room&from=11:00&to=12:00"
    assert ana.get(asked).json["spaces"] == [{"slug": "kontor", "free": [0]}]
    assert ana.get(asked.replace("room", "booth")).json["spaces"] == [{"slug": "kontor", "free": [1]}]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"from": None}, "to"),
        ({"to": None}, "to"),
        ({"from": "10:15"}, "from"),
        ({"to": "24:30"}, "to"),
        ({"to": "10:00"}, "to"),
        ({"seat": None}, "seat"),
        ({"period": "day"}, "period"),
    ],
)
def test_wrong_hours_are_named(ana, space, change, field):
    body = {"space": "kontor", "date": "2026-11-24", "from": "10:00", "to": "11:30", "seat": 9} | change
    refused = ana.put(f"/api/v1/bookings/{uuid.uuid4()}", json={k: v for k, v in body.items() if v is not None})
    assert refused.status_code == 422
    assert field in refused.json["fields"], refused.text


@pytest.mark.parametrize(
    "query", ["kind=room", "kind=room&from=10:00", "kind=room&from=11:00&to=10:00", "from=10:00&to=11:00"]
)
def test_wrong_questions_are_refused(client, space, query):
    assert client.get(f"/api/v1/availability?date=2026-11-24&{query}").status_code == 422


def test_the_form_shows_what_is_free_and_books(ana, space, db):
    page = ana.get(ROOM)
    assert page.status_code == 200
    assert "08:00 bis 18:00" in page.text
    sent = _send(ana, ROOM, **{"from": "10:00", "to": "11:30"})
    assert sent.status_code == 303, sent.text
    assert "08:00 bis 10:00" in ana.get(ROOM).text


def test_the_form_says_what_is_wrong(ana, space):
    sent = _send(ana, ROOM, **{"from": "11:00", "to": "10:00"})
    assert sent.status_code == 422
    assert "Das Ende muss nach dem Anfang liegen." in sent.text


def test_changing_a_room_shows_its_hours(ana, as_, people, space):
    name = uuid.uuid4()
    body = {"space": "kontor", "date": "2026-11-24", "from": "10:00", "to": "11:30", "seat": 9}
    ana.put(f"/api/v1/bookings/{name}", json=body)
    page = ana.get(f"/buchungen/{name}/aendern")
    assert "<option selected>10:00" in page.text
    sent = _send(ana, f"/buchungen/{name}/aendern", **{"from": "12:00", "to": "13:00"})
    assert sent.status_code == 303, sent.text
