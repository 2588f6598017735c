"""What is known of events, and what they are judged by."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select

from app.bookings.models import Booking
from app.checkins import codes
from app.checkins.judging import Booked
from app.checkins.models import Checkin, Sign
from app.checkins.records import KnownSign, Record
from app.extensions import table
from app.spaces.models import Space
from app.statements import Prepared


def _several(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


# What phones wait for is built once, in plain tables: putting a statement together costs more than running it.
_signs = table(Sign).c
_spaces = table(Space).c
_checkins = table(Checkin).c
_bookings = table(Booking).c
_NO_NAME = UUID(int=0)

_KNOWN_SIGNS = Prepared(
    select(
        _signs.id,
        _signs.space_id,
        _signs.code,
        _signs.short_code,
        _signs.replaced_at,
        _spaces.slug,
        _spaces.name,
        _spaces.timezone,
    )
    .join_from(table(Sign), table(Space), _spaces.id == _signs.space_id)
    .where(_signs.code.in_(_several("codes")) | _signs.short_code.in_(_several("short_codes")))
)


def known_signs(readings: Iterable[codes.Reading]) -> dict[str | None, KnownSign]:
    """Return the signs behind what was read, by long and by short code."""
    read = [reading for reading in readings if reading.code]
    if not read:
        return {}
    chosen = {
        "codes": [reading.code for reading in read if reading.verdict == "sign"] or [""],
        "short_codes": [reading.code for reading in read if reading.verdict == "short"] or [""],
    }
    signs = [KnownSign(*row) for row in _KNOWN_SIGNS.rows(chosen)]
    return {code: sign for sign in signs for code in (sign.code, sign.short_code)}


@dataclass(frozen=True, slots=True)
class Context:
    """What judging new events needs: all that counts on these days, and duplicates from `earliest` on.

    Earlier duplicates stay what they are, however many somebody sends.
    """

    days: frozenset[date]
    earliest: datetime | None


_RECORDS = Prepared(
    select(
        _checkins.event_id,
        _checkins.person_id,
        _checkins.body_digest,
        _checkins.verdict,
        _checkins.reason,
        _checkins.kind,
        _checkins.space_id,
        _checkins.claimed_booking,
        _checkins.captured_at,
        _checkins.sent_at,
        _checkins.effective_at,
        _checkins.local_date,
        _checkins.time_quality,
        _checkins.evidence,
        _checkins.booking_id,
        _checkins.duplicate_of,
        _checkins.is_unowned,
        _checkins.doubt,
        _checkins.received_at,
        _checkins.id,
        _signs.replaced_at,
        _bookings.uuid.label("booking_uuid"),
    )
    .join_from(table(Checkin), table(Sign), _signs.id == _checkins.sign_id, isouter=True)
    .join(table(Booking), _bookings.id == _checkins.booking_id, isouter=True)
    .where(
        _checkins.event_id.in_(_several("event_ids"))
        | (
            (_checkins.person_id == bindparam("person_id"))
            & _checkins.local_date.in_(_several("days"))
            & (
                _checkins.reason.is_(None)
                | (_checkins.reason != "duplicate")
                | (_checkins.effective_at >= bindparam("earliest"))
            )
        )
    )
)


def records(event_ids: Iterable[UUID], person_id: int, context: Context) -> list[Record]:
    """Return the events of these ids, whoever sent them, and those of the person that are needed to judge."""
    wanted = {
        "event_ids": list(event_ids),
        "person_id": person_id,
        "days": sorted(context.days) or [date.min],
        "earliest": context.earliest,
    }
    return [Record(**row._asdict()) for row in _RECORDS.rows(wanted)]


_BOOKINGS = Prepared(
    select(
        _bookings.id,
        _bookings.uuid,
        _bookings.space_id,
        _bookings.date,
        _bookings.starts_at,
        _bookings.ends_at,
        _bookings.made_at,
        _bookings.ended_at,
    ).where(
        _bookings.person_id == bindparam("person_id"),
        _bookings.ends_at.between(bindparam("first"), bindparam("last")) | _bookings.uuid.in_(_several("claimed")),
    )
)


def bookings_around(person_id: int, days: Collection[date], claimed: Collection[UUID]) -> list[Booked]:
    """Return the person's bookings of these days and their neighbours, ended ones too, and those that scans name."""
    wanted = {
        "person_id": person_id,
        "first": datetime.combine(min(days), time(), UTC) - timedelta(days=1),
        "last": datetime.combine(max(days), time(), UTC) + timedelta(days=3),
        "claimed": list(claimed) or [_NO_NAME],
    }
    return [Booked(*row) for row in _BOOKINGS.rows(wanted)]
