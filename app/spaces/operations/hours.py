"""When a space is open, and whether it can be booked at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from app import transaction
from app.errors import N_, DomainError
from app.extensions import db
from app.spaces import steps
from app.spaces.models import Hours
from app.spaces.queries import Opening

WEEKDAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")


class NotPausable(DomainError):
    """Only what is open can pause, and only what pauses can go on."""

    code = "not_pausable"
    message = N_("Das ist schon so. Lade die Seite neu, dann siehst du, wie es gerade steht.")


@transaction.write
def change_hours(
    *, slug: str, person_id: int, week: Mapping[int, Opening], opens_on_holidays: bool, now: datetime
) -> bool:
    """Change the weekly hours (by weekday, 0 = Monday; without an entry it is closed). Returns whether they differ.

    What is booked stays as it is, with the times that were promised.

    Refuses: `UnknownSpace`.
    """
    kept = steps.lock_hosted(slug, person_id)
    rows = db.session.execute(
        select(Hours.weekday, Hours.opens, Hours.splits, Hours.closes).where(Hours.space_id == kept.space.id)
    )
    before = {weekday: Opening(*minutes) for weekday, *minutes in rows}
    if before == dict(week) and kept.space.opens_on_holidays == opens_on_holidays:
        return False
    db.session.execute(delete(Hours).where(Hours.space_id == kept.space.id))
    for weekday, opening in sorted(week.items()):
        times = {"opens": opening.opens, "splits": opening.splits, "closes": opening.closes}
        db.session.add(Hours(space_id=kept.space.id, weekday=weekday, **times))
    kept.space.opens_on_holidays = opens_on_holidays
    detail = {"before": _said(before), "after": _said(week), "opens_on_holidays": opens_on_holidays}
    steps.write_down(kept, "change_hours", detail, now=now)
    return True


def _said(week: Mapping[int, Opening]) -> dict[str, list[str]]:
    return {
        WEEKDAYS[day]: [f"{minute // 60:02}:{minute % 60:02}" for minute in (one.opens, one.splits, one.closes)]
        for day, one in sorted(week.items())
    }


@transaction.write
def pause(*, slug: str, person_id: int, now: datetime) -> None:
    """Let nobody book a space any more until it goes on; what is booked stays.

    Refuses: `UnknownSpace`, `NotPausable`.
    """
    _turn(slug, person_id, ("open", "paused"), now)


@transaction.write
def resume(*, slug: str, person_id: int, now: datetime) -> None:
    """Let a paused space be booked again. Refuses: `UnknownSpace`, `NotPausable`."""
    _turn(slug, person_id, ("paused", "open"), now)


def _turn(slug: str, person_id: int, turn: tuple[str, str], now: datetime) -> None:
    kept = steps.lock_hosted(slug, person_id)
    before, after = turn
    if kept.space.state != before:
        raise NotPausable
    kept.space.state = after
    steps.write_down(kept, "pause_space" if after == "paused" else "resume_space", {}, now=now)
