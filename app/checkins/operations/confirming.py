"""A person says that they were there, where no scan of theirs arrived."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID, uuid5

from app import transaction
from app.checkins import queries
from app.checkins.arriving import WORD
from app.checkins.operations.batches import take
from app.checkins.records import JUDGED_FOR, Arrival
from app.checkins.schemas.batch import Event
from app.checkins.schemas.reading import Entry
from app.checkins.timing import Clocks
from app.errors import N_, DomainError, NotFound
from app.people import steps as people

# No device: what is said on a page has no number that could be missing.
_PAGE = UUID(int=0)


class VisitNotBegun(DomainError):
    """The booking has not begun."""

    code = "visit_not_begun"
    message = N_("Deine Buchung hat noch nicht begonnen. Scann das Schild, wenn du da bist.")


class VisitTooOld(DomainError):
    """Nobody can say any more what became of the booking."""

    code = "visit_too_old"
    message = N_("Das ist länger als 14 Tage her und lässt sich nicht mehr bestätigen.")


@transaction.write
def confirm_visit(*, booking: UUID, person_id: int, now: datetime) -> None:
    """Record a person's own word for a booking of theirs; saying it again changes nothing.

    A scan that arrives later says more, and counts in its place.

    Refuses: `NotFound` when it is not theirs, `VisitNotBegun`, `VisitTooOld`.
    """
    people.lock(person_id)
    named = queries.named_bookings({booking}).get(booking)
    if named is None or named.person_id != person_id:
        raise NotFound
    if now < named.starts_at:
        raise VisitNotBegun
    if named.ends_at < now - JUDGED_FOR:
        raise VisitTooOld
    arrival = Arrival(
        person_id=person_id,
        device=_PAGE,
        sent=Clocks(now, WORD, 0),
        pending=0,
        is_unowned=False,
        origin="",
        received_at=now,
    )
    take(arrival, [_word(booking, now)], {})


def _word(booking: UUID, now: datetime) -> Entry:
    """Make the event of a person's word; its id is that of the booking's one word."""
    name = uuid5(booking, WORD)
    event = {
        "id": str(name),
        "device": str(_PAGE),
        "seq": 1,
        "kind": "check_in",
        "code": WORD,
        "booking": str(booking),
        "captured_at": now.isoformat(),
        "boot": WORD,
        "boot_ms": 0,
        "last_server_time": None,
        "app_version": "",
        "schema": 1,
        "signature": None,
    }
    digest = hashlib.sha256(name.bytes).hexdigest()
    return Entry(str(name), name, "", digest, None, None, Event.model_validate(event))
