"""Accept or decline an invitation, and end an employment from either side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update

from app import clock, transaction
from app.audit import queries as audited
from app.audit import steps as audit
from app.employers import queries, steps
from app.employers.models import ADDRESS, MEMBER, Employment, Invitation
from app.employers.queries import InvitationFacts
from app.errors import N_, DomainError, InvalidInput, NotFound
from app.extensions import execute, table
from app.people import queries as known
from app.people import steps as people


class InvitationOver(DomainError):
    """The invitation was withdrawn, has expired, or as many as may have used it."""

    code = "invitation_over"
    status = 404
    message = N_(
        "Diese Einladung gilt nicht mehr. Wo du schon dabei bist, steht im Profil unter „Arbeitgeber“. Sonst bitte "
        "deinen Arbeitgeber um eine neue."
    )


class WorksThere(DomainError):
    """The person has accepted before."""

    code = "works_there"
    message = N_("Du bist hier schon dabei. Du siehst es auf der Seite „Arbeitgeber“.")


@dataclass(frozen=True)
class Key:
    """What opens an invitation: the secret of its link, or its number and an own address that it is meant for."""

    token: str | None = None
    number: int | None = None


@transaction.write
def accept_invitation(*, person_id: int, key: Key, email: str, now: datetime) -> str:
    """Let somebody work for whoever invites; `email` is the own address that the employer sees. Returns its name.

    Refuses: `InvitationOver`, `WorksThere`, `InvalidInput` when the address is not the person's.
    """
    person = people.lock(person_id)
    found = _open(person_id, key, now)
    if email not in {address.email for address in known.addresses(person_id)}:
        raise InvalidInput({"email": N_("Wähl eine deiner eigenen Adressen. Weitere fügst du im Profil hinzu.")})
    today = queries.today(now)
    if any(job.employer_id == found.employer_id for job in queries.jobs(person_id, on=today)):
        raise WorksThere
    _use(found, now)
    row = {"employer_id": found.employer_id, "person_id": person_id, "role": MEMBER, "email": email, "made_at": now}
    execute(insert(table(Employment)).values(**row, cost_centre=found.cost_centre, starts_on=today))
    subject, detail = ("employer", found.slug), {"person": person_id}
    audit.record(actor=person.public_id, action="accept_invitation", subject=subject, detail=detail, now=now)
    return found.employer


@transaction.write
def decline_invitation(*, person_id: int, key: Key, now: datetime) -> None:
    """Say no: the invitation ends and its address goes. One for many stays for the others.

    Refuses: `InvitationOver`, `WorksThere`.
    """
    found = _open(person_id, key, now)
    if found.kind == ADDRESS:
        execute(update(table(Invitation)).where(Invitation.id == found.id).values(ended_at=now, email=None))


@transaction.write
def leave_employer(*, person_id: int, slug: str, now: datetime) -> str:
    """End one's own employment; the account stays, and what is booked already stays paid. Returns the name.

    Refuses: `NotFound`.
    """
    person = people.lock(person_id)
    today = queries.today(now)
    job = next((each for each in queries.jobs(person_id, on=today) if each.slug == slug), None)
    if job is None:
        raise NotFound
    execute(update(table(Employment)).where(Employment.id == job.id).values(ends_on=today))
    subject, detail = ("employer", slug), {"person": person_id}
    audit.record(actor=person.public_id, action="leave_employer", subject=subject, detail=detail, now=now)
    return job.employer


@transaction.write
def end_employment(*, slug: str, person_id: int, member_id: int, now: datetime) -> None:
    """Let somebody no longer work there, and tell them. Refuses: `NotFound`."""
    kept = steps.lock(slug, person_id, now=now)
    today = queries.today(now)
    member = queries.member(kept.employer.id, member_id, on=today)
    people.lock(member.person_id)
    execute(update(table(Employment)).where(Employment.id == member.id).values(ends_on=today))
    steps.write_down(kept, "end_employment", {"person": member.person_id}, now=now)
    people.tell(member.person_id, "employment_ended", {"employer": kept.named}, now=now)


@transaction.write
def change_cost_centre(*, slug: str, person_id: int, member_id: int, cost_centre: str | None, now: datetime) -> None:
    """Book what somebody uses on another cost centre, or on none. Refuses: `NotFound`."""
    kept = steps.lock(slug, person_id, now=now)
    member = queries.member(kept.employer.id, member_id, on=queries.today(now))
    if member.cost_centre != cost_centre:
        execute(update(table(Employment)).where(Employment.id == member.id).values(cost_centre=cost_centre))
        steps.write_down(kept, "change_cost_centre", {"person": member.person_id}, now=now)


@transaction.write
def view_members(*, slug: str, person_id: int, now: datetime) -> None:
    """Write down that somebody looked at who works there: once a day, for everybody who does. Refuses: `NotFound`."""
    found = queries.acting(person_id, slug, on=queries.today(now))
    actor, subject = people.public_id(person_id), ("members", found.slug)
    midnight = clock.moment_of(queries.today(now), 0, queries.TIMEZONE)
    if not audited.is_written(actor=actor, action="view_members", subject=subject, since=midnight):
        audit.record(actor=actor, action="view_members", subject=subject, detail={}, now=now)


def _open(person_id: int, key: Key, now: datetime) -> InvitationFacts:
    """Return the invitation behind a key. Refuses: `InvitationOver`, `WorksThere` to who has accepted it."""
    today = queries.today(now)
    if key.token is not None:
        found = queries.invitation(key.token, now=now)
        if found is None and queries.accepted(key.token, person_id, on=today):
            raise WorksThere
    else:
        own = queries.invitations_for(person_id, on=today, now=now)
        found = next((each for each in own if each.id == key.number), None)
    if found is None:
        raise InvitationOver
    return found


def _use(found: InvitationFacts, now: datetime) -> None:
    """Count one use. Of two at the same moment the second finds no room. Refuses: `InvitationOver`."""
    used = update(table(Invitation)).where(Invitation.id == found.id, *queries.has_room(now))
    over = {"ended_at": now, "email": None} if found.kind == ADDRESS else {}
    if execute(used.values(used=Invitation.used + 1, **over)).rowcount == 0:
        raise InvitationOver
