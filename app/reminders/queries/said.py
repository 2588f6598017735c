"""What a reminder says, read from its booking at the moment of sending."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app import clock
from app.bookings import queries as bookings
from app.bookings.queries import BookingFacts
from app.bookings.steps import saying
from app.checkins import queries as checkins
from app.messages.queries import CHECK_IN, Claimed
from app.reminders.queries.starting import KINDS
from app.spaces import queries as spaces


def said(messages: Sequence[Claimed], now: datetime) -> dict[int, Claimed]:
    """Return the messages that still have something to say, by id, those about bookings as these are now.

    A booking that was cancelled, moved to another day, released or begun by a check-in withdraws its reminder.
    """
    ids = [each.booking_id for each in messages if each.kind in KINDS and each.booking_id is not None]
    known = {each.id: each for each in bookings.bookings_by_id(ids)} if ids else {}
    came = set(checkins.presences(ids, now=now)) if any(each.kind == CHECK_IN for each in messages) else set()
    found = {}
    for message in messages:
        if message.kind not in KINDS:
            found[message.id] = message
            continue
        booking = known.get(message.booking_id or 0)
        if booking is not None and _is_meant(message, booking, came):
            found[message.id] = dataclasses.replace(message, payload=_payload(message, booking, now))
    return found


def _is_meant(message: Claimed, booking: BookingFacts, came: set[int]) -> bool:
    is_on = booking.is_open and booking.released_at is None and booking.person_id == message.person_id
    return is_on and not (message.kind == CHECK_IN and booking.id in came)


def _payload(message: Claimed, booking: BookingFacts, now: datetime) -> dict[str, Any]:
    space = spaces.directory().by_id[booking.space_id]
    is_today = clock.local_day(now, space.timezone) == booking.date
    told = saying.said(booking, space, (booking.uuid, booking.sequence))
    return {"name": message.payload.get("name"), "booking": told, "is_today": is_today}
