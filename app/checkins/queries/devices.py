"""The installations that events come from, and the people they belong to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from app import clock
from app.checkins.models import Device, GoneEvent
from app.checkins.queries.gone import gone_digest
from app.checkins.records import KnownDevice
from app.extensions import db, table
from app.statements import Prepared

# A device is nowhere in particular; its person lives here.
TIMEZONE = "Europe/Berlin"
_devices = table(Device).c
_gone = table(GoneEvent).c

_FACTS = (_devices.uuid, _devices.person_id, _devices.space_id, _devices.public_key, _devices.revoked_at)
_IS_NAMED = _devices.uuid.in_(bindparam("devices", expanding=True))
_KNOWN = Prepared(select(*_FACTS).where(_IS_NAMED))
_DIGESTS = (
    select(func.aggregate_strings(_gone.digest, ",").label("digests"))
    .where(_gone.digest.in_(bindparam("digests", expanding=True)))
    .subquery()
)
_KNOWN_AND_GONE = Prepared(
    select(*_FACTS, _DIGESTS.c.digests).join_from(_DIGESTS, table(Device), _IS_NAMED, isouter=True)
)


def known_devices(devices: Collection[UUID]) -> dict[UUID | None, KnownDevice]:
    """Return what is known of these installations, by name."""
    found = _KNOWN.rows({"devices": list(devices)}) if devices else []
    return {row.uuid: KnownDevice(*row) for row in found}


def known_devices_and_gone(
    devices: Collection[UUID], events: Collection[UUID]
) -> tuple[dict[UUID | None, KnownDevice], set[UUID]]:
    """Return what is known of these installations, by name, and which of these events were an erased person's."""
    digests = {gone_digest(name): name for name in events}
    found = _KNOWN_AND_GONE.rows({"devices": list(devices), "digests": list(digests)})
    gone = {digests[digest] for digest in (found[0].digests or "").split(",") if digest}
    return {row.uuid: KnownDevice(*row[:-1]) for row in found if row.uuid is not None}, gone


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """An installation as its person sees it; `pending` is what it last said about its unsent check-ins."""

    uuid: UUID
    name: str | None
    made_at: datetime
    seen_at: datetime
    pending: int
    has_key: bool
    revoked_at: datetime | None

    @property
    def made_on(self) -> date:
        return clock.local_day(self.made_at, TIMEZONE)

    @property
    def seen_on(self) -> date:
        return clock.local_day(self.seen_at, TIMEZONE)

    @property
    def revoked_on(self) -> date | None:
        return clock.local_day(self.revoked_at, TIMEZONE) if self.revoked_at else None


def devices_of(person_id: int) -> list[DeviceFacts]:
    """Return a person's installations, revoked ones last, else the latest seen first."""
    rows = db.session.execute(
        select(
            Device.uuid,
            Device.name,
            Device.made_at,
            Device.seen_at,
            Device.pending,
            Device.public_key.is_not(None),
            Device.revoked_at,
        )
        .where(Device.person_id == person_id)
        .order_by(Device.revoked_at.is_not(None), Device.seen_at.desc(), Device.id)
    )
    return [DeviceFacts(*row) for row in rows]
