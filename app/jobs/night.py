"""The work of the night, by name. Each returns one line for the record; what fails is tried again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from flask import current_app

from app import clock
from app.billing import operations as statements
from app.bookings import queries as bookings
from app.checkins import operations as checkins
from app.funding import operations as quotas
from app.funding import queries as funding
from app.jobs import queries
from app.privacy import operations as privacy

log = logging.getLogger(__name__)

# As many contradictions are written into the log; `flask reconcile` prints all.
SHOWN = 20


class Contradictions(Exception):
    """The rows do not agree; somebody has to look."""


def reconcile(now: datetime) -> str:
    """Prove that bookings, slots and check-ins agree."""
    del now
    count = 0
    for count, finding in enumerate(queries.findings(), start=1):
        if count <= SHOWN:
            log.error("reconcile: %s: %s", finding.kind, finding.text)
    if count:
        raise Contradictions(f"{count} contradictions, see: flask reconcile")
    return "no contradictions"


def retain(now: datetime) -> str:
    """Let go of what has been kept long enough, in steps that leave others room to write."""
    checkins = bookings = 0
    after: int | None = 0
    while after is not None:
        done = privacy.retain(now=now, after=after)
        checkins, bookings, after = checkins + done.checkins, bookings + done.bookings, done.after
    return f"{checkins} check-ins without their time, {bookings} bookings without their person"


def keys(now: datetime) -> str:
    """Make the next key that signs passes in time, and retire the last one."""
    live = checkins.make_keys(folder=current_app.config["NAHPLATZ"].keys_dir, now=now)
    return f"{len(live)} keys, the newest signs from {live[-1].valid_from:%Y-%m-%d}"


def carry(now: datetime) -> str:
    """Carry over what is left of months and quarters that ended 15 days ago, one account at a time."""
    today = clock.local_day(now, funding.TIMEZONE)
    count, after = 0, 0
    while found := funding.carries_due(today, after=after):
        count += sum(quotas.carry_over(account_id=each.account_id, now=now) for each in found)
        after = found[-1].account_id
    return f"{count} accounts carried over"


def freeze(now: datetime) -> str:
    """Close the books of programmes that ended 15 days ago, unless a charge is still to be decided."""
    found = funding.to_freeze(clock.local_day(now, funding.TIMEZONE))
    decided = [each for each in found if not bookings.undecided(each.slug, each.ends_on)]
    count = sum(quotas.freeze_programme(programme_id=each.id, now=now) for each in decided)
    waiting = len(found) - len(decided)
    return f"{count} programmes closed" + (f", {waiting} wait for charges" if waiting else "")


def bill(now: datetime) -> str:
    """Begin the statements of the month before, from the 15th day of this one on; the loop posts them."""
    month = funding.due_month(clock.local_day(now, funding.TIMEZONE))
    begun, found = statements.begin_statements(month=month, now=now), statements.find_sellers()
    return f"{begun} statements begun for {month:%Y-%m}" + (f", {found} lines found their seller" if found else "")


TASKS: dict[str, Callable[[datetime], str]] = {
    "reconcile": reconcile,
    "retain": retain,
    "keys": keys,
    "carry": carry,
    "freeze": freeze,
    "bill": bill,
}
