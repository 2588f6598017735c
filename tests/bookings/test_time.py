"""Every quarter hour of eight years in Berlin, both nights of changing clocks included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from app import clock
from app.bookings import queries
from app.bookings.models import PERIODS
from app.spaces.queries import Opening

BERLIN = "Europe/Berlin"
FIRST, LAST = date(2024, 1, 1), date(2031, 12, 31)


def _days():
    return (FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))


def test_every_quarter_hour_of_eight_years_is_the_moment_that_the_wall_shows():
    skipped = doubled = 0
    for day in _days():
        previous = None
        for minute in range(0, 1441, 15):
            moment = clock.moment_of(day, minute, BERLIN)
            wall = moment.astimezone(clock.zone(BERLIN)).replace(tzinfo=None)
            wanted = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
            assert previous is None or moment >= previous
            if previous is not None and moment - previous > timedelta(minutes=15):
                doubled += 1
            if wall != wanted:
                # Only in the hour that spring skips; then it is the moment of the jump.
                skipped += 1
                assert wanted.hour == 2
                assert wall.hour == 3
                assert wall.minute == 0
            previous = moment
    assert (skipped, doubled) == (8 * 4, 8)


def test_local_day_and_moment_agree_all_year():
    for day in _days():
        midnight = clock.moment_of(day, 0, BERLIN)
        assert clock.local_day(midnight, BERLIN) == day
        assert clock.local_day(midnight - timedelta(seconds=1), BERLIN) == day - timedelta(days=1)
        assert clock.moment_of(day, 1440, BERLIN) == clock.moment_of(day + timedelta(days=1), 0, BERLIN)


@settings(max_examples=500, deadline=None)
@given(
    day=some.dates(FIRST, LAST),
    minutes=some.lists(some.integers(0, 1440), min_size=3, max_size=3, unique=True).map(sorted),
)
def test_half_days_meet_and_fill_the_day(day, minutes):
    space = type("AnySpace", (), {"timezone": BERLIN})()
    opening = Opening(*minutes)
    morning, afternoon, whole = (
        queries.moments(space, opening, day, PERIODS[name]) for name in ("morning", "afternoon", "day")
    )
    assert morning[1] == afternoon[0]
    assert whole == (morning[0], afternoon[1])
    assert whole[0] <= whole[1]
    assert {moment.tzinfo for moment in (*whole, *morning)} == {UTC}
