"""What hosts say about people who walked in is let go of like everything else."""

from datetime import timedelta

import pytest
import time_machine

from app.bookings.models import Booking
from app.checkins.models import Checkin
from app.extensions import db
from app.privacy import operations

DAY = timedelta(days=1)


def _kept():
    db.session.rollback()
    db.session.expire_all()
    checkin, booking = db.session.query(Checkin).one(), db.session.query(Booking).one()
    return [checkin.body, checkin.captured_at, checkin.sent_at, checkin.effective_at], booking.label


@pytest.mark.parametrize(
    ("days", "has_times", "has_label"), [(14, True, True), (15, False, True), (90, False, True), (91, False, False)]
)
def test_a_walk_in_loses_its_time_after_14_days_and_its_label_after_90(counter, now, days, has_times, has_label):
    counter.send(counter.walk_in(label="Frau M."))
    for day in range(1, days + 1):
        if day in {14, 15, 90, 91}:
            with time_machine.travel(now + day * DAY, tick=False):
                operations.retain(now=now + day * DAY)
    times, label = _kept()
    assert ([each is not None for each in times], label) == ([has_times] * 4, "Frau M." if has_label else None)
    assert db.session.query(Checkin).one().booking_id == db.session.query(Booking).one().id
