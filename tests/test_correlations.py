"""What the tests refuse: a question within a question that asks about any row instead of the one around it."""

import pytest
from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.bookings.models import Booking
from app.extensions import execute
from app.funding.models import Entry
from tests.correlations import strays

_later = aliased(Entry)


def _asked(came):
    return select(Booking.id).where(exists().where(Entry.booking_uuid == Booking.uuid, ~came))


def test_a_table_two_levels_around_is_not_read_anew(app):
    came = exists().where(_later.booking_uuid == Booking.uuid, _later.id > Entry.id)
    assert "FROM entries AS entries_1, bookings WHERE" in strays(str(_asked(came)))[0]
    with pytest.raises(AssertionError, match="entries AS entries_1, bookings"):
        execute(_asked(came))


def test_what_says_what_it_means_passes(app):
    came = exists().where(_later.booking_uuid == Booking.uuid, _later.id > Entry.id).correlate_except(_later)
    assert strays(str(_asked(came))) == []
    assert execute(_asked(came)).all() == []


def test_tables_side_by_side_are_fine_where_nothing_is_around():
    assert strays("SELECT id FROM bookings WHERE EXISTS (SELECT 1 FROM entries, accounts WHERE a = b)") == []
