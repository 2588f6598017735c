"""A backup is put back that is older than some check-ins: phones are asked for them, and nothing is lost or doubled."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete, insert

from app import clock, create_app
from app.checkins import queries
from app.checkins.models import Checkin, Restore
from app.extensions import db, disconnect
from app.jobs import backup, restore
from tests.conftest import Browser, settings_for
from tests.phones import Phone

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def restored(app, database_kind, tmp_path, assets_folder):
    """Put a backup into a new house and enter it. It runs on SQLite whatever the first one ran on."""
    folder = tmp_path / "restored"
    folder.mkdir()
    (folder / "assets").symlink_to(assets_folder)
    house = create_app(settings_for(f"sqlite:///{folder / 'x.sqlite3'}", folder))
    house.test_client_class = Browser

    @contextmanager
    def enter(file):
        with house.app_context():
            restore.restore(file, now=clock.now())
            yield house.test_client()
            disconnect()

    return enter


def test_row_47_phones_bring_back_what_a_restored_house_has_lost(phone, code, book, restored, tmp_path, now):
    book()
    kept = phone.scan(code)
    verdicts = phone.send(kept)
    backup.back_up(tmp_path / "b.zip", now=now)
    with time_machine.travel(now + HOUR, tick=False):
        lost = [phone.scan(code, now + HOUR, kind="check_out"), phone.scan("nonsense")]
        verdicts += phone.send(*lost)
        etag = phone.client.get("/api/v1/me/snapshot").headers["ETag"]

    with time_machine.travel(now + 2 * HOUR, tick=False), restored(tmp_path / "b.zip") as client:
        assert client.post("/demo/anmelden", data={"person": "ana"}).status_code == 303
        later = Phone(client, phone.person, phone.device, phone.seq)
        assert db.session.query(Checkin).count() == 1
        db.session.rollback()
        # A phone that only looks hears it, whatever it holds; and so does one that sends.
        snapshot = client.get("/api/v1/me/snapshot", headers={"If-None-Match": etag})
        since = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert (snapshot.status_code, snapshot.json["resend_since"]) == (200, since)
        answer = later.post(later.batch([kept, *lost])).json
        assert (answer["resend_since"], answer["missing"]) == (since, [])
        same = [
            [(each["id"], each["verdict"], each["reason"]) for each in told] for told in (answer["verdicts"], verdicts)
        ]
        assert same[0] == same[1]
        assert db.session.query(Checkin).count() == 3


def test_row_47_control_a_house_that_was_never_restored_asks_for_nothing(phone, code):
    answer = phone.post(phone.batch([phone.scan(code)]))
    assert (answer.json["resend_since"], phone.client.get("/api/v1/me/snapshot").json["resend_since"]) == (None, None)


def test_row_47_phones_are_asked_as_long_as_they_keep_what_they_sent(app, now):
    _restored(now - 9 * DAY, now - 3 * DAY)
    assert queries.resend_since(now=now) == now - 9 * DAY
    assert queries.resend_since(now=now + 26 * DAY) == now - 9 * DAY
    assert queries.resend_since(now=now + 27 * DAY) is None


def test_row_47_a_second_restore_asks_anew_and_for_no_less(app, now):
    _restored(now - 9 * DAY, now - 5 * DAY)
    assert queries.resend_since(now=now - 4 * DAY) == now - 9 * DAY
    _restored(now - 4 * DAY, now - 3 * DAY)
    second = queries.resend_since(now=now)
    assert second < now - 9 * DAY, "a phone that sent again after the first restore would not do so after the second"
    assert second > now - 10 * DAY


def _restored(made_at, restored_at):
    db.session.execute(insert(Restore).values(backup_made_at=made_at, restored_at=restored_at))
    db.session.commit()


def test_row_47_a_restore_is_heard_of_within_a_minute(app, now):
    assert queries.resend_since(now=now) is None
    db.session.execute(insert(Restore).values(backup_made_at=now - DAY, restored_at=now))
    db.session.commit()
    assert queries.resend_since(now=now + timedelta(seconds=60)) == now - DAY
    db.session.execute(delete(Restore))
    db.session.commit()
    assert queries.resend_since(now=now + timedelta(seconds=119)) == now - DAY
