"""Devices of hosts: let one record for a space, and stop it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app import transaction
from app.checkins import steps
from app.checkins.models import Device
from app.errors import N_, DomainError, NotFound
from app.extensions import db
from app.people.queries import token_digest


class DeviceInUse(DomainError):
    """The device belongs to a person, or to another space."""

    code = "device_in_use"
    message = N_("Dieses Gerät ist schon anders angemeldet. Nimm ein anderes Gerät oder einen anderen Browser.")


@dataclass(frozen=True)
class HostDeviceOrder:
    """Which device is to record for which space, and who sets it up.

    `public_key` is x and y (64 bytes) of the key that signs for it.
    """

    uuid: UUID
    name: str
    public_key: bytes | None
    space_id: int
    maker_id: int


@transaction.write
def register_host_device(*, order: HostDeviceOrder, actor: str, now: datetime) -> str:
    """Let a device read and record for one space and return the token it shows for that; only its digest is kept.

    A device that is known, revoked or not, gets a new token and the old one is void. `actor` is a public id.
    Refuses: `DeviceInUse`.
    """
    device = db.session.scalar(select(Device).where(Device.uuid == order.uuid))
    if device is not None and (device.person_id is not None or device.space_id not in {None, order.space_id}):
        raise DeviceInUse
    if device is None:
        device = Device(uuid=order.uuid, made_at=now, pending=0)
        db.session.add(device)
    token = secrets.token_urlsafe(32)
    device.name, device.space_id, device.seen_at, device.revoked_at = order.name, order.space_id, now, None
    device.token_digest, device.maker_id = token_digest(token), order.maker_id
    device.public_key, device.key_made_at = order.public_key, now if order.public_key else None
    db.session.flush()
    detail = {"device": str(order.uuid), "name": order.name}
    steps.note(order.space_id, action="new_host_device", detail=detail, actor=actor, now=now)
    return token


@transaction.write
def revoke_host_device(*, device: UUID, space_id: int, actor: str, now: datetime) -> None:
    """Void the token of a device that is lost or no more needed. Twice is once. Refuses: `NotFound`."""
    is_it = (Device.uuid == device, Device.space_id == space_id)
    if db.session.scalar(select(Device.id).where(*is_it)) is None:
        raise NotFound
    revoked = update(Device).where(*is_it, Device.revoked_at.is_(None)).values(revoked_at=now, token_digest=None)
    if db.session.execute(revoked).rowcount:  # type: ignore[attr-defined]
        steps.note(space_id, action="revoke_host_device", detail={"device": str(device)}, actor=actor, now=now)
