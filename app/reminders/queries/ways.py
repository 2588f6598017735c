"""The ways people chose, the phones that show them messages, and when these stay silent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.messages.queries import Way
from app.reminders.models import Choice, PushSubscription, QuietHours

# Unless somebody chose otherwise; nothing that is due then is lost, it comes in the morning.
QUIET = (22 * 60, 6 * 60)
MINUTES = 24 * 60


@dataclass(frozen=True)
class Chosen:
    """What one person chose. `phones` are ids of subscriptions; `quiet` minutes of the day, equal for never."""

    ways: dict[str, Way] = field(default_factory=dict)
    phones: tuple[int, ...] = ()
    quiet: tuple[int, int] = QUIET

    def loud_at(self, moment: datetime, timezone: str) -> datetime:
        """Return the first moment from this one on at which a phone may ring."""
        begins, ends = self.quiet
        local = moment.astimezone(clock.zone(timezone))
        minute = local.hour * 60 + local.minute
        if (minute - begins) % MINUTES >= (ends - begins) % MINUTES:
            return moment
        day = local.date() + timedelta(days=1) if minute >= ends else local.date()
        return clock.moment_of(day, ends, timezone)


def chosen(person_ids: Collection[int]) -> dict[int, Chosen]:
    """Return what each of these people chose."""
    ways: dict[int, dict[str, Way]] = defaultdict(dict)
    for person_id, topic, way in db.session.execute(
        select(Choice.person_id, Choice.topic, Choice.way).where(Choice.person_id.in_(person_ids))
    ):
        ways[person_id][topic] = cast("Way", way)
    phones: dict[int, list[int]] = defaultdict(list)
    for person_id, number in db.session.execute(
        select(PushSubscription.person_id, PushSubscription.id)
        .where(PushSubscription.person_id.in_(person_ids))
        .order_by(PushSubscription.id)
    ):
        phones[person_id].append(number)
    quiet = {
        row.person_id: (row.begins, row.ends)
        for row in db.session.execute(
            select(QuietHours.person_id, QuietHours.begins, QuietHours.ends).where(QuietHours.person_id.in_(person_ids))
        )
    }
    return {each: Chosen(ways[each], tuple(phones[each]), quiet.get(each, QUIET)) for each in set(person_ids)}
