"""What calendars read besides the appointments: zones that change when the clocks do."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from app import calendars
from app.calendars import Appointment

BERLIN = ZoneInfo("Europe/Berlin")
URL = "https://nahplatz.example"


def _told(starts_at, hours=1, timezone="Europe/Berlin"):
    facts = {"seat": "Platz 1", "space": "Wagen", "location": "Wagen, Nottuln", "arrival": None, "stop": None}
    moments = {"stamp": starts_at, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours)}
    return Appointment(uuid=uuid.uuid4(), sequence=0, timezone=timezone, position=None, **moments, **facts)


def _written(*told):
    body = calendars.write([calendars.event(each, URL) for each in told])
    return icalendar.Calendar.from_ical(body)


def _changes(zone):
    """Return when clocks change by a zone as RFC 5545 reads it: [(moment, offset before, offset after)]."""
    found = []
    for part in zone.subcomponents:
        onsets = [part.DTSTART, *(each.dt for each in part["RDATE"].dts)] if "RDATE" in part else [part.DTSTART]
        offsets = part.TZOFFSETFROM, part.TZOFFSETTO
        found += [((onset - offsets[0]).replace(tzinfo=UTC), *offsets) for onset in onsets if offsets[0] != offsets[1]]
    return sorted(found)


@pytest.mark.parametrize(
    ("day", "timezone"),
    [
        (datetime(2026, 10, 24, 22, tzinfo=UTC), "Europe/Berlin"),
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), "Europe/Berlin"),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), "Europe/Lisbon"),
    ],
)
def test_zones_change_in_the_very_moment(day, timezone):
    [zone] = _written(_told(day, timezone=timezone)).timezones
    changes = _changes(zone)
    assert len(changes) >= 6, "those of the year, the one before and the one after"
    for at, before, after in changes:
        assert (at - timedelta(seconds=1)).astimezone(ZoneInfo(timezone)).utcoffset() == before
        assert at.astimezone(ZoneInfo(timezone)).utcoffset() == after


@pytest.mark.parametrize(
    ("starts_at", "wall"),
    [
        (datetime(2027, 3, 28, 0, tzinfo=UTC), "01:00"),
        (datetime(2027, 3, 28, 1, tzinfo=UTC), "03:00"),
        (datetime(2027, 10, 31, 0, tzinfo=UTC), "02:00"),
        (datetime(2027, 10, 31, 2, tzinfo=UTC), "03:00"),
    ],
)
def test_on_both_nights_an_appointment_is_when_it_is(starts_at, wall):
    [event] = _written(_told(starts_at)).walk("VEVENT")
    assert event["DTSTART"].to_ical().decode()[9:13] == wall.replace(":", "")
    assert event["DTSTART"].dt.astimezone(UTC) == starts_at


def test_appointments_of_several_zones_bring_each_of_them_once():
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)
    calendar = _written(_told(at), _told(at + timedelta(days=400)), _told(at, timezone="Europe/Lisbon"))
    assert [zone.tz_name for zone in calendar.timezones] == ["Europe/Berlin", "Europe/Lisbon"]
    assert _changes(calendar.timezones[0])[-1][0].year == 2028
    assert calendar.get_missing_tzids() == set()
