"""What becomes of a space's devices when whoever set them up no longer acts for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from app.audit import steps as audit
from app.checkins.models import Device
from app.extensions import db
from app.spaces.models import Space


def revoke_devices_of(maker_id: int, space_ids: Collection[int], actor: str, now: datetime) -> None:
    """Void the tokens of the devices that a person set up for these spaces. `actor` is a public id."""
    is_one = (Device.maker_id == maker_id, Device.space_id.in_(space_ids), Device.revoked_at.is_(None))
    found = select(Device.id, Device.uuid, Space.slug).join(Space, Space.id == Device.space_id).where(*is_one)
    rows = db.session.execute(found.order_by(Device.id)).all()
    revoked = update(Device).where(Device.id.in_([row.id for row in rows])).values(revoked_at=now, token_digest=None)
    db.session.execute(revoked)
    for row in rows:
        detail = {"device": str(row.uuid), "maker_left": True}
        subject = ("space", row.slug)
        audit.record(actor=actor, action="revoke_host_device", subject=subject, detail=detail, now=now)
