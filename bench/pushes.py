"""`--pushes`: 10,000 reminders that are due in the same minute, by one worker, to a push service that takes 50 ms.

The reminders are decided, routed, encrypted, signed, sent and written down, as the product does it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, insert, select

from app import clock
from app.bookings.models import Booking
from app.extensions import db
from app.messages.models import Message
from app.people.models import Address, Person
from app.reminders.models import PushSubscription
from bench import speed
from tests.race import house
from tests.race.server import ROOT, SECRET

COUNT, WANTED_SECONDS, PATIENCE = 10_000, 60, 300
SPACES, SEATS = 100, 10
STEPS = (1_000, 2_500, 5_000, 10_000)


@dataclass(frozen=True)
class Step:
    """When so many had left, in seconds since the worker was started, and its memory in MiB."""

    count: int
    seconds: float
    resident: float


def run(kind: str, say: Callable[[str], None]) -> str:
    """Send them all from this kind of database and return what was measured."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="nahplatz-pushes-")))
        url = speed.database(kind, folder, stack)
        port = stack.enter_context(_answering())
        say(f"{kind}: {COUNT:,} people with a phone and a booking are made")
        with house.opened(url, folder / "house"):
            _furnish(port)
        settings = _settings(url, folder, port)
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        subprocess.run([*flask, "push", "keys"], env=settings, cwd=ROOT, check=True, capture_output=True)
        say(f"{kind}: they leave")
        steps = _leave([*flask, "worker"], settings, folder, port)
        with house.opened(url, folder / "house"):
            sent = select(func.count(Message.id)).where(Message.way == "push", Message.sent_at.is_not(None))
            written = db.session.scalar(sent)
    taken = steps[-1].seconds
    if written != COUNT:
        raise SystemExit(f"{kind}: {written} of {COUNT} were written down: no result")
    lines = [f"| {step.count:,} | {step.seconds:.1f} | {step.resident:.0f} |" for step in steps]
    return "\n".join(
        (
            f"## {kind}",
            "",
            f"One worker, {COUNT:,} phones; seconds since the worker was started, memory of the worker in MiB.",
            "",
            "| reminders that left | seconds | MiB |",
            "|---|---|---|",
            *lines,
            "",
            f"All of them in {taken:.1f} s (target {WANTED_SECONDS}), {COUNT / taken:.0f} a second.",
        )
    )


def _settings(url: str, folder: Path, port: int) -> dict[str, str]:
    return os.environ | {
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "http://127.0.0.1",
        "DATABASE_URL": url,
        "DATA_DIR": str(folder / "house"),
        "PUSH_TEST_SERVICE": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def _answering() -> Iterator[int]:
    command = ["setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", "bench.answering"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def _furnish(port: int) -> None:
    """Everybody has a phone, and a booking that starts in an hour; nobody was reminded yet."""
    doors = house.add_spaces(SPACES, SEATS)
    now = clock.now()
    start = now + timedelta(minutes=59)
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = _text(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    numbers = range(1, COUNT + 1)
    _bring(Person, ({"name": f"Beispiel {n}", "language": "de", "made_at": now} for n in numbers))
    people = db.session.scalars(select(Person.id).order_by(Person.id)).all()
    _bring(Address, ({"person_id": n, "email": f"{n}@beispiel.example", "verified_at": now} for n in people))
    _bring(PushSubscription, (_phone(port, person, point, now) for person in people))
    seats = [(door.id, seat) for door in doors for seat in door.seats.values()]
    shared = {
        "date": start.date(),
        "request_digest": "",
        "first_slot": 0,
        "end_slot": 1,
        "starts_at": start,
        "ends_at": start + timedelta(hours=4),
        "made_at": now - timedelta(minutes=2),  # after the evening before, so that only the hour is due
    }
    _bring(
        Booking,
        (
            {**shared, "uuid": uuid.uuid4(), "person_id": person, "space_id": space, "seat_id": seat}
            for person, (space, seat) in zip(people, seats * (COUNT // len(seats)), strict=True)
        ),
    )


def _phone(port: int, person: int, point: str, now: Any) -> dict[str, Any]:
    endpoint = f"http://127.0.0.1:{port}/push/{person}"
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    keys = {"p256dh": point, "auth": _text(os.urandom(16))}
    return {"person_id": person, "endpoint": endpoint, "digest": digest, **keys, "browser": "Android", "made_at": now}


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bring(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    db.session.execute(insert(model), list(rows))
    db.session.commit()


def _leave(command: list[str], settings: dict[str, str], folder: Path, port: int) -> list[Step]:
    steps: list[Step] = []
    with (folder / "worker.log").open("wb") as log:
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=settings, cwd=ROOT, stdout=log, stderr=log)
        try:
            while len(steps) < len(STEPS):
                taken = time.perf_counter() - begun
                if process.poll() is not None or taken > PATIENCE:
                    raise SystemExit(f"{_count(port)} left in {taken:.0f} s: {(folder / 'worker.log').read_text()}")
                count = _count(port)
                if count >= STEPS[len(steps)]:
                    steps.append(Step(STEPS[len(steps)], taken, _resident(process.pid)))
                else:
                    time.sleep(0.1)
        finally:
            process.terminate()
            process.wait()
    return steps


def _count(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/count", timeout=10) as answer:
        return int(answer.read())


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
