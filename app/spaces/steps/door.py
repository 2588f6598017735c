"""Opening a door: the one step that talks to somebody else's machine. It belongs into no transaction."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from app import transaction
from app.errors import N_, DomainError
from app.spaces import doors
from app.spaces.queries import DoorFacts

log = logging.getLogger(__name__)


class DoorSilent(DomainError):
    """The door could not be reached or did not open."""

    code = "door_silent"
    status = 502
    message = N_("Die Tür hat nicht geantwortet. Versuch es noch einmal, oder ruf den Notfallkontakt an.")


def may_be_called(url: str, *, is_loopback_allowed: bool) -> bool:
    """Whether a door may have this address; where its name leads is looked at when it is called."""
    try:
        doors.check(url, is_loopback_allowed=is_loopback_allowed)
    except doors.Unusable:
        return False
    return True


def open_door(door: DoorFacts, *, booking: UUID, space: str, is_loopback_allowed: bool, now: datetime) -> None:
    """Ask a door to open for a booking. Whether it may is decided before. Refuses: `DoorSilent`.

    A door may take seconds to answer, so nothing may be locked and no connection held meanwhile.
    """
    transaction.let_go()
    request = doors.Request(booking, space, now)
    try:
        doors.open_door(door.url or "", door.secret or "", request, is_loopback_allowed=is_loopback_allowed)
    except (doors.Unusable, doors.Silent) as error:
        log.warning("the door of %s did not open: %s", space, error)
        raise DoorSilent from error
