"""A programme: begun with its rules, changed while people book, ended, closed."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Event

import pytest
import time_machine
from sqlalchemy import func, select, update

from app.audit.models import AuditEntry
from app.bookings import operations as bookings
from app.bookings import queries as booked
from app.bookings.models import Booking
from app.bookings.operations import AlreadySettled, BookingOver, Order, PayerFixed
from app.bookings.steps import UnknownPayer, UsedUp
from app.checkins import operations as checkins
from app.checkins.models import Checkin
from app.errors import InvalidInput, NotFound
from app.extensions import db as database
from app.funding import operations, queries
from app.funding.models import Account, Entry, Programme, ProgrammePerson, Quota
from app.funding.operations import ProgrammeDraft, ProgrammeOver, ProgrammeRules, Terms
from app.jobs import night
from app.jobs.loop import Loop
from app.jobs.queries import findings
from app.messages.models import Message
from app.places.models import Town
from app.privacy import operations as privacy
from tests.factories import make_employer, make_people, make_quota, make_space
from tests.funding.coming import come

ACTOR = "somebody of the county"
TUESDAY, LATE = date(2026, 11, 24), date(2026, 12, 15)
END, SHORTER = date(2026, 12, 31), date(2026, 12, 10)


@pytest.fixture
def people(app):
    make_space("wagen", seats=12, price_cents=600)
    return make_people(6)


@pytest.fixture
def begin(db, people, now):
    """Begin a programme; returns it as the officers see it."""

    def make(**changes):
        rules = {"name": "Pilot Herbst", "funder": "Land", "is_for_all": True, "share_percent": 100}
        rules |= {name: changes.pop(name) for name in list(changes) if name in ProgrammeRules.__dataclass_fields__}
        draft = {"town_id": db.session.query(Town).first().id, "starts_on": date(2026, 11, 1), "ends_on": END}
        draft |= {"terms": Terms(8, 100, 50_000), "rules": ProgrammeRules(**rules)}
        db.session.rollback()
        slug = operations.make_programme(draft=ProgrammeDraft(**draft | changes), actor=ACTOR, now=now)
        return queries.programme(slug)

    return make


def _book(person, now, day=TUESDAY, payer=None):
    order = Order(uuid.uuid4(), "wagen", day, "day", payer=payer)
    return bookings.book(order=order, person_id=person, now=now).booking


def _shorten(programme, now, ends_on=SHORTER):
    operations.move_end(programme_id=programme.id, ends_on=ends_on, actor=ACTOR, now=now)


def _tell(now):
    return [bookings.tell_payer_ends(person_id=each, now=now) for each in booked.untold_people(now)]


def _cancel_due(now):
    return [bookings.cancel_unpaid(booking_id=each, now=now) for each in booked.unpaid_due(now)]


def _sums(db):
    db.session.rollback()
    rows = db.session.scalars(select(Account).join(Quota, Quota.id == Account.quota_id).order_by(Quota.scope.desc()))
    return [(each.reserved_units, each.settled_units) for each in rows]


def _agrees(db):
    assert list(findings()) == []
    for account in db.session.scalars(select(Account)):
        for kind in ("granted", "reserved", "settled"):
            for unit in ("units", "cents"):
                name = f"{kind}_{unit}"
                total = select(func.sum(getattr(Entry, name))).where(Entry.account_id == account.id)
                if int(db.session.scalar(total)) != (getattr(account, name) or 0):
                    return False
    return True


def _charge(db, booking):
    return tuple(db.session.execute(select(Booking.payer, Booking.charge).where(Booking.id == booking.id)).one())


class TestBeginning:
    def test_its_rules_are_two_quotas(self, db, begin, now):
        found = begin(towns=(db.session.query(Town).first().id,), pays_late=True)
        own, budget = queries.programme_quotas(found.id)
        assert (own.scope, own.frame, own.units, own.cents) == ("person", "month", 8, None)
        assert (budget.scope, budget.frame, budget.units, budget.cents) == ("pool", "total", 100, 50_000)
        assert {own.places, budget.places} == {("Nottuln",)}
        assert (own.pays_late, budget.pays_late) == (True, True)
        assert (own.ends_on, budget.ends_on) == (END, END)
        [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "make_programme"))
        assert (entry.subject_kind, entry.subject_id, entry.actor) == ("programme", found.slug, ACTOR)

    def test_two_of_the_same_name_have_two_addresses(self, begin):
        assert [begin().slug, begin().slug, begin().slug] == ["pilot-herbst", "pilot-herbst-2", "pilot-herbst-3"]

    def test_it_begins_and_ends_by_itself(self, begin, people, now):
        begin(starts_on=date(2026, 12, 1), ends_on=SHORTER)
        assert _book(people[0], now).charge is None
        assert _book(people[0], now, date(2026, 12, 1)).payer == "programme-pilot-herbst"
        assert _book(people[0], now, SHORTER).payer == "programme-pilot-herbst"
        assert _book(people[0], now, date(2026, 12, 11)).charge is None


class TestInviting:
    def test_who_is_invited_takes_part_once(self, db, begin, people, now):
        found = begin(is_for_all=False)
        assert _book(people[0], now).charge is None
        joining = {"programme_id": found.id, "person_id": people[0], "invitation": 1}
        joined = [operations.join_programme(**joining, now=now) for _ in range(2)]
        assert joined == [True, False]
        assert _book(people[0], now, date(2026, 11, 25)).charge == "reserved"
        assert (queries.count_invited(found.id), queries.takes_part(found.id, people[1])) == (1, False)

    def test_nobody_joins_what_is_over(self, begin, people, now):
        found = begin(is_for_all=False)
        with pytest.raises(ProgrammeOver):
            operations.join_programme(
                programme_id=found.id, person_id=people[0], invitation=1, now=now + timedelta(days=60)
            )


class TestChanging:
    def test_other_terms_reach_all_accounts(self, db, begin, people, now):
        found = begin()
        _book(people[0], now)
        operations.change_terms(programme_id=found.id, terms=Terms(4, 1, 60_000), actor=ACTOR, now=now)
        db.session.rollback()
        granted = sorted((each.granted_units, each.granted_cents or 0) for each in db.session.scalars(select(Account)))
        assert granted == [(2, 60_000), (4, 0)]
        assert _agrees(db)
        with pytest.raises(UsedUp):
            _book(people[1], now, payer="programme-pilot-herbst")

    @pytest.mark.parametrize("ends_on", [TUESDAY, date(2026, 11, 29), date(2026, 10, 1)])
    def test_it_ends_in_a_week_at_the_earliest(self, begin, now, ends_on):
        with pytest.raises(InvalidInput):
            _shorten(begin(), now, ends_on)

    def test_longer_pays_longer(self, db, begin, people, now):
        found = begin(ends_on=SHORTER)
        assert _book(people[0], now, LATE).charge is None
        _shorten(found, now, END)
        assert _book(people[1], now, LATE).charge == "reserved"
        assert _tell(now) == []

    def test_what_is_over_or_unknown_cannot_be_changed(self, begin, now):
        found, later = begin(), now + timedelta(days=60)
        for refusal, key in ((ProgrammeOver, found.id), (NotFound, 999)):
            with pytest.raises(refusal):
                operations.move_end(programme_id=key, ends_on=date(2027, 5, 1), actor=ACTOR, now=later)
            with pytest.raises(refusal):
                operations.change_terms(programme_id=key, terms=Terms(1, 1, 1), actor=ACTOR, now=later)


class TestShortening:
    """Nobody loses a seat unheard, and nobody pays unasked."""

    def test_who_booked_beyond_is_told_once_and_keeps_the_seat(self, db, begin, people, now):
        found = begin()
        _book(people[0], now, LATE)
        _book(people[0], now, date(2026, 12, 16))
        _book(people[1], now)  # before the new end
        assert booked.beyond(found.slug, SHORTER, now=now) == (2, 1)
        _shorten(found, now)
        assert _tell(now) == [2]
        assert _tell(now) == []
        [message] = db.session.scalars(select(Message).where(Message.kind == "payer_ended"))
        assert message.person_id == people[0]
        assert [each["date"] for each in message.payload["bookings"]] == ["2026-12-15", "2026-12-16"]
        assert message.payload["bookings"][0]["decide_at"].startswith("2026-12-12T08:00")
        assert _cancel_due(datetime(2026, 12, 12, 6, 59, tzinfo=UTC)) == []

    def test_another_payer_is_chosen(self, db, begin, people, now):
        found = begin()
        quota = make_quota(make_employer("Beispiel GmbH", *people))
        booking = _book(people[0], now, LATE)
        _shorten(found, now)
        _tell(now)
        for _ in range(2):
            bookings.change_payer(booking_uuid=booking.uuid, payer=f"quota-{quota.id}", person_id=people[0], now=now)
        assert _charge(db, booking) == (f"quota-{quota.id}", "reserved")
        assert _sums(db) == [(0, 0), (2, 0), (0, 0)] or sorted(_sums(db)) == [(0, 0), (0, 0), (2, 0)]
        assert _agrees(db)
        assert _cancel_due(datetime(2026, 12, 14, 12, tzinfo=UTC)) == []

    def test_paying_oneself_is_a_choice(self, db, begin, people, now):
        found = begin()
        booking = _book(people[0], now, LATE)
        _shorten(found, now)
        bookings.change_payer(booking_uuid=booking.uuid, payer="self", person_id=people[0], now=now)
        assert _charge(db, booking) == ("self", "released")
        assert _sums(db) == [(0, 0), (0, 0)]
        assert _agrees(db)
        assert _tell(now) == []

    def test_there_and_back_again(self, db, begin, people, now):
        """An account that a booking left can pay for it once more: its entries go on counting."""
        begin()
        booking = _book(people[0], now)
        for payer in ("self", "programme-pilot-herbst", "self", "programme-pilot-herbst"):
            bookings.change_payer(booking_uuid=booking.uuid, payer=payer, person_id=people[0], now=now)
        assert _charge(db, booking) == ("programme-pilot-herbst", "reserved")
        assert _sums(db) == [(2, 0), (2, 0)]
        assert _agrees(db)

    def test_from_a_share_to_the_employer_who_paid_the_rest(self, db, begin, people, now):
        employer = make_employer("Beispiel GmbH", *people)
        quota = make_quota(employer, cents=1200)
        begin(share_percent=50, employers=(employer.id,))
        booking = _book(people[0], now)
        bookings.change_payer(booking_uuid=booking.uuid, payer=f"quota-{quota.id}", person_id=people[0], now=now)
        account = db.session.scalar(select(Account).where(Account.quota_id == quota.id))
        assert (account.reserved_units, account.reserved_cents) == (2, 1200)
        assert _agrees(db)

    def test_whose_programme_ends_before_chooses_even_late(self, db, begin, people, now):
        """Who was to pay will not, so nobody gets around anything."""
        found = begin(pays_late=True)
        booking = _book(people[0], now, LATE)
        late = datetime(2026, 12, 14, 20, 0, tzinfo=UTC)
        with pytest.raises(PayerFixed):
            bookings.change_payer(booking_uuid=booking.uuid, payer="self", person_id=people[0], now=late)
        _shorten(found, now)
        bookings.change_payer(booking_uuid=booking.uuid, payer="self", person_id=people[0], now=late)
        assert _charge(db, booking) == ("self", "released")
        assert _sums(db) == [(0, 0), (0, 0)]

    def test_what_nobody_pays_is_cancelled_three_days_before_and_costs_nothing(self, db, begin, people, now):
        found = begin(pays_late=True)
        booking = _book(people[0], now, LATE)
        _shorten(found, now)
        _tell(now)
        due = datetime(2026, 12, 12, 7, 0, tzinfo=UTC)
        assert _cancel_due(due) == [True]
        assert bookings.cancel_unpaid(booking_id=booking.id, now=due) is False
        after = booked.booking_by_id(booking.id)
        assert (after.ended_reason, after.charge) == ("unpaid", "released")
        assert _sums(db) == [(0, 0), (0, 0)]
        [message] = db.session.scalars(select(Message).where(Message.kind == "booking_cancelled"))
        assert "Pilot Herbst zahlt nur bis zum 10. Dezember 2026" in message.payload["reason"]
        with pytest.raises(BookingOver):
            bookings.change_payer(booking_uuid=booking.uuid, payer="self", person_id=people[0], now=due)

    def test_the_worker_does_it_and_one_trouble_does_not_stop_it(self, db, begin, people, now, monkeypatch, caplog):
        found = begin()
        made = [_book(person, now, LATE) for person in people[:3]]
        _shorten(found, now)
        worker, cancel = Loop(None, Event()), bookings.cancel_unpaid
        worker._payers()
        assert db.session.scalar(select(func.count()).where(Message.kind == "payer_ended")) == 3

        def broken(*, booking_id, now):
            if booking_id == made[0].id:
                raise RuntimeError
            return cancel(booking_id=booking_id, now=now)

        monkeypatch.setattr(bookings, "cancel_unpaid", broken)
        with time_machine.travel(datetime(2026, 12, 12, 7, 0, tzinfo=UTC), tick=False):
            worker._payers()
        assert [booked.booking_by_id(each.id).ended_reason for each in made] == [None, "unpaid", "unpaid"]
        assert "broken failed" in caplog.text

    def test_nobody_is_cancelled_untold(self, begin, people, now):
        found = begin()
        _book(people[0], now, LATE)
        _shorten(found, now)
        assert _cancel_due(datetime(2026, 12, 14, 12, tzinfo=UTC)) == []

    def test_longer_again_takes_it_back(self, db, begin, people, now):
        found = begin()
        booking = _book(people[0], now, LATE)
        _shorten(found, now)
        _tell(now)
        _shorten(found, now, END)
        assert _cancel_due(datetime(2026, 12, 14, 12, tzinfo=UTC)) == []
        assert _charge(db, booking) == ("programme-pilot-herbst", "reserved")

    @pytest.mark.parametrize("longer", [END, date(2026, 12, 11)])
    def test_shorter_after_longer_is_told_anew_before_anything_is_cancelled(self, db, begin, people, now, longer):
        found, hour = begin(), timedelta(hours=1)
        booking = _book(people[0], now, LATE)
        due = datetime(2026, 12, 14, 12, tzinfo=UTC)
        _shorten(found, now)
        assert _tell(now) == [1]
        _shorten(found, now + hour, longer)
        _shorten(found, now + 2 * hour, date(2026, 12, 9))
        assert _cancel_due(due) == []
        assert _tell(now + 3 * hour) == [1]
        _shorten(found, now + 4 * hour, date(2026, 12, 8))
        assert _tell(now + 5 * hour) == [], "who knows of an end need not hear of each earlier one"
        messages = select(func.count()).select_from(Message).where(Message.kind == "payer_ended")
        assert db.session.scalar(messages) == 2
        assert _cancel_due(due) == [True]
        assert booked.booking_by_id(booking.id).ended_reason == "unpaid"

    @pytest.mark.parametrize(("payer", "refusal"), [("quota-99", UnknownPayer), ("unsinn", UnknownPayer)])
    def test_a_payer_who_does_not_pay_is_refused_and_all_stays(self, db, begin, people, now, payer, refusal):
        begin()
        booking = _book(people[0], now)
        with pytest.raises(refusal):
            bookings.change_payer(booking_uuid=booking.uuid, payer=payer, person_id=people[0], now=now)
        assert _sums(db) == [(2, 0), (2, 0)]

    def test_a_payer_with_too_little_is_refused_and_all_stays(self, db, begin, people, now):
        begin()
        quota = make_quota(make_employer("Beispiel GmbH", *people), units=1)
        booking = _book(people[0], now)
        with pytest.raises(UsedUp):
            bookings.change_payer(booking_uuid=booking.uuid, payer=f"quota-{quota.id}", person_id=people[0], now=now)
        assert _charge(db, booking) == ("programme-pilot-herbst", "reserved")
        assert sorted(_sums(db)) == [(2, 0), (2, 0)]

    def test_what_is_settled_stays_with_who_paid(self, db, begin, people, now):
        begin()
        booking = _book(people[0], now)
        come(db, booking)
        noon = datetime(2026, 11, 24, 11, tzinfo=UTC)
        checkins.settle_charge(booking_id=booking.id, now=noon)
        with pytest.raises(AlreadySettled):
            bookings.change_payer(booking_uuid=booking.uuid, payer="self", person_id=people[0], now=noon)


class TestClosing:
    def test_the_books_are_closed_15_days_after_the_end_with_their_sums(self, db, begin, people, now):
        found = begin(ends_on=SHORTER)
        booking = _book(people[0], now)
        come(db, booking)
        checkins.settle_charge(booking_id=booking.id, now=now + timedelta(days=1))
        day = datetime(2026, 12, 25, 2, tzinfo=UTC)
        assert queries.to_freeze(date(2026, 12, 24)) == []
        assert operations.freeze_programme(programme_id=found.id, now=day - timedelta(days=1)) is False
        assert [each.id for each in queries.to_freeze(date(2026, 12, 25))] == [found.id]
        assert [operations.freeze_programme(programme_id=found.id, now=day) for _ in range(2)] == [True, False]
        closed = queries.programme(found.slug)
        assert (closed.frozen_at, closed.frozen_units, closed.frozen_cents) == (day, 2, 1200)
        assert queries.to_freeze(date(2027, 1, 1)) == []
        with pytest.raises(ProgrammeOver):
            operations.change_terms(programme_id=found.id, terms=Terms(1, 1, 1), actor=ACTOR, now=day)

    def test_what_is_decided_later_is_a_correction_with_its_reason(self, db, begin, people, now):
        found = begin(ends_on=SHORTER)
        booking = _book(people[0], now)
        come(db, booking)
        checkins.settle_charge(booking_id=booking.id, now=now + timedelta(days=1))
        day = datetime(2026, 12, 25, 2, tzinfo=UTC)
        operations.freeze_programme(programme_id=found.id, now=day)
        db.session.execute(update(Checkin).values(verdict="rejected"))
        db.session.execute(update(Booking).values(ends_at=day, date=day.date()))  # as if it had only just been judged
        db.session.commit()
        assert checkins.settle_charge(booking_id=booking.id, now=day + timedelta(hours=1)) == "unproved"
        db.session.execute(update(Booking).values(date=booking.date))
        db.session.commit()
        closed = queries.programme(found.slug)
        assert (closed.frozen_units, closed.frozen_cents) == (2, 1200)
        assert queries.corrections(closed) == [queries.Correction("unproved", 1, -2, -1200)]
        later = day + timedelta(days=20)
        assert checkins.settle_charge(booking_id=booking.id, now=later) == "absent"
        kinds = {kind for (kind,) in db.session.execute(select(Entry.kind).where(Entry.made_at > day))}
        assert kinds == {"correct"}
        assert _agrees(db)

    def test_at_night_books_wait_for_undecided_charges(self, begin, people, now):
        found = begin(ends_on=SHORTER)
        booking = _book(people[0], now)
        day = datetime(2026, 12, 25, 2, tzinfo=UTC)
        assert booked.undecided(found.slug, date(2026, 11, 23)) == 0
        assert night.freeze(day) == "0 programmes closed, 1 wait for charges"
        checkins.settle_charge(booking_id=booking.id, now=day)
        assert night.freeze(day) == "1 programmes closed"
        assert night.freeze(day) == "0 programmes closed"


@pytest.mark.concurrency
def test_shortened_while_people_book_everybody_beyond_is_told_or_refused(app, db, begin, people, now):
    found = begin()
    barrier = Barrier(6)

    def _act(number):
        with app.app_context():
            barrier.wait()
            try:
                if number == 0:
                    _shorten(found, now)
                    return None
                return [_book(people[number], now, LATE + timedelta(days=n)).charge for n in range(3)]
            finally:
                database.session.remove()

    with ThreadPoolExecutor(6) as pool:
        made = [charge for charges in pool.map(_act, range(6)) if charges for charge in charges]
    assert len(made) == 15
    paid = made.count("reserved")
    assert sum(_tell(now)) == paid == booked.beyond(found.slug, SHORTER, now=now)[0]
    assert _cancel_due(datetime(2026, 12, 15, 6, tzinfo=UTC)).count(True) == paid
    assert all(each == (0, 0) for each in _sums(db))
    assert _agrees(db)


@pytest.mark.concurrency
def test_payers_changed_crosswise_in_the_same_moment_keep_the_books(app, db, begin, people, now):
    """Half go from the programme to the pool of the employer, half the other way: locks in one order, no deadlock."""
    begin(terms=Terms(8, 8, None))
    quota = make_quota(make_employer("Beispiel GmbH", *people), scope="pool", units=8)
    keys = ["programme-pilot-herbst", f"quota-{quota.id}"]
    made = [_book(person, now, payer=keys[n % 2]).uuid for n, person in enumerate(people)]
    db.session.rollback()
    barrier = Barrier(6)

    def _act(number):
        with app.app_context():
            barrier.wait()
            try:
                for round_ in range(4):
                    payer = keys[(number + round_ + 1) % 2]
                    with suppress(UsedUp):
                        bookings.change_payer(booking_uuid=made[number], payer=payer, person_id=people[number], now=now)
            finally:
                database.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(_act, range(6)))
    assert _agrees(db)
    db.session.rollback()
    held = [each.reserved_units for each in db.session.scalars(select(Account).where(Account.holder == 0))]
    assert sum(held) == 12
    assert max(held) <= 8


def test_erasing_a_person_takes_the_invitation_along(db, begin, people, now):
    found = begin(is_for_all=False)
    operations.join_programme(programme_id=found.id, person_id=people[0], invitation=1, now=now)
    privacy.erase(person_id=people[0], now=now)
    assert db.session.scalars(select(ProgrammePerson)).all() == []
    assert db.session.get(Programme, found.id) is not None
