"""Who pays for the cast: Acme gives its people twelve half-days a month, and the county runs a pilot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app import clock
from app.demo import cast, operations, queries
from app.funding import operations as funding
from app.funding import queries as known
from app.funding.models import MONTH, PERSON
from app.funding.operations import Grant, ProgrammeDraft, ProgrammeRules, QuotaDraft, Rules, Terms
from app.places import queries as places

FILE = Path(__file__).parents[2] / "data" / "beispiel-zahler.json"
WORKS_THERE = ("ana", "ben", "dora", "emil", "fina", "georg", "ida", "jan")
AGENT = "paula"
TAKES_PART = ("ana", "cleo", "dora", "emil", "fina")
UNITS = 12
TERMS = Terms(units=8, budget_units=300, budget_cents=300_000)
# Longer ago than anything that the cast did.
SINCE = timedelta(days=400)
MORNING = 9 * 60
# The pilot began with the month before last and ends with the fourth from now: nobody can book beyond that today.
MONTHS_BEFORE, MONTHS_AFTER = 2, 4


def load(people: dict[str, int], *, now: datetime) -> None:
    """Make Acme with its quota, and the pilot, unless they are there. Made as it would have been made then."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    if not queries.has_employer(found["employer"]["slug"]):
        _make_acme(found, people, now)
    if not queries.has_programme(found["programme"]["name"]):
        _make_pilot(found["programme"], people, now)


def _make_acme(found: Mapping[str, Any], people: dict[str, int], now: datetime) -> None:
    since = (clock.local_day(now, known.TIMEZONE) - SINCE).replace(day=1)
    then = clock.moment_of(since, MORNING, known.TIMEZONE)
    employer_id = operations.add_employer(
        facts={**found["employer"], "vouched_at": then, "codetermined_on": since},
        members={people[key]: cast.email_of(key) for key in WORKS_THERE},
        agent=cast.email_of(AGENT),
        starts_on=since,
        now=then,
    )
    draft = QuotaDraft(
        employer_id=employer_id,
        programme_id=None,
        scope=PERSON,
        frame=MONTH,
        starts_on=since,
        grant=Grant(units=UNITS, cents=None, ends_on=None),
        rules=Rules(pays_late=True, **found["quota"]),
    )
    funding.grant_quota(draft=draft, actor="shell", now=then)


def _make_pilot(found: Mapping[str, Any], people: dict[str, int], now: datetime) -> None:
    this_month = clock.local_day(now, known.TIMEZONE).replace(day=1)
    starts_on = known.months_later(this_month, -MONTHS_BEFORE)
    then = clock.moment_of(starts_on, MORNING, known.TIMEZONE)
    draft = ProgrammeDraft(
        town_id=places.counties()[0].id,
        starts_on=starts_on,
        ends_on=known.months_later(this_month, MONTHS_AFTER + 1) - timedelta(days=1),
        terms=TERMS,
        rules=ProgrammeRules(**found, is_for_all=False, share_percent=100),
    )
    slug = funding.make_programme(draft=draft, actor="shell", now=then)
    programme_id = known.programme(slug).id
    for key in TAKES_PART:
        funding.join_programme(programme_id=programme_id, person_id=people[key], invitation=1, now=then)
