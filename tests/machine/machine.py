"""Anything that people, phones and clocks can do, in any order; after every step the truth must hold.

A new action is one rule: draw what it needs, carry it out with `world.attempt`, and say what the world promises then.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from app.bookings import operations as bookings
from app.bookings.models import Booking
from app.bookings.operations import Order
from app.bookings.queries import Closing
from app.checkins import operations as doors
from app.checkins import queries as checkins
from app.extensions import db
from app.funding import operations as funding
from app.funding.operations import Grant
from app.privacy import operations as privacy
from tests.machine import truth
from tests.machine.handset import Handset
from tests.machine.purse import TOTAL_ENDS
from tests.machine.world import PEOPLE, PLACES, SEATS, Booked, World, slots_of

# Whose the phones are: some people have two.
OWNERS = (0, 0, 1, 2, 2)
people = st.integers(0, PEOPLE - 1)
places = st.integers(0, PLACES - 1)
phones = st.integers(0, len(OWNERS) - 1)
seats = st.none() | st.integers(1, SEATS)
days = st.sampled_from([0, 0, 0, 1, 2])
periods = st.sampled_from(["morning", "afternoon", "day"])
anything = st.integers(0, 11)
kinds = st.sampled_from(["check_in", "check_in", "check_in", "check_out"])
signs = st.sampled_from(["now", "now", "now", "old", "foreign", "unknown"])
minutes = st.sampled_from([1, 2, 30, 30, 90, 300, 900, 1440, 5 * 1440, 15 * 1440])
clocks = st.sampled_from([0, 1, -3, 90, -90, 26 * 60, -26 * 60])


def machine_in(house: World, only: Collection[str] = ()) -> type[RuleBasedStateMachine]:
    """Return the machine that acts in this house, by all its rules or by `only` those of these names."""
    rules = {each.function.__name__ for each in _Machine.setup_state().rules}
    left_out = rules - set(only) if only else ()
    return type("Machine", (_Machine,), {"world": house} | dict.fromkeys(left_out))


class _Machine(RuleBasedStateMachine):
    world: World

    @initialize()
    def begin(self) -> None:
        self.world.begin()
        self.codes = [[door_code] for door_code in self.world.codes]
        self.phones = [Handset(self.world, owner, self.world.name()) for owner in OWNERS]

    # Bookings

    @rule(person=people, place=places, ahead=days, period=periods, seat=seats)
    def book(self, person: int, place: int, ahead: int, period: str, seat: int | None) -> None:
        self._book(person, place, ahead, period, seat)

    def _book(self, person: int, place: int, ahead: int, period: str, seat: int | None, **instead: Any) -> None:
        """Book, or change the booking `instead` into this one: refused exactly when it is impossible."""
        key, day, slots = self.world.name(), self.world.day(ahead), slots_of(period)
        order = Order(key, self.world.doors[place].slug, day, period, seat)
        old = self.world.open.pop(instead["booking_uuid"]) if instead else None
        self.world.now += timedelta(seconds=1)
        free = self.world.free_seats(place, day, slots)
        is_possible = (
            person not in self.world.erased
            and (place, day) not in self.world.closed
            and not self.world.is_past(day, slots)
            and (seat in free if seat else bool(free))
            and all(each.person != person for each in self.world.held(day, slots))
            and (old is None or self._can_change(instead["booking_uuid"], old, day, slots))
        )
        operation = bookings.change if instead else bookings.book
        refusal = self.world.attempt(operation, order=order, person_id=self.world.visitors[person].person_id, **instead)
        assert (refusal is None) == is_possible, refusal or "this was impossible"
        if refusal is None:
            stored = db.session.query(Booking.seat_id).filter_by(uuid=key).scalar()
            number = next(n for n, seat_id in self.world.doors[place].seats.items() if seat_id == stored)
            self.world.open[key] = Booked(person, place, day, slots, number, self.world.ends_at(day, slots))
            booked = (person, day, slots, self.world.ends_at(day, slots))
            if old is not None:
                self.world.purse.change(instead["booking_uuid"], key, booked, self.world.now)
            else:
                self.world.purse.book(key, *booked)
        elif old is not None:
            self.world.open[instead["booking_uuid"]] = old

    @precondition(lambda self: self.world.open)
    @rule(which=anything, place=places, ahead=days, period=periods)
    def change(self, which: int, place: int, ahead: int, period: str) -> None:
        key, old = self._open(which)
        slots = slots_of(period)
        if (old.place, old.day, old.slots) != (place, self.world.day(ahead), slots):
            self._book(old.person, place, ahead, period, None, booking_uuid=key, present=checkins.present)

    def _can_change(self, key: uuid.UUID, old: Booked, day: date, slots: range) -> bool:
        """Not what is over, nor what somebody has checked in for; and who pays must have enough."""
        is_there = bool(checkins.present([self._id(key)]))
        pays = self.world.purse.can_change(key, old.person, day, slots, self.world.now)
        return old.ends_at > self.world.now and not is_there and pays

    @precondition(lambda self: self.world.open)
    @rule(which=anything, seat=st.integers(1, SEATS))
    def move(self, which: int, seat: int) -> None:
        key, old = self._open(which)
        self.world.now += timedelta(seconds=1)
        others = self.world.free_seats(old.place, old.day, old.slots) | {old.seat}
        is_possible = seat in others and old.ends_at > self.world.now
        person_id = self.world.visitors[old.person].person_id
        refusal = self.world.attempt(bookings.change_seat, booking_uuid=key, seat=seat, person_id=person_id)
        assert (refusal is None) == is_possible, refusal or "this was impossible"
        old.seat = old.seat if refusal else seat

    @precondition(lambda self: self.world.open)
    @rule(which=anything)
    def cancel(self, which: int) -> None:
        key, old = self._open(which)
        is_there = bool(checkins.present([self._id(key)]))
        given = {"booking_uuid": key, "person_id": self.world.visitors[old.person].person_id}
        refusal = self.world.attempt(bookings.cancel, present=checkins.present, **given)
        assert (refusal is None) == (old.ends_at > self.world.now), refusal or "this was impossible"
        if refusal is None:
            del self.world.open[key]
            self.world.purse.end(key, self.world.now, is_by_person=True, is_there=is_there)

    def _open(self, which: int) -> tuple[uuid.UUID, Booked]:
        held = [(key, each) for key, each in self.world.open.items() if not each.is_released]
        assume(held)
        return held[which % len(held)]

    # Hosts

    @rule(place=places, ahead=days, is_certain=anything)
    def close(self, place: int, ahead: int, is_certain: int) -> None:
        """Closing is rare, as erasing is. Who is there keeps the booking."""
        day = self.world.day(ahead)
        if is_certain > 2 or (place, day) in self.world.closed:
            return
        self.world.now += timedelta(seconds=1)
        there = {key for key in self.world.open if checkins.present([self._id(key)])}
        closing = Closing(self.world.doors[place].id, day, day, "Wartung")
        given = {"closing": closing, "present": checkins.present, "actor": "host"}
        assert self.world.attempt(bookings.close_days, **given) is None
        self.world.closed.add((place, day))
        for key, each in list(self.world.open.items()):
            if (each.place, each.day) == (place, day) and each.ends_at > self.world.now and key not in there:
                del self.world.open[key]
                self.world.purse.end(key, self.world.now, is_by_person=False)

    @precondition(lambda self: self.world.open)
    @rule(which=anything)
    def release(self, which: int) -> None:
        """An hour after the start of a booking the worker looks for seats that nobody came to."""
        _, late = self._open(which)
        opens = self.world.ends_at(late.day, range(1)) if late.slots.start else self.world.opens_at(late.day)
        self.world.now = max(self.world.now, opens + timedelta(minutes=61))
        for due in checkins.due_releases(self.world.now):
            each = next(each for key, each in self.world.open.items() if self._id(key) == due.id)
            assert each.place == 0
            assert not each.is_released
            assert not checkins.present([due.id])
            assert self.world.attempt(doors.release_seat, due=due) is None
            each.is_released = True

    def _id(self, key: uuid.UUID) -> int:
        return db.session.query(Booking.id).filter_by(uuid=key).scalar()

    # Money

    @rule()
    def settle(self) -> None:
        """The worker settles what attendance shows, whatever it did before."""
        self.world.now += timedelta(seconds=1)
        at = self.world.now
        rounds = 0
        while due := checkins.due_charges(at):
            rounds += 1
            assert rounds < 9, "the worker does not come to an end"
            for booking_id, _ in due:
                doors.settle_charge(booking_id=booking_id, now=at)
        self.world.is_changed = True
        gone = select(Booking.uuid).where(Booking.person_id.is_(None))
        erased = set(db.session.scalars(gone))
        self.world.purse.settle(at, lambda key: bool(checkins.present([self._id(key)])), erased)

    @rule(which=st.integers(0, 1), units=st.integers(0, 8))
    def change_quota(self, which: int, units: int) -> None:
        purse = self.world.purse
        quota, today = purse.quotas[which], self.world.day(0)
        ends_on = TOTAL_ENDS if which else None
        given = {"quota_id": quota, "grant": Grant(units, None, ends_on), "first_on": today, "actor": "agent"}
        assert self.world.attempt(funding.change_quota, **given) is None
        purse.grant(quota, units, today)

    # Check-ins

    @rule(phone=phones, place=places, kind=kinds, sign=signs, which=anything)
    def scan(self, phone: int, place: int, kind: str, sign: str, which: int) -> None:
        """Scan without network. Now and then the phone names a booking, as its snapshot does."""
        own = [key for key, each in self.world.open.items() if each.person == OWNERS[phone]]
        booking = own[which % len(own)] if own and which < 4 else None
        self.phones[phone].scan(self._text(place, sign), kind, booking)

    @rule(phone=phones, place=places, kind=kinds)
    def check_in_online(self, phone: int, place: int, kind: str) -> None:
        handset = self.phones[phone]
        handset.listen()
        self._send(handset, [handset.scan(self._text(place, "now"), kind, None)])

    @precondition(lambda self: any(phone.waiting for phone in self.phones))
    @rule(phone=phones)
    def sync(self, phone: int) -> None:
        """Send what waits, as the app does; if this phone has nothing, the next one that has."""
        handset = next((each for each in self.phones[phone:] + self.phones[:phone] if each.waiting), None)
        if handset is not None:
            self._send(handset, handset.waiting)

    @precondition(lambda self: any(phone.made for phone in self.phones))
    @rule(phone=phones, picks=st.lists(anything, min_size=1, max_size=6), is_heard=st.booleans())
    def send_anything(self, phone: int, picks: list[int], is_heard: bool) -> None:
        """Send events in any order, some again, some twice in a batch; the answer may be lost."""
        handset = next(each for each in self.phones[phone:] + self.phones[:phone] if each.made)
        self._send(handset, [handset.made[-1 - pick % len(handset.made)] for pick in picks], is_heard=is_heard)

    def _send(self, handset: Handset, events: list[dict[str, Any]], *, is_heard: bool = True) -> None:
        answer = handset.send(events)
        if answer is None:
            return
        assert [verdict["id"] for verdict in answer["verdicts"]] == [event["id"] for event in events]
        assert answer["missing"] == handset.gaps()
        if is_heard:
            handset.let_go(answer)

    def _text(self, place: int, sign: str) -> str:
        codes = self.codes[place]
        wrong = {"foreign": "https://evil.example/C/0", "unknown": "00WV-ZRRV-7", "old": codes[0]}
        return wrong.get(sign, codes[-1])

    @rule(phone=phones, what=st.sampled_from(["contact", "clock", "restart"]), minutes=clocks)
    def change_phone(self, phone: int, what: str, minutes: int) -> None:
        """The phone hears the server's time, its clock is set, or it starts anew."""
        handset = self.phones[phone]
        if what == "contact":
            handset.listen()
        elif what == "clock":
            handset.ahead = timedelta(minutes=minutes)
        else:
            handset.restart()

    @rule(place=places)
    def replace_sign(self, place: int) -> None:
        self.world.now += timedelta(seconds=1)
        self.codes[place].append(self.world.replace_sign(self.world.doors[place]))

    # Everything else

    @rule(minutes=minutes)
    def tick(self, minutes: int) -> None:
        self.world.now += timedelta(minutes=minutes)

    @precondition(lambda self: len(self.world.erased) < PEOPLE - 1)
    @rule(person=people, is_certain=anything)
    def erase(self, person: int, is_certain: int) -> None:
        """Erasing is rare: most runs would otherwise end in an empty house."""
        if is_certain or person in self.world.erased:
            return
        assert self.world.attempt(privacy.erase, person_id=self.world.visitors[person].person_id) is None
        self.world.erased.add(person)
        for key, each in self.world.open.items():
            if each.person == person and each.ends_at > self.world.now:
                self.world.purse.end(key, self.world.now, is_by_person=False)
        self.world.open = {key: each for key, each in self.world.open.items() if each.person != person}

    @invariant()
    def all_is_well(self) -> None:
        if self.world.is_changed:
            self.world.is_changed = False
            wrong = list(truth.wrongs(self.world))
            db.session.rollback()
            assert not wrong, "; ".join(wrong)
