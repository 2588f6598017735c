"""What is known of events, and what they are judged by."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, bindparam, or_, select

from app.bookings.models import Booking
from app.checkins import codes
from app.checkins.models import Checkin, Sign
from app.checkins.records import KnownSign, Record
from app.extensions import execute, table
from app.spaces.models import Seat, Space
from app.statements import Prepared


def _several(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


# What phones wait for is built once, in plain tables: putting a statement together costs more than running it.
_signs = table(Sign).c
_spaces = table(Space).c
_checkins = table(Checkin).c
_bookings = table(Booking).c

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


def _records(*where: ColumnElement[bool]) -> Prepared:
    return Prepared(
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
            _checkins.device,
            _checkins.undoes,
            _checkins.id,
            _signs.replaced_at,
            _bookings.uuid.label("booking_uuid"),
        )
        .join_from(table(Checkin), table(Sign), _signs.id == _checkins.sign_id, isouter=True)
        .join(table(Booking), _bookings.id == _checkins.booking_id, isouter=True)
        .where(or_(*where))
    )


_of_ids = _checkins.event_id.in_(_several("event_ids"))
_undoing = _checkins.undoes.in_(_several("event_ids"))
_counts = (
    _checkins.reason.is_(None)
    | (_checkins.reason != "duplicate")
    # Whether a pass was shown before, its duplicates tell as well.
    | (_checkins.evidence == "host_scan")
    | (_checkins.effective_at >= bindparam("earliest"))
)
_on_days = _checkins.local_date.in_(_several("days"))
_RECORDS = _records(_of_ids, _undoing, (_checkins.person_id == bindparam("person_id")) & _on_days & _counts)
_HOSTS_RECORDS = _records(
    _of_ids,
    _undoing,
    _checkins.person_id.in_(_several("people")) & _on_days & _counts,
    (_checkins.space_id == bindparam("space_id")) & _on_days & _checkins.person_id.is_(None),
)
_TARGETS = _records(_of_ids)


def records(event_ids: Collection[UUID], person_id: int, context: Context) -> list[Record]:
    """Return the events of these ids, what takes them back, and those of the person that are needed to judge."""
    return _read(_RECORDS, event_ids, context, person_id=person_id)


def hosts_records(
    event_ids: Collection[UUID], people: Collection[int], space_id: int, context: Context
) -> list[Record]:
    """Return the same for several people, with those events of the space that are nobody's."""
    return _read(_HOSTS_RECORDS, event_ids, context, people=list(people) or [0], space_id=space_id)


def walk_in_seats(bookings: Collection[UUID]) -> dict[UUID, int]:
    """Return the numbers of the seats that these bookings of walk-ins have."""
    if not bookings:
        return {}
    rows = execute(
        select(Booking.uuid, Seat.number)
        .join(Seat, Seat.id == Booking.seat_id)
        .where(Booking.uuid.in_(bookings), Booking.label.is_not(None), Booking.ended_at.is_(None))
    )
    return {row.uuid: row.number for row in rows}


def records_of_ids(event_ids: Collection[UUID]) -> list[Record]:
    """Return the events of these ids."""
    return [Record(**row._asdict()) for row in _TARGETS.rows({"event_ids": list(event_ids)})] if event_ids else []


def _read(statement: Prepared, event_ids: Collection[UUID], context: Context, **more: object) -> list[Record]:
    wanted = {
        "event_ids": list(event_ids),
        "days": sorted(context.days) or [date.min],
        "earliest": context.earliest,
        **more,
    }
    return [Record(**row._asdict()) for row in statement.rows(wanted)]
