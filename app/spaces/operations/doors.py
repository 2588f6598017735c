"""Say how people get in. The audit says which facts changed, never what they are."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from app import transaction
from app.errors import N_, DomainError
from app.extensions import db
from app.spaces import steps
from app.spaces.models import Door


@dataclass(frozen=True)
class DoorDraft:
    """How people get in: `kind` is none, code or webhook."""

    kind: str
    code: str | None
    hint: str | None
    url: str | None
    wifi_name: str | None
    wifi_password: str | None
    emergency_contact: str | None


class NoWebhook(DomainError):
    """The door opens in another way, so there is nothing to sign."""

    code = "no_webhook"
    message = N_("Diese Tür öffnet nicht über das Netz, sie braucht keinen Schlüssel. Stell das zuerst um.")


@transaction.write
def change_door(*, slug: str, person_id: int, draft: DoorDraft, now: datetime) -> str | None:
    """Change how people get in. Returns the key for signatures when one was made: it is shown once.

    Refuses: `UnknownSpace`.
    """
    kept = steps.lock_hosted(slug, person_id)
    door = _door(kept)
    changed = sorted(name for name, value in asdict(draft).items() if getattr(door, name) != value)
    for name in changed:
        setattr(door, name, getattr(draft, name))
    made = None
    if door.kind == "webhook" and door.secret is None:
        made = door.secret = secrets.token_urlsafe(32)
        changed.append("secret")
    if changed:
        steps.write_down(kept, "change_door", {"changed": changed}, now=now)
    return made


@transaction.write
def replace_door_secret(*, slug: str, person_id: int, now: datetime) -> str:
    """Make a new key for signatures, at once instead of the old one, and return it: it is shown once.

    Refuses: `UnknownSpace`, `NoWebhook`.
    """
    kept = steps.lock_hosted(slug, person_id)
    door = _door(kept)
    if door.kind != "webhook":
        raise NoWebhook
    made = door.secret = secrets.token_urlsafe(32)
    steps.write_down(kept, "replace_door_secret", {}, now=now)
    return made


def _door(kept: steps.Kept) -> Door:
    door = db.session.get(Door, kept.space.id, populate_existing=True)
    if door is None:
        door = Door(space_id=kept.space.id, kind="none")
        db.session.add(door)
    return door
