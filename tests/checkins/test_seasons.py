"""Summer and winter time: what happened is UTC, a day is a day on the wall of the space."""

from datetime import UTC, date, datetime, timedelta

import time_machine

from app import clock
from app.checkins.models import Checkin

ZONE = "Europe/Berlin"
QUARTER = timedelta(minutes=15)
YEARS = range(2024, 2032)


def _last_sunday(year, month):
    last = date(year, month + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _changes(year):
    """The moments at which the law changes the clocks: 1:00 UTC on the last Sundays of March and October."""
    return [
        datetime.combine(_last_sunday(year, month), datetime.min.time(), UTC) + timedelta(hours=1) for month in (3, 10)
    ]


def _quarters(first, last):
    while first < last:
        yield first
        first += QUARTER


def test_row_16_every_quarter_hour_of_eight_years_lies_on_the_day_that_the_wall_clock_shows():
    seen = 0
    for year in YEARS:
        summer, winter = _changes(year)
        first = datetime(year, 1, 1, tzinfo=UTC)
        for moment in _quarters(first, datetime(year + 1, 1, 1, tzinfo=UTC)):
            offset = timedelta(hours=2 if summer <= moment < winter else 1)
            assert clock.local_day(moment, ZONE) == (moment + offset).date()
            seen += 1
    assert seen == (8 * 365 + 2) * 96


def test_row_16_the_hours_of_change_come_back_from_the_database_as_they_went_in(phone_of, code, db):
    times = []
    for change in [change for year in YEARS for change in _changes(year)]:
        with time_machine.travel(change + timedelta(hours=3), tick=False):
            phone = phone_of("ana")
            hours = list(_quarters(change - timedelta(hours=2), change + timedelta(hours=2)))
            phone.send(*[phone.scan(code, moment) for moment in hours])
            times += hours
    rows = db.session.query(Checkin).order_by(Checkin.id).all()
    assert [row.captured_at for row in rows] == times
    assert [row.effective_at for row in rows] == times
    assert [row.local_date for row in rows] == [clock.local_day(moment, ZONE) for moment in times]
    assert len(set(times)) == 8 * 2 * 16


def test_row_16_the_repeated_hour_has_two_of_each_instant(phone_of, code, book):
    night = date(2026, 10, 25)
    (_, change) = _changes(2026)
    before = book(day=night, starts_at=change - 4 * QUARTER, ends_at=change, made_at=change - timedelta(days=1))
    after = book(day=night, starts_at=change, ends_at=change + 8 * QUARTER, made_at=change - timedelta(days=1))
    with time_machine.travel(change + timedelta(hours=1), tick=False):
        phone = phone_of("ana")
        verdicts = phone.send(
            phone.scan(code, captured_at="2026-10-25T02:30:00+02:00"),
            phone.scan(code, captured_at="2026-10-25T02:30:00+01:00"),
        )
    assert [each["booking"] for each in verdicts] == [str(before.uuid), str(after.uuid)]
    assert [each["effective_at"] for each in verdicts] == ["2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"]
    assert [each["text"] for each in verdicts] == ["Du bist seit 02:30 Uhr eingecheckt: Kontor."] * 2
