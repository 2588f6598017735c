"""What the tests refuse: a question within a question that asks about any row instead of the one around it."""

import pytest
from sqlalchemy import exists, func, join, select
from sqlalchemy.orm import aliased

from app.bookings.models import Booking
from app.extensions import execute
from app.funding.models import Account, Entry, Quota
from tests.correlations import strays

_later = aliased(Entry)


def _asked(came):
    return select(Booking.id).where(exists().where(Entry.booking_uuid == Booking.uuid, ~came))


def test_a_table_two_levels_around_is_not_read_anew(app):
    came = exists().where(_later.booking_uuid == Booking.uuid, _later.id > Entry.id)
    assert strays(str(_asked(came))) == ["entries AS entries_1, bookings"]
    with pytest.raises(AssertionError, match="entries AS entries_1, bookings"):
        execute(_asked(came))


def test_what_says_what_it_means_passes(app):
    came = exists().where(_later.booking_uuid == Booking.uuid, _later.id > Entry.id).correlate_except(_later)
    assert strays(str(_asked(came))) == []
    assert execute(_asked(came)).all() == []


def test_it_is_found_whatever_is_asked_for(app):
    """A value, a list and an EXISTS that joins with a list of its own: each reads all bookings."""
    taken = select(func.sum(Entry.reserved_units)).where(
        Entry.account_id == Account.id, Entry.booking_uuid == Booking.uuid
    )
    listed = select(Entry.account_id).where(Entry.booking_uuid == Booking.uuid)
    both = join(Entry, Account, (Account.id == Entry.account_id) & Entry.kind.in_(["reserve", "correct"]))
    joined = exists().select_from(both).where(Account.quota_id == Quota.id, Entry.booking_uuid == Booking.uuid)
    for inner in (
        exists().where(Account.quota_id == 1, taken.scalar_subquery() > 0),
        exists().where(Account.id.in_(listed)),
        exists().where(Quota.id == 1, joined),
    ):
        assert strays(str(select(Booking.id).where(inner)))


def test_what_is_not_inside_and_a_table_with_itself_are_meant():
    assert strays("SELECT a.id FROM entries AS a, accounts WHERE a.kind IN (1, 2) ORDER BY a.id, a.kind") == []
    assert strays("SELECT 1 WHERE EXISTS (SELECT 1 FROM bookings AS a, bookings AS b WHERE a.id < b.id)") == []
    assert strays("SELECT 1 WHERE EXISTS (SELECT 1 FROM a JOIN b ON a.id = b.id AND a.kind IN (1, 2) WHERE c)") == []
    assert strays("UPDATE a SET x = 1 WHERE (x IS DISTINCT FROM y, 1)") == []
