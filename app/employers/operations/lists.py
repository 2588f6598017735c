"""Invite everybody on a list: kept until it is confirmed, then worked off piece by piece, so that it can go on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from app import transaction
from app.employers import queries, steps
from app.employers.models import AddressList
from app.employers.steps import INVITATIONS_KEPT, LISTS_KEPT
from app.errors import N_, DomainError, NotFound
from app.extensions import db

# What happens to a line: it is invited, or why not.
INVITE, DOUBLE, WORKS, INVITED, WRONG, LONG = "invite", "double", "works", "invited", "wrong", "long"
# So many at once and so often, and their mails spread over that time: sign-in codes must not wait behind them.
PIECE, PIECE_SECONDS = 100, 20


@dataclass(frozen=True)
class AddressLines:
    """A file that could be read: (number, address, cost centre, verdict); `ignored` columns are read by nobody."""

    lines: list[list[Any]]
    ignored: list[str]


class NobodyToInvite(DomainError):
    """The list has no line that could be invited."""

    code = "nobody_to_invite"
    message = N_("Auf dieser Liste ist niemand, den wir einladen können. Verwirf sie und lade eine andere hoch.")


@transaction.write
def keep_list(*, slug: str, person_id: int, read: AddressLines, now: datetime) -> int:
    """Keep a list for a day, with what will happen to each line. Invites nobody. Returns its number.

    Lists that the same person uploaded and did not confirm go. Refuses: `NotFound`, `NotProved`, `NotCodetermined`.
    """
    kept = steps.lock(slug, person_id, now=now)
    steps.check_may_invite(kept.employer)
    own = (AddressList.employer_id == kept.employer.id, AddressList.actor == kept.actor)
    db.session.execute(delete(AddressList).where(*own, AddressList.confirmed_at.is_(None)))
    row = AddressList(employer_id=kept.employer.id, actor=kept.actor, ignored=read.ignored, total=len(read.lines))
    row.lines, row.done = _judged(read.lines, kept.employer.id, now), 0
    row.made_at, row.expires_at = now, now + LISTS_KEPT
    db.session.add(row)
    db.session.flush()
    return row.id


def _judged(lines: list[list[Any]], employer_id: int, now: datetime) -> list[str]:
    works, invited = (ask(employer_id, now=now) for ask in (steps.member_emails, steps.invited_emails))
    seen: dict[str, int] = {}
    judged = []
    for number, email, cost_centre, verdict in lines:
        found = verdict
        if verdict == INVITE:
            found = DOUBLE if email in seen else WORKS if email in works else INVITED if email in invited else INVITE
            seen.setdefault(email, number)
        judged.append(f"{number}\t{email}\t{cost_centre or ''}\t{found}")
    return judged


@transaction.write
def confirm_list(*, slug: str, person_id: int, number: int, now: datetime) -> int:
    """Let the worker invite everybody on a list who can be. Returns how many. Doing so twice is doing so once.

    Refuses: `NotFound`, `NotProved`, `NotCodetermined`, `NobodyToInvite`.
    """
    kept = steps.lock(slug, person_id, now=now)
    steps.check_may_invite(kept.employer)
    row = _list(kept.employer.id, number, now)
    if row.confirmed_at is not None:
        return row.total
    lines = [line for line in row.lines if line.endswith(f"\t{INVITE}")]
    if not lines:
        raise NobodyToInvite
    pieces = math.ceil(len(lines) / PIECE)
    row.lines, row.total, row.confirmed_at = lines, len(lines), now
    row.expires_at = now + INVITATIONS_KEPT + timedelta(seconds=PIECE_SECONDS * pieces)
    steps.write_down(kept, "invite_people", {"count": len(lines)}, now=now)
    return row.total


@transaction.write
def discard_list(*, slug: str, person_id: int, number: int, now: datetime) -> None:
    """Invite nobody else from a list. Who was invited stays so. Refuses: `NotFound`."""
    kept = steps.lock(slug, person_id, now=now)
    db.session.delete(_list(kept.employer.id, number, now))
    db.session.flush()


@transaction.write
def invite_from_lists(*, now: datetime) -> int:
    """Invite the next piece of the list that has waited longest. Returns how many lines were worked off.

    What has changed since the list was confirmed counts: who joined or was invited meanwhile is left out, and when
    the employer may not invite any more, the list ends.
    """
    waiting = select(AddressList).where(AddressList.confirmed_at.is_not(None), AddressList.done < AddressList.total)
    first = waiting.order_by(AddressList.confirmed_at, AddressList.id).limit(1)
    found = db.session.execute(first.with_only_columns(AddressList.id, AddressList.employer_id)).first()
    if found is None:
        return 0
    employer = steps.lock_employer(found.employer_id)  # before the list, as everybody does
    row = db.session.scalars(waiting.where(AddressList.id == found.id).with_for_update()).one_or_none()
    if row is None:
        return 0
    piece = queries.unpacked(row.lines[row.done : row.done + PIECE])
    try:
        steps.check_may_invite(employer)
    except DomainError:
        db.session.delete(row)
        db.session.flush()
        return len(piece)
    left_out = steps.member_emails(employer.id, now=now) | steps.invited_emails(employer.id, now=now)
    wanted = [(each[1], each[2]) for each in piece if each[3] == INVITE and each[1] not in left_out]
    gap = timedelta(seconds=PIECE_SECONDS) / PIECE
    if wanted:
        steps.invite(employer, wanted, due_at=[now + gap * place for place in range(len(wanted))], now=now)
    row.done += len(piece)
    if row.done == row.total:  # what is left to say is how many there were
        row.lines, row.expires_at = [], now + LISTS_KEPT
    db.session.flush()
    return len(piece)


def _list(employer_id: int, number: int, now: datetime) -> AddressList:
    which = (AddressList.id == number, AddressList.employer_id == employer_id, AddressList.expires_at > now)
    row = db.session.scalars(select(AddressList).where(*which).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return row
