"""Row 8: a server that is killed in the middle of batches. Phones send again until they are answered."""

import itertools
import json
import os
import signal
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from app.checkins.models import Checkin
from app.people.models import Person
from tests.phones import Phone
from tests.race import server, wire

KILLS = 3
ANSWERS_BETWEEN_KILLS = 25
EVENTS = 150


@pytest.fixture(autouse=True)
def now():
    """Other tests stand still; a real server does not."""
    return datetime.now(UTC)


class Street:
    """Where the phones find the server at the moment, and what they have been through."""

    def __init__(self):
        self.port = None
        self.answers = 0
        self.unsure = 0  # sent, and nobody knows what became of it
        self.is_over = threading.Event()

    def send(self, phone, batch):
        """Send a batch; None when no answer came."""
        headers = wire.OWN_PAGE | {"Cookie": phone.client, "Nahplatz-Person": phone.person}
        try:
            connection = wire.Connection(self.port, timeout=10)
        except OSError:
            return None
        try:
            answer = connection.send(wire.request("POST", "/api/v1/checkins", headers, json.dumps(batch).encode()))
        except (OSError, wire.Broken):
            self.unsure += 1
            return None
        finally:
            connection.close()
        self.answers += 1
        return answer.json() if answer.status == 200 else None


def _send_until_answered(street, phone, events):
    answered = {}
    while len(answered) < len(events):
        batch = [event for event in events if event["id"] not in answered][:5]
        answer = street.send(phone, phone.batch(batch))
        if answer is None:
            time.sleep(0.05)
            continue
        answered |= {verdict["id"]: verdict for verdict in answer["verdicts"]}
    phone.answered = answered


def _send_once(street, phone, code, sent):
    """Let go of every event at once, as no phone of ours does."""
    while not street.is_over.is_set():
        event = phone.scan(code, datetime.now(UTC))
        sent.append(event["id"])
        street.send(phone, phone.batch([event]))
        time.sleep(0.02)


def _sign_in(port, person):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection = wire.Connection(port)
    answer = connection.send(wire.request("POST", "/demo/anmelden", form, f"person={person}".encode()))
    connection.close()
    assert answer.status == 303
    return answer.header("Set-Cookie").split(";")[0]


def _kill(running):
    """Without a last word, master and workers alike."""
    for pid in [running.pid, *running.workers]:
        os.kill(pid, signal.SIGKILL)


def _wait_for(street, answers):
    wanted = street.answers + answers
    deadline = time.monotonic() + 60
    while street.answers < wanted:
        assert time.monotonic() < deadline, "the phones are not answered"
        time.sleep(0.01)


@pytest.mark.concurrency
def test_row_08_a_server_killed_mid_batch_loses_and_doubles_nothing(database_url, tmp_path, db, cast, sign, book, now):
    people = [str(db.session.get(Person, cast[name]).public_id) for name in ("ana", "ben", "ana", "ben")]
    for name in ("ana", "ben"):
        book(name, day=now.date(), starts_at=now - timedelta(hours=6), ends_at=now + timedelta(hours=6))
    street, folder, naive_sent = Street(), tmp_path / "served", []
    folder.mkdir()
    threads, phones = [], []
    for number in range(KILLS + 1):
        with server.running(database_url, folder, DEMO="1") as running:
            street.port = running.port
            if not threads:
                cookies = {name: _sign_in(running.port, name) for name in ("ana", "ben")}
                phones = [
                    Phone(cookies[name], person) for name, person in zip(itertools.cycle(cookies), people, strict=False)
                ]
                threads = [
                    threading.Thread(target=_send_until_answered, args=(street, phone, _events(phone, sign, now)))
                    for phone in phones
                ]
                naive = Phone(cookies["ana"], people[0])
                careless = threading.Thread(target=_send_once, args=(street, naive, sign.printed, naive_sent))
                for thread in [*threads, careless]:
                    thread.start()
            if number < KILLS:
                _wait_for(street, ANSWERS_BETWEEN_KILLS)
                _kill(running)
            else:
                for thread in threads:
                    thread.join(90)
                street.is_over.set()
                careless.join(30)
    assert street.unsure > 0, "no kill hit a batch on its way: this run proves nothing"
    db.session.rollback()
    rows = db.session.query(Checkin).all()
    by_device = {phone.device: [row for row in rows if str(row.device) == phone.device] for phone in phones}
    for phone in phones:
        stored = {str(row.event_id) for row in by_device[phone.device]}
        assert len(phone.answered) == EVENTS
        assert stored == set(phone.answered)
        assert len(by_device[phone.device]) == EVENTS
    assert len({row.event_id for row in rows}) == len(rows)
    counted = [row.booking_id for row in rows if row.reason != "duplicate"]
    assert len(counted) == len(set(counted)) == 2
    lost = set(naive_sent) - {str(row.event_id) for row in rows}
    assert lost, "phones that let go too early lost nothing: this run proves nothing"


def _events(phone, sign, now):
    return [
        phone.scan(sign.printed, now - timedelta(hours=1) + timedelta(seconds=7 * number), id=str(uuid.uuid4()))
        for number in range(EVENTS)
    ]
