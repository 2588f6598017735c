"""Prepared statements mean what they mean to SQLAlchemy: the same values in, the same values and refusals out."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError, StatementError

from app import transaction
from app.checkins.models import Checkin
from app.extensions import db as database
from app.extensions import execute, stop_reading, table
from app.statements import Prepared

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
_checkins = table(Checkin)
_ADD = Prepared(insert(_checkins))
_ADD_AND_TELL = Prepared(insert(_checkins).returning(_checkins.c.event_id, _checkins.c.received_at))
_FOUND = Prepared(
    select(_checkins)
    .where(_checkins.c.event_id.in_(bindparam("names", expanding=True)), _checkins.c.verdict == "accepted")
    .order_by(_checkins.c.seq)
)


def _row(seq: int, **changes: object) -> dict[str, object]:
    row = {"event_id": uuid.uuid4(), "body_digest": "0" * 64, "received_at": AT, "verdict": "accepted", "seq": seq}
    return {**row, "is_unowned": seq % 2 == 0, "local_date": AT.date(), **changes}


@transaction.write
def _add(rows: list[dict[str, object]]) -> None:
    _ADD.run_each(rows)


def test_what_comes_back_is_what_went_in_and_what_sqlalchemy_reads(db):
    rows = [_row(number) for number in range(3)]
    _add(rows)
    names = [row["event_id"] for row in rows]
    found = _FOUND.rows({"names": names})
    assert [(each.event_id, each.received_at, each.is_unowned, each.local_date) for each in found] == [
        (row["event_id"], AT, row["is_unowned"], AT.date()) for row in rows
    ]
    assert [tuple(each) for each in found] == [
        tuple(row) for row in execute(select(_checkins).where(_checkins.c.event_id.in_(names)).order_by("seq"))
    ]


@pytest.mark.parametrize("count", [1, 2, 8, 9, 60])
def test_a_list_may_have_any_length(db, count):
    rows = [_row(number) for number in range(count + 1)]
    _add(rows)
    found = _FOUND.rows({"names": [row["event_id"] for row in rows[:count]]})
    assert [each.seq for each in found] == list(range(count))


def test_a_write_tells_what_it_was_asked_to(db):
    row = _row(1)
    told = _ADD_AND_TELL.row(row)
    assert (told.event_id, told.received_at) == (row["event_id"], AT)
    assert _FOUND.row({"names": [row["event_id"]]}).seq == 1
    assert _FOUND.row({"names": [uuid.uuid4()]}) is None
    database.session.rollback()
    assert _FOUND.scalar({"names": [row["event_id"]]}) is None


def test_what_the_database_refuses_is_refused_as_ever(db):
    row = _row(1)
    with pytest.raises(IntegrityError) as refused:
        _add([row, row])
    assert transaction.violated(refused.value) == "uq_checkins_event_id"
    with pytest.raises(StatementError):
        _add([_row(1, received_at=AT.replace(tzinfo=None))])
    assert _FOUND.rows({"names": [row["event_id"]]}) == []


def test_a_failed_read_gives_its_connection_back(db):
    with pytest.raises(StatementError):
        _FOUND.rows({"names": ["no uuid"]})
    assert _FOUND.rows({"names": [uuid.uuid4()]}) == []
    stop_reading()
    assert db.engine.pool.checkedout() == 0
