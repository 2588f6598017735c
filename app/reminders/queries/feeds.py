"""Whose calendar an address is, and what stands in it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select

from app import clock
from app.bookings import queries as bookings
from app.calendars import Appointment
from app.errors import NotFound
from app.extensions import db, table
from app.people.models import Person
from app.reminders.models import Feed
from app.spaces.queries import Directory
from app.statements import Prepared

TIMEZONE = "Europe/Berlin"
# So many days after it an appointment is still in the calendar.
DAYS_BACK = 30


def token_of(person_id: int, salt: bytes, secret: str) -> str:
    """Return what makes the address of a person's calendar secret: 256 bits that only this installation can make."""
    made = hmac.new(secret.encode(), b"feed %d " % person_id + salt, hashlib.sha256)
    return base64.urlsafe_b64encode(made.digest()).rstrip(b"=").decode()


def token_digest(token: str) -> str:
    """Return what is stored instead of a token: 256 random bits need no salt of their own."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class FeedFacts:
    """The calendar of a person, as its page shows it. `token` is None when the key it was made with is gone."""

    token: str | None
    made_at: datetime
    read_on: date | None


def own_feed(person_id: int, secret: str) -> FeedFacts | None:
    """Return the calendar that a person has made, if there is one."""
    row = db.session.execute(
        select(Feed.salt, Feed.digest, Feed.made_at, Feed.read_on).where(Feed.person_id == person_id)
    ).one_or_none()
    if row is None:
        return None
    token = token_of(person_id, row.salt, secret)
    return FeedFacts(token if token_digest(token) == row.digest else None, row.made_at, row.read_on)


@dataclass(frozen=True)
class Owner:
    """Whose calendar a token opens. `version` rises with every change of what they have booked."""

    person_id: int
    language: str
    version: int
    digest: str
    read_on: date | None


# Found by the digest: how long that takes tells nothing of how much of a guess is right.
_feeds, _people = table(Feed).c, table(Person).c
_OWNER = Prepared(
    select(_feeds.person_id, _people.language, _people.version, _feeds.digest, _feeds.read_on, _feeds.salt)
    .join_from(table(Feed), table(Person), _people.id == _feeds.person_id)
    .where(_feeds.digest == bindparam("digest"))
)


def owner_of(token: str, secret: str) -> Owner:
    """Return whose calendar a token opens, in one statement.

    Refuses: `NotFound` for every other one alike, also for one that was made with another key: whoever changes the
    key wants nothing to go on that was made with it.
    """
    row = _OWNER.row({"digest": token_digest(token)})
    if row is None or not hmac.compare_digest(token_of(row.person_id, row.salt, secret).encode(), token.encode()):
        raise NotFound
    return Owner(row.person_id, row.language, row.version, row.digest, row.read_on)


def appointments(person_id: int, known: Directory, *, now: datetime) -> list[Appointment]:
    """Return what stands in a person's calendar; it is the same all day unless something changes."""
    since = clock.moment_of(clock.local_day(now, TIMEZONE) - timedelta(days=DAYS_BACK), 0, TIMEZONE)
    return bookings.appointments(person_id, known, since=since, now=now)
