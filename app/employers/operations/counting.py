"""Let an employer see how many half-days each person used in a month, or no longer; and write down who looks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app import transaction
from app.audit import steps as audit
from app.employers import queries, steps
from app.employers.operations.lists import PIECE, PIECE_SECONDS
from app.employers.queries import FEWEST
from app.errors import N_, DomainError
from app.extensions import db
from app.people import steps as people

# Between two mails, as for invitations.
GAP = timedelta(seconds=PIECE_SECONDS) / PIECE


class TooFewPeople(DomainError):
    """Among so few, a number would lead to one of them."""

    code = "too_few_people"
    message = N_("Das geht erst, wenn mindestens 5 Personen dabei sind. Lad zuerst weitere ein.")


@transaction.write
def switch_counts_on(*, slug: str, person_id: int, now: datetime) -> None:
    """Show counts per person for months that begin from today on, and tell everybody who works there.

    Doing so twice is doing so once. Refuses: `NotFound`, `TooFewPeople`.
    """
    kept = steps.lock(slug, person_id, now=now)
    if kept.employer.counts_since is not None:
        return
    found = queries.member_ids(kept.employer.id, on=queries.today(now))
    if len(found) < FEWEST:
        raise TooFewPeople
    kept.employer.counts_since = now
    db.session.flush()
    _note(kept, "switch_counts_on", now=now)
    payload = {"employer": kept.named, "date": queries.today(now)}
    people.tell_all(found, "counts_switched_on", payload, gap=GAP, now=now)


@transaction.write
def switch_counts_off(*, slug: str, person_id: int, now: datetime) -> None:
    """Show no counts any more, not of the past either. Doing so twice is doing so once. Refuses: `NotFound`."""
    kept = steps.lock(slug, person_id, now=now)
    if kept.employer.counts_since is not None:
        kept.employer.counts_since = None
        db.session.flush()
        _note(kept, "switch_counts_off", now=now)


def _note(kept: steps.Kept, action: str, *, now: datetime) -> None:
    """Write it down for everybody who works there, not only for those who act for the employer."""
    audit.record(actor=kept.actor, action=action, subject=("members", kept.employer.slug), detail={}, now=now)


@transaction.write
def view_counts(*, slug: str, person_id: int, months: Sequence[str], now: datetime) -> None:
    """Write down that somebody looked at the counts of these months, each time they do. Refuses: `NotFound`.

    Told to everybody who works or worked there: the counts of those who left stand in the months before.
    """
    found = queries.acting(person_id, slug, on=queries.today(now))
    actor, subject, detail = people.public_id(person_id), ("counts", found.slug), {"months": list(months)}
    audit.record(actor=actor, action="view_counts", subject=subject, detail=detail, now=now)
