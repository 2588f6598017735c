"""What needs a human: check-ins that raise a question."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, exists, or_, select
from sqlalchemy.orm import aliased

from app import i18n
from app.bookings.models import Booking
from app.checkins.models import WORDS, Checkin
from app.checkins.queries import JUDGED_FOR
from app.errors import N_
from app.extensions import execute
from app.people.models import Person

TEXTS = {
    "double_use": N_("Der Ausweis von {name} wurde zweimal gezeigt. Frag nach, wer von beiden gebucht hat."),
    "elsewhere": N_("Der Ausweis von {name} wurde heute auch woanders gezeigt. Frag nach, wenn {name} kommt."),
    "no_booking": N_("{name} war da, hat hier aber für diese Zeit keine Buchung. Biete einen freien Platz an."),
    "wrong_space": N_("{name} hat für einen anderen Ort gebucht und hier eingecheckt. Biete einen freien Platz an."),
    "seat_taken": N_("Der Platz von {name} ist inzwischen anders vergeben. Biete einen freien Platz an."),
    "space_closed": N_("{name} hat eingecheckt, obwohl geschlossen war. Sieh nach, ob jemand vor der Tür steht."),
    "old_sign": N_("{name} hat ein altes Schild gescannt. Sieh nach, ob irgendwo noch eines hängt."),
    "wrong_window": N_("Der Code, den {name} gescannt hat, passte nicht zur Uhrzeit. Frag nach, ob {name} da war."),
    "uncertain": N_("Von {name} kam ein Check-in, dessen Tag nicht sicher ist. Bestätige ihn, wenn {name} da war."),
    "implausible": N_("Der Check-in von {name} ist kaum möglich. Frag nach, ob {name} da war."),
    "over_quota": N_("{name} ist ohne freies Kontingent da. Der Arbeitgeber erfährt es, du musst nichts tun."),
    "revoked_device": N_("{name} hat mit einem gesperrten Gerät eingecheckt. Frag nach, ob {name} da war."),
}
SOMEBODY = N_("Jemand")


@dataclass(frozen=True, slots=True)
class Notice:
    """A check-in that somebody should look at. `at` is None when it is older than a day."""

    kind: str
    event: UUID
    booking: UUID | None
    name: str | None
    at: datetime | None

    def text(self, name: str | None) -> str:
        """Say it in the present language; `name` is how much of the name may be shown."""
        return i18n.gettext(TEXTS[self.kind]).format_map({"name": name or i18n.gettext(SOMEBODY)})


_SELECT: Any = (
    select(
        Checkin.event_id,
        Checkin.reason,
        Checkin.time_quality,
        Checkin.effective_at,
        Checkin.space_id,
        Booking.uuid,
        Person.name,
        Booking.label,
        Checkin.kind,
        Checkin.body,
    )
    .outerjoin(Booking, Booking.id == Checkin.booking_id)
    .outerjoin(Person, Person.id == Checkin.person_id)
    .where(Checkin.kind != "undo", Checkin.verdict != "rejected")
    .order_by(Checkin.effective_at.desc(), Checkin.id.desc())
)


def notices(space_id: int, day: date, *, now: datetime, is_today_only: bool = False) -> list[Notice]:
    """Return what of today raises a question, and what of the last 14 days waits for a host's word; newest first."""
    here = Checkin.space_id == space_id
    of_today = and_(here, Checkin.local_date == day, Checkin.reason.in_(TEXTS))
    wanted = [of_today, _doubly_seated(space_id, day), _waits(space_id, day if is_today_only else day - JUDGED_FOR)]
    elsewhere = select(Booking.person_id).where(
        Booking.space_id == space_id, Booking.date == day, Booking.person_id.is_not(None)
    )
    wanted.append(
        and_(
            Checkin.person_id.in_(elsewhere),
            Checkin.local_date == day,
            Checkin.space_id != space_id,
            Checkin.evidence == "host_scan",
            Checkin.reason == "wrong_space",
        )
    )
    return [_notice(row, space_id, now) for row in execute(_SELECT.where(or_(*wanted)))]


def _doubly_seated(space_id: int, day: date) -> Any:
    """Who is there on a seat that was released and that somebody else holds since: each had it when they came."""
    other = aliased(Booking)
    is_held = exists().where(
        other.seat_id == Booking.seat_id,
        other.date == Booking.date,
        other.id != Booking.id,
        other.ended_at.is_(None),
        other.released_at.is_(None),
        other.first_slot < Booking.end_slot,
        Booking.first_slot < other.end_slot,
    )
    return and_(
        Checkin.space_id == space_id,
        Checkin.local_date == day,
        Checkin.kind == "check_in",
        Checkin.reason.is_(None) | Checkin.reason.not_in(["duplicate", "double_use", "undone"]),
        Booking.released_at.is_not(None),
        Booking.ended_at.is_(None),
        is_held,
    )


def _waits(space_id: int, since: date) -> Any:
    """Check-ins whose day is not sure, until somebody gives their word for the booking."""
    word = aliased(Checkin)
    is_said = exists().where(
        word.booking_id == Checkin.booking_id, word.evidence.in_(WORDS), word.reason.is_distinct_from("undone")
    )
    return and_(
        Checkin.space_id == space_id,
        Checkin.local_date >= since,
        Checkin.time_quality == "uncertain",
        Checkin.evidence.not_in(WORDS),
        Checkin.reason.is_(None) | Checkin.reason.not_in(["duplicate", "undone"]),
        ~is_said,
    )


def _notice(row: Row[*tuple[Any, ...]], space_id: int, now: datetime) -> Notice:
    if row.space_id != space_id:
        kind = "elsewhere"
    else:
        kind = row.reason if row.reason in TEXTS else "uncertain" if row.time_quality == "uncertain" else "seat_taken"
    is_recent = row.effective_at is not None and now - row.effective_at < timedelta(hours=24)
    # Who walked in and got no seat has no booking: the label stands in what the host's device sent.
    sent = json.loads(row.body).get("label") if row.kind == "walk_in" and row.body and not row.label else None
    return Notice(kind, row.event_id, row.uuid, row.label or row.name or sent, row.effective_at if is_recent else None)
