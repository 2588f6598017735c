"""Phones update late: what the first version of the app sends is taken for years, and its answers keep their shape."""

import dataclasses
import json
import uuid
from datetime import datetime
from pathlib import Path

import pytest
import time_machine

from app.checkins import codes
from app.checkins.models import Checkin, Sign
from tests import factories

VECTORS = Path(__file__).parent.parent / "vectors"
GOLDEN = json.loads((VECTORS / "answers-1.json").read_text("utf-8"))
OUTBOX = json.loads((VECTORS / "outbox-1.json").read_text("utf-8"))
OWNED = [entry["event"] for entry in OUTBOX["entries"] if entry["owner"]]


@pytest.fixture
def house(app, db, book, space, monkeypatch):
    """The installation in which the golden phone scanned."""
    settings = dataclasses.replace(app.config["NAHPLATZ"], public_url=GOLDEN["origin"])
    monkeypatch.setitem(app.config, "NAHPLATZ", settings)
    sign = {"code": GOLDEN["sign"], "short_code": codes.short(GOLDEN["sign"])}
    db.session.add(Sign(space_id=space.id, epoch=1, made_at=factories.MADE_AT, **sign))
    db.session.commit()
    booked = GOLDEN["booking"]
    book(
        uuid=uuid.UUID(booked["uuid"]),
        starts_at=datetime.fromisoformat(booked["starts_at"]),
        ends_at=datetime.fromisoformat(booked["ends_at"]),
    )
    with time_machine.travel(datetime.fromisoformat(GOLDEN["sent_at"]), tick=False):
        yield


@pytest.fixture
def old_phone(phone):
    phone.device = OUTBOX["device"]["id"]
    return phone


def test_row_32_a_golden_queue_gets_its_golden_answer(old_phone, house):
    answer = old_phone.post(old_phone.batch(OWNED, sent_at=GOLDEN["sent_at"]))
    assert answer.status_code == 200
    assert answer.json == GOLDEN["answer"]


def test_row_32_in_any_cut_and_order_the_last_word_is_the_same(old_phone, house):
    for event in reversed(OWNED):
        old_phone.send(event)
    assert old_phone.post(old_phone.batch(OWNED, sent_at=GOLDEN["sent_at"])).json == GOLDEN["answer"]


def test_row_32_scans_that_had_no_owner_are_taken_and_marked(old_phone, house):
    (orphan,) = [entry["event"] for entry in OUTBOX["entries"] if not entry["owner"]]
    (verdict,) = old_phone.send(orphan, **{"Nahplatz-Unowned": "1"})
    assert (verdict["verdict"], verdict["reason"]) == ("flagged", "unowned")


def test_row_32_an_event_of_an_unknown_version_is_kept_word_for_word(old_phone, house, db):
    later = OWNED[0] | {"schema": 9, "where": {"floor": 3}}
    (verdict,) = old_phone.send(later)
    assert (verdict["verdict"], verdict["reason"]) == ("rejected", "malformed")
    assert json.loads(db.session.query(Checkin).one().body) == later


def test_row_33_the_address_stays_where_it_is(app):
    (rule,) = [rule for rule in app.url_map.iter_rules() if rule.endpoint == "checkins.post_checkins"]
    assert (rule.rule, "POST" in rule.methods) == ("/api/v1/checkins", True)


@pytest.mark.parametrize("schema", [0, 2, -1])
def test_row_33_a_batch_of_another_version_is_kept_by_the_phone(old_phone, house, schema):
    answer = old_phone.post(old_phone.batch(OWNED, schema=schema))
    assert (answer.status_code, answer.json["code"]) == (410, "other_schema")
    assert answer.mimetype == "application/problem+json"
    assert "bleiben gespeichert" in answer.json["detail"]


def test_row_33_the_answer_has_all_that_an_old_app_reads(old_phone, house):
    answer = old_phone.post(old_phone.batch(OWNED)).json
    assert set(answer) >= set(GOLDEN["answer"])
    for verdict, golden in zip(answer["verdicts"], GOLDEN["answer"]["verdicts"], strict=True):
        assert set(verdict) >= set(golden)
