"""Who sends a batch, and what may be told in answer. Whoever is not known by one of these ways has to sign in.

1. A session of the person whom the phone names: every verdict in full.
2. A key alone: every event is signed by the key of the batch's device. Then the events are that person's, but who sent
   them is not proved, so nothing is told but that they are stored.
3. A phone of an erased person: there is nobody left whom the events could be about, and the phone may hear that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.access import SignedIn, SignInNeeded
from app.checkins import queries, signing
from app.checkins.records import KnownDevice
from app.checkins.schemas.reading import Entry
from app.errors import N_, DomainError


class OtherPerson(DomainError):
    """The phone believes that somebody else is signed in: it keeps the events for that person."""

    code = "other_person"
    status = 401
    message = N_("Hier ist gerade jemand anderes angemeldet. Melde dich an, dann kommen deine Check-ins nach.")


@dataclass(frozen=True, slots=True)
class Sender:
    """For whom events are recorded. Who `is_told` gets verdicts, everybody else only the word that they are stored."""

    person_id: int
    is_told: bool


class Gone(Exception):
    """The batch comes from a phone of an erased person."""


def sender(person: SignedIn | None, believed: str | None, device: UUID, entries: Sequence[Entry]) -> Sender:
    """Find out who sends. `believed` is whom the phone names. Refuses: `OtherPerson`, `SignInNeeded`, `Gone`."""
    if person is not None:
        if believed != person.public_id:
            raise OtherPerson
        return Sender(person.person_id, is_told=True)
    known = queries.known_devices([device]).get(device)
    if known is None and queries.gone([device]):
        raise Gone
    if known is None or known.person_id is None or not all(_is_signed_by(known, each) for each in entries):
        raise SignInNeeded
    return Sender(known.person_id, is_told=False)


def _is_signed_by(device: KnownDevice, entry: Entry) -> bool:
    if device.public_key is None or entry.device != device.uuid or entry.event is None or entry.signed is None:
        return False
    return signing.is_signed(entry.signed, entry.event.signature or "", device.public_key)
