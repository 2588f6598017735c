"""Desks, rooms and booths: more of them, other names, prices, and fewer of them."""

import uuid
from datetime import date

import pytest
from sqlalchemy import select

from app.bookings import operations as bookings
from app.bookings.models import Booking, BookingSlot
from app.messages.models import Message
from app.spaces import queries as spaces
from app.spaces.models import Seat

PAGE = "/gastgeber/wagen/plaetze"
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def book(wagen, cast, now):
    def book(person, day, seat, period="day"):
        order = bookings.Order(uuid.uuid4(), "wagen", day, period, seat)
        return bookings.book(order=order, person_id=cast[person], now=now).booking

    return book


def _offered():
    space = spaces.directory().space("wagen")
    return [seat.number for seat in space.seats], [(seat.number, seat.capacity) for seat in space.rooms]


def test_seats_are_added_with_the_next_numbers(hana, acts):
    new = {"kind": "desk", "count": "2", "name": "Fenster", "rank": "0"}
    assert hana.submit(f"{PAGE}/neu", new).location == PAGE
    hana.submit(f"{PAGE}/neu", {"kind": "room", "count": "1", "capacity": "6", "note": "mit Tafel"})
    assert _offered() == ([4, 5, 1, 2, 3], [(6, 6)])
    assert acts() == ["add_seats", "add_seats"]
    page = hana.get(PAGE).text
    assert "Raum 6" in page
    assert "mit Tafel" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"count": "31"}, "count"), ({"count": ""}, "count"), ({"kind": "sofa"}, "kind"), ({"rank": "-1"}, "rank"),
     ({"capacity": "0"}, "capacity"), ({"name": "x" * 61}, "name")],
)  # fmt: skip
def test_seats_that_cannot_be_come_back(hana, wrong, acts, changes, field):
    answer = hana.submit(f"{PAGE}/neu", {"kind": "desk", "count": "1", "note": "am Ofen"} | changes)
    assert (answer.status_code, bool(wrong(answer, field)), "am Ofen" in answer.text) == (422, True, True)
    assert acts() == []


def test_a_space_holds_200_seats_at_most(hana, wagen):
    for _ in range(6):
        hana.submit(f"{PAGE}/neu", {"kind": "desk", "count": "30"})
    answer = hana.submit(f"{PAGE}/neu", {"kind": "desk", "count": "18"})
    assert (answer.status_code, "200 Plätze" in answer.text) == (409, True)


def test_a_seat_gets_another_name_and_rank(hana, filled, acts):
    address = f"{PAGE}/3"
    typed = filled(hana.get(address), address) | {"name": "Ruheraum", "rank": "0"}
    assert hana.submit(address, typed).location == PAGE
    seat = spaces.directory().space("wagen").seats[0]
    assert (seat.number, seat.name) == (3, "Ruheraum")
    hana.submit(address, typed)
    assert acts() == ["change_seat"]
    assert hana.get(f"{PAGE}/77").status_code == 404


def test_a_seat_without_bookings_goes_and_comes_back(hana, acts):
    assert "ist nichts gebucht" in hana.get(f"{PAGE}/2/entfernen").text
    hana.submit(f"{PAGE}/2/entfernen")
    assert "Der Platz wird nicht mehr angeboten." in hana.get(PAGE).text
    for ask in (hana.get, hana.submit):
        assert ask(f"{PAGE}/2/entfernen").location == PAGE
        assert "Dieser Platz wird schon nicht mehr angeboten." in hana.get(PAGE).text
    assert _offered() == ([1, 3], [])
    assert "Nicht mehr im Angebot" in hana.get(PAGE).text
    hana.submit(f"{PAGE}/2/anbieten")
    assert _offered() == ([1, 2, 3], [])
    assert acts() == ["retire_seat", "restore_seat"]


def test_before_a_seat_goes_it_is_said_what_would_happen_to_whom(hana, book):
    book("ana", TUESDAY, 1)
    book("ben", WEDNESDAY, 1)
    book("cleo", WEDNESDAY, 2)
    page = hana.get(f"{PAGE}/1/entfernen").text
    assert "Dienstag, 24. November: 1 Buchung" in page
    assert "Mittwoch, 25. November: 1 Buchung" in page
    assert "Diesen Platz haben schon 2 Personen gebucht:" in page
    assert "Es müsste niemandem abgesagt werden." in page
    assert "Ana" not in page
    assert _offered()[0] == [1, 2, 3]


def test_it_says_for_which_days_no_other_seat_is_free(hana, book):
    book("ana", TUESDAY, 1)
    book("ana", WEDNESDAY, 1)
    for person, number in (("ben", 2), ("cleo", 3)):
        book(person, WEDNESDAY, number)
    page = hana.get(f"{PAGE}/1/entfernen").text
    assert "Diesen Platz hat schon 1 Person gebucht:" in page
    called_off = page.partition("und wir müssten absagen:")[2].partition("</ul>")[0]
    assert "Mittwoch, 25. November: 1 Buchung" in called_off
    assert "Dienstag" not in called_off


def test_what_is_booked_may_stay(hana, book, as_, db):
    booking = book("ana", TUESDAY, 1)
    hana.submit(f"{PAGE}/1/entfernen", {"how": "later"})
    assert _offered()[0] == [2, 3]
    row = db.session.execute(select(Booking.seat_id, Booking.ended_at).where(Booking.id == booking.id)).one()
    assert row == (booking.seat_id, None)
    assert as_("ana").get(f"/buchungen/{booking.uuid}/aendern").status_code == 200


def test_or_moves_to_a_free_seat_and_ends_where_there_is_none(hana, book, db, acts):
    moves = book("ana", TUESDAY, 1)
    ends = book("ana", WEDNESDAY, 1, "morning")
    others = [book("ben", WEDNESDAY, 2), book("cleo", WEDNESDAY, 3, "morning"), book("cleo", TUESDAY, 2)]
    done = hana.submit(f"{PAGE}/1/entfernen", {"how": "now"})
    said = "1 Buchung hat jetzt einen anderen Platz. 1 Buchung ist abgesagt. Die Leute bekommen gleich eine Nachricht."
    assert f"Der Platz wird nicht mehr angeboten. {said}" in hana.get(done.location).text
    db.session.rollback()
    third = db.session.scalars(select(Seat.id).where(Seat.number == 3, Seat.space_id == moves.space_id)).one()
    rows = {row.id: row for row in db.session.scalars(select(Booking))}
    assert (rows[moves.id].seat_id, rows[moves.id].ended_at, rows[moves.id].sequence) == (third, None, 1)
    assert rows[ends.id].ended_reason == "closed"
    assert [(rows[one.id].seat_id, rows[one.id].sequence) for one in others] == [(one.seat_id, 0) for one in others]
    held = select(BookingSlot.seat_id).where(BookingSlot.booking_id.in_([moves.id, ends.id]))
    assert set(db.session.scalars(held)) == {third}
    told = db.session.execute(
        select(Message.kind, Message.payload).where(Message.kind != "booking_made", Message.person_id.is_not(None))
    ).all()
    assert sorted(kind for kind, _ in told) == ["booking_cancelled", "booking_changed"]
    reasons = [payload["reason"] for kind, payload in told if kind == "booking_cancelled"]
    assert reasons == ["Diesen Platz gibt es nicht mehr, und ein anderer ist zu dieser Zeit nicht frei."]
    assert acts() == ["end_bookings", "vacate_seat"]
    assert _offered()[0] == [2, 3]


def test_who_sits_there_stays(wagen, cast, book, db, now):
    booking = book("ana", now.date(), 1)
    done = bookings.vacate_seat(slug="wagen", person_id=cast["hana"], number=1, present=lambda ids: ids, now=now)
    assert (done.moved, done.ended, done.stay) == (0, 0, 1)
    assert db.session.execute(select(Booking.seat_id).where(Booking.id == booking.id)).scalar_one() == booking.seat_id


@pytest.mark.parametrize(("typed", "cents"), [("9", 900), ("9,5", 950), ("9,50", 950), ("9.50 €", 950), ("", None)])
def test_prices_are_read_as_people_write_them(hana, client, typed, cents):
    assert hana.submit("/gastgeber/wagen/preise", {"half_day": typed, "half_hour": "4"}).location == PAGE
    space = spaces.directory().space("wagen")
    assert (space.price_cents, space.half_hour_price_cents) == (cents, 400)


@pytest.mark.parametrize("typed", ["neun", "-1", "9,999", "99999"])
def test_what_is_no_price_comes_back(hana, wrong, acts, typed):
    answer = hana.submit("/gastgeber/wagen/preise", {"half_day": typed, "half_hour": ""})
    assert (answer.status_code, bool(wrong(answer, "half_day")), f'value="{typed}"' in answer.text) == (422, True, True)
    assert acts() == []


@pytest.mark.parametrize("page", ["plaetze/neu", "plaetze/1", "plaetze/1/entfernen", "plaetze/1/anbieten", "preise"])
def test_strangers_change_no_seat(hugo, as_, acts, page):
    for person in (hugo, as_("ana"), as_("kari")):
        typed = {"kind": "desk", "count": "1", "half_day": "1", "how": "now"}
        assert person.submit(f"/gastgeber/wagen/{page}", typed).status_code == 404
    assert acts() == []
