"""Row 44: everybody sends at once. Who waited too long is turned away before any work, and loses nothing by it."""

import pytest

from app import shedding
from app.checkins.models import Checkin


@pytest.fixture
def queue():
    """Let requests have waited so many seconds."""
    yield shedding.waited
    shedding.waited(0.0)


def test_row_44_a_batch_that_waited_too_long_is_turned_away_and_comes_again(phone, code, book, queue, statements, db):
    book()
    event = phone.scan(code)
    statements.clear()
    queue(shedding.BATCHES_WAIT + 0.1)
    refused = phone.post(phone.batch([event]))
    assert (refused.status_code, refused.json["code"], refused.headers["Retry-After"]) == (503, "busy", "30")
    assert statements == []

    queue(shedding.BATCHES_WAIT - 0.1)
    assert phone.send(event)[0]["verdict"] == "accepted"
    db.session.rollback()
    assert db.session.query(Checkin).count() == 1


def test_row_44_people_who_wait_for_a_page_come_long_after_the_batches(client, queue):
    queue(shedding.BATCHES_WAIT + 0.1)
    assert client.get("/").status_code == 200
    queue(shedding.OTHERS_WAIT + 0.1)
    late = client.get("/")
    assert (late.status_code, late.headers["Retry-After"]) == (503, "5")
    assert "Gerade ist sehr viel los" in late.text
