"""The page that says when a seat that nobody came to is free for others."""

import uuid
from datetime import UTC, datetime

import pytest

from app.bookings.models import Booking
from app.extensions import db
from app.spaces.models import Seat

PAGE = "/gastgeber/wagen/freigabe"


def test_it_is_off_and_can_be_switched_on_and_off(hana, wagen, acts):
    assert "Ausgeschaltet" in hana.get(PAGE).text
    assert hana.submit(PAGE, {"is_on": "ja", "minutes": "45"}).status_code == 303
    db.session.rollback()
    db.session.expire_all()
    assert wagen.release_after == 45
    assert 'value="45"' in hana.get(PAGE).text
    hana.submit(PAGE, {"minutes": "45"})
    db.session.rollback()
    db.session.expire_all()
    assert wagen.release_after is None
    assert acts() == ["change_release", "change_release"]


@pytest.mark.parametrize("minutes", ["", "14", "481", "eine Stunde"])
def test_other_times_are_refused(hana, wagen, wrong, minutes):
    answer = hana.submit(PAGE, {"is_on": "ja", "minutes": minutes})
    assert answer.status_code == 422
    assert wrong(answer, "minutes") == "Gib die Minuten als ganze Zahl von 15 bis 480 an."
    db.session.rollback()
    db.session.expire_all()
    assert wagen.release_after is None


def test_it_shows_what_was_released_today(hana, wagen, now):
    seat = db.session.query(Seat).filter_by(space_id=wagen.id).first()
    row = {"request_digest": "", "space_id": wagen.id, "seat_id": seat.id}
    moments = {"starts_at": now, "ends_at": datetime(2026, 11, 23, 17, tzinfo=UTC), "made_at": now}
    released = {"released_at": datetime(2026, 11, 23, 8, 5, tzinfo=UTC), "date": now.date()}
    db.session.add(Booking(uuid=uuid.uuid4(), **row, **moments, **released, first_slot=0, end_slot=2))
    db.session.commit()
    assert "um 09:05 Uhr" in hana.get(PAGE).text


def test_nobody_else_finds_it(hugo, as_, wagen):
    for other in (hugo, as_("ana")):
        assert other.get(PAGE).status_code == 404
        assert other.submit(PAGE, {"is_on": "ja", "minutes": "45"}).status_code == 404
