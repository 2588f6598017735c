"""The devices of hosts: each is tied to one space and proves itself by a token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from app.checkins.models import Device
from app.checkins.records import Place
from app.errors import N_, DomainError
from app.extensions import db, table
from app.people.models import Person
from app.people.queries import token_digest
from app.spaces.models import Space
from app.statements import Prepared


class HostDeviceRevoked(DomainError):
    """No device shows this token, or none any more."""

    code = "device_revoked"
    status = 401
    message = N_(
        "Dieses Gerät ist für den Ort nicht mehr freigegeben. Melde dich an und gib es unter „Geräte“ neu frei."
    )


@dataclass(frozen=True, slots=True)
class HostDevice:
    """A device that may read and record for one space."""

    uuid: UUID
    place: Place


@dataclass(frozen=True, slots=True)
class HostDeviceFacts:
    """A device as the list of a space's devices shows it; `pending` counts what it had not sent when last heard.

    `maker_id` and `maker` say who set it up, as far as that is known.
    """

    uuid: UUID
    name: str
    made_at: datetime
    seen_at: datetime
    pending: int
    revoked_at: datetime | None
    maker_id: int | None
    maker: str | None


_devices, _spaces = table(Device).c, table(Space).c
_OF_TOKEN = Prepared(
    select(_devices.uuid, _spaces.id, _spaces.slug, _spaces.name, _spaces.timezone)
    .join_from(table(Device), table(Space), _spaces.id == _devices.space_id)
    .where(_devices.token_digest == bindparam("digest"), _devices.revoked_at.is_(None))
)


def host_device(token: str) -> HostDevice:
    """Return the device that shows `token`. Refuses: `HostDeviceRevoked`."""
    row = _OF_TOKEN.row({"digest": token_digest(token)})
    if row is None:
        raise HostDeviceRevoked
    return HostDevice(row[0], Place(*row[1:]))


def host_devices(space_id: int) -> list[HostDeviceFacts]:
    """Return the devices that may, or once might, record for a space; those in use first."""
    said = (Device.uuid, Device.name, Device.made_at, Device.seen_at, Device.pending, Device.revoked_at)
    columns: Any = (*said, Device.maker_id, Person.name)
    rows = db.session.execute(
        select(*columns)
        .outerjoin(Person, Person.id == Device.maker_id)
        .where(Device.space_id == space_id)
        .order_by(Device.revoked_at.is_not(None), Device.seen_at.desc())
    )
    return [HostDeviceFacts(row[0], row[1] or "", *row[2:]) for row in rows]
