"""Who pays for the cast: Acme gives Ana and Ben twelve half-days a month."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app import clock
from app.demo import operations, queries
from app.funding import operations as funding
from app.funding.models import MONTH, PERSON
from app.funding.operations import Grant, QuotaDraft

ACME, NAME, QUOTA = "beispiel-acme", "Acme GmbH (Beispiel)", "Kontingent (Beispiel)"
WORKS_THERE = ("ana", "ben")
UNITS = 12
# Longer ago than anything that the cast did.
SINCE = timedelta(days=400)


def load(people: dict[str, int], *, now: datetime) -> int:
    """Make Acme and its quota unless they are there. Returns how many employers are new."""
    if queries.has_employer(ACME):
        return 0
    started_on = _first_of_month(clock.local_day(now, "Europe/Berlin") - SINCE)
    members = [people[key] for key in WORKS_THERE]
    employer_id = operations.add_employer(slug=ACME, name=NAME, members=members, starts_on=started_on, now=now)
    grant = Grant(units=UNITS, cents=None, ends_on=None)
    draft = QuotaDraft(
        employer_id=employer_id,
        programme_id=None,
        name=QUOTA,
        scope=PERSON,
        frame=MONTH,
        starts_on=started_on,
        grant=grant,
        pays_late=True,
    )
    funding.grant_quota(draft=draft, actor="shell", now=now)
    return 1


def _first_of_month(day: date) -> date:
    return day.replace(day=1)
