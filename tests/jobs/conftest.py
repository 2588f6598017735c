"""Real workers in processes of their own, a real mail server, and rows for them."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.messages.models import Message
from tests.mailserver import Server

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 120
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Process:
    """A `flask worker` on the test's database. Its clock is the real one."""

    def __init__(self, app, smtp_url, mode):
        settings = app.config["NAHPLATZ"]
        environment = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": settings.secret_key,
            "DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": settings.database_url,
            "SMTP_URL": smtp_url,
            "PYTHONPATH": str(ROOT),
        }
        self.log = settings.data_dir / f"worker-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "tests" / "jobs" / "worker.py", *mode],
                env=environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    @property
    def words(self):
        return self.log.read_text()

    def stop(self):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@pytest.fixture
def worker(app):
    """Start a worker: `worker(smtp_url)`. All that are still there in the end are killed."""
    started = []

    def start(smtp_url="", *mode):
        started.append(Process(app, smtp_url, mode))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


@pytest.fixture
def server():
    """A mail server."""
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def queue(db):
    """Queue notes that are due for a real clock; returns their ids."""

    def queue(count):
        rows = [
            {
                "kind": "note",
                "person_id": None,
                "to": f"p{number}@example.org",
                "language": "de",
                "payload": {"word": str(number)},
                "made_at": LONG_AGO,
                "due_at": LONG_AGO,
                "tries": 0,
            }
            for number in range(count)
        ]
        ids = db.session.scalars(insert(Message).returning(Message.id), rows).all()
        db.session.commit()
        return ids

    return queue


@pytest.fixture
def until(db):
    """Wait for something to become true. Every look sees the database as it is now."""

    def wait(condition):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            db.session.rollback()
            if condition():
                return
            time.sleep(0.02)
        raise AssertionError("it never became true")

    return wait
