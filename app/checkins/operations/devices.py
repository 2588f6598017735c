"""Installations of the app: the keys that sign their events, and the end of an installation that is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from app import transaction
from app.checkins import queries
from app.checkins.models import Device
from app.errors import N_, DomainError, NotFound
from app.extensions import db
from app.people import steps as people

# Nobody carries so many phones; who makes more is a script.
MOST_DEVICES = 50


class OtherKey(DomainError):
    """An installation keeps its key; a new key is a new installation."""

    code = "other_key"
    message = N_("Dieses Gerät hat schon einen anderen Schlüssel. Lade die App neu, dann meldet sie sich neu an.")


class DeviceRevoked(queries.HostDeviceRevoked):
    """The person took this installation off the list."""

    status = 409
    message = N_("Dieses Gerät ist gesperrt. Lade die App neu, dann meldet sie sich als neues Gerät an.")


class TooManyDevices(DomainError):
    """More installations than anybody has."""

    code = "too_many_devices"
    message = N_("Du hast schon sehr viele Geräte. Sperr zuerst eines, das du nicht mehr benutzt.")


@dataclass(frozen=True, slots=True)
class Introduction:
    """What an installation says about itself: its name among all, its key (x and y) and what people call it."""

    device: UUID
    public_key: bytes
    name: str | None


@transaction.write
def register_device(*, introduction: Introduction, person_id: int, now: datetime) -> None:
    """Keep the public key of an installation. Once more with the same key changes nothing but the name.

    Refuses: `NotFound` when it is somebody else's, `OtherKey`, `DeviceRevoked`, `TooManyDevices`.
    """
    people.lock(person_id)
    device = _of(introduction.device)
    if device is None:
        device = Device(uuid=introduction.device, person_id=person_id, made_at=now, seen_at=now)
        _check_number(person_id)
        db.session.add(device)
    if device.person_id != person_id or device.space_id is not None:
        raise NotFound
    if device.revoked_at is not None:
        raise DeviceRevoked
    if device.public_key is not None and device.public_key != introduction.public_key:
        raise OtherKey
    if device.public_key is None:
        device.public_key, device.key_made_at = introduction.public_key, now
    device.name, device.seen_at = introduction.name, now
    db.session.flush()


@transaction.write
def revoke_device(*, device: UUID, person_id: int, now: datetime) -> None:
    """End an installation: what it captures from now on is refused. Once more changes nothing. Refuses: `NotFound`."""
    people.lock(person_id)
    mine = (Device.uuid == device, Device.person_id == person_id)
    if db.session.scalar(select(Device.id).where(*mine)) is None:
        raise NotFound
    ended = update(Device).where(*mine, Device.revoked_at.is_(None)).values(revoked_at=now)
    db.session.execute(ended.execution_options(synchronize_session=False))


def _of(device: UUID) -> Device | None:
    """Find and lock an installation."""
    return db.session.scalar(select(Device).where(Device.uuid == device).with_for_update())


def _check_number(person_id: int) -> None:
    own = (Device.person_id == person_id, Device.revoked_at.is_(None))
    if (db.session.scalar(select(func.count()).select_from(Device).where(*own)) or 0) >= MOST_DEVICES:
        raise TooManyDevices
