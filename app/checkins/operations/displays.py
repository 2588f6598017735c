"""Displays at doors: make one, hear how its clock goes, stop it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app import transaction
from app.checkins import steps, windows
from app.checkins.models import Display
from app.errors import N_, DomainError, NotFound
from app.extensions import db
from app.spaces.models import Space

# Whatever is off by more is no clock; the display says so itself, and tries again.
WORST = timedelta(days=400)
KEY_BYTES = 32


class ClockWrong(DomainError):
    """A display whose clock was never set: nothing it shows can be understood until it is."""

    code = "clock_wrong"
    message = N_("Die Uhr dieses Geräts geht falsch. Stell Datum und Uhrzeit richtig.")


@dataclass(frozen=True)
class NewDisplay:
    """A display that was just made: its key is told once, for the page that shows the code."""

    code: str
    key: bytes


@transaction.write
def make_display(*, space_id: int, name: str, actor: str, now: datetime) -> NewDisplay:
    """Give a space another display. `actor` is a public id. Refuses: `NotFound`."""
    _raise_version(space_id)
    key = secrets.token_bytes(KEY_BYTES)
    display = Display(space_id=space_id, name=name, code=steps.unused_code(), key=key, made_at=now)
    db.session.add(display)
    db.session.flush()
    _note("new_display", display, actor, now)
    return NewDisplay(display.code, key)


@transaction.write
def revoke_display(*, display_id: int, space_id: int, actor: str, now: datetime) -> None:
    """Stop a display: its codes prove nothing from now on. Twice is once. Refuses: `NotFound`."""
    display = db.session.scalar(select(Display).where(Display.id == display_id, Display.space_id == space_id))
    if display is None:
        raise NotFound
    if display.revoked_at is None:
        _raise_version(space_id)
        display.revoked_at = now
        db.session.flush()
        _note("revoke_display", display, actor, now)


@transaction.write
def hear_display(*, code: str, mark: str, at: datetime, now: datetime) -> None:
    """Keep how far a display's clock (`at`) is ahead; only the display itself has the `mark` of that moment.

    Refuses: `NotFound`, `ClockWrong`.
    """
    display = db.session.scalar(select(Display).where(Display.code == code, Display.revoked_at.is_(None)))
    if display is None or not windows.is_right(display.key, mark, at):
        raise NotFound
    if abs(at - now) > WORST:
        raise ClockWrong
    display.offset_seconds, display.seen_at = round((at - now).total_seconds()), now
    db.session.flush()


def _raise_version(space_id: int) -> None:
    """Phones carry the hashes of all codes of their spaces, and fetch them anew when the version rises."""
    raised = db.session.execute(update(Space).where(Space.id == space_id).values(version=Space.version + 1))
    if raised.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound


def _note(action: str, display: Display, actor: str, now: datetime) -> None:
    detail = {"display": display.id, "name": display.name}
    steps.note(display.space_id, action=action, detail=detail, actor=actor, now=now)
