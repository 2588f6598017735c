"""The same events in many orders of arrival: what is stored and judged in the end must be the same, byte by byte."""

from __future__ import annotations

import json
import random
from datetime import datetime

from flask import Flask
from sqlalchemy import delete

from app import clock
from app.checkins.models import Checkin, Device
from app.extensions import db
from tests.conftest import Browser
from tests.crowd.phone import Event, Phone
from tests.race import wire

BIGGEST_BATCH = 50
AGAIN = 0.2


def compare(app: Flask, phones: list[Phone], count: int, seed: int = 1) -> tuple[int, int]:
    """Send the events of these phones in `count` orders, each to an empty house.

    Returns how many events that were, and how many orders ended in another state than the first.
    """
    app.test_client_class = Browser
    now, real = clock.now(), clock.now
    lots = random.Random(seed)
    clock.now = lambda: now  # that what is corrected is corrected alike, every batch comes at the same moment
    try:
        states = [_state_after(app, phones, now, lots) for _ in range(count)]
    finally:
        clock.now = real
    return sum(len(phone.done) for phone in phones), sum(state != states[0] for state in states)


def _state_after(app: Flask, phones: list[Phone], now: datetime, lots: random.Random) -> bytes:
    db.session.rollback()
    db.session.execute(delete(Checkin))
    db.session.execute(delete(Device))
    db.session.commit()
    client = app.test_client(use_cookies=False)
    for phone, events in _batches(phones, lots):
        headers = wire.OWN_PAGE | {"Cookie": phone.cookie, "Nahplatz-Person": phone.person}
        answer = client.post(
            "/api/v1/checkins", data=json.dumps(phone.batch(events, now) | {"pending": 0}), headers=headers
        )
        assert answer.status_code == 200, answer.text
    return dump()


def _batches(phones: list[Phone], lots: random.Random) -> list[tuple[Phone, list[Event]]]:
    batches = []
    for phone in phones:
        mixed = lots.sample(list(phone.done.values()), len(phone.done))
        while mixed:
            size = lots.randint(1, BIGGEST_BATCH)
            batches.append((phone, mixed[:size]))
            mixed = mixed[size:]
    batches += [batch for batch in batches if lots.random() < AGAIN]
    lots.shuffle(batches)
    return batches


def dump() -> bytes:
    """Write all check-ins as they are judged, in one order, without what only tells in which order they came."""
    columns = [column for column in Checkin.__table__.columns if column.key != "id"]
    rows = db.session.execute(db.select(*columns).order_by(Checkin.event_id)).all()
    db.session.rollback()
    return "\n".join(repr(tuple(row)) for row in rows).encode()
