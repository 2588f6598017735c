"""The worker's pushes, beside everything else it does: a push service that is slow must not hold up a sign-in code."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from app import clock
from app.config import Config, ConfigError
from app.extensions import db
from app.messages import operations as messages
from app.messages import queries as waiting
from app.messages import steps
from app.messages.queries import Claimed
from app.messages.steps import Outcome, Parcel, Target
from app.reminders import operations as reminders
from app.reminders import queries as reminded

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)

# What is claimed at once is written down at once too. A service that never answers holds a thread for ten seconds, so
# that a batch ends long before its lease.
BATCH, THREADS = 128, 32
IDLE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60
KEY_SECONDS = 60


class Pushing:
    """A thread of one worker that sends what is due to phones until told to stop; then it finishes its batch."""

    def __init__(self, app: Flask, stop: threading.Event, worker: str) -> None:
        self._app = app
        self._settings: Config = app.config["NAHPLATZ"]
        self._stop = stop
        self._worker = worker
        self._thread = threading.Thread(target=self._run, name="pushing")
        self._pusher: steps.Pusher | None = None

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        failures = 0
        with ThreadPoolExecutor(THREADS, "push") as pool:
            while not self._stop.is_set():
                try:
                    with self._app.app_context():
                        is_busy = self.round(pool)
                    failures = 0
                except Exception:
                    # The database may be away for a while; mails and everything else go on beside this.
                    failures += 1
                    log.exception("round of the pushes failed, for the %s. time in a row", failures)
                    self._stop.wait(min(2 ** (failures - 1), LONGEST_PAUSE_SECONDS))
                    continue
                if not is_busy:
                    self._stop.wait(IDLE_SECONDS)
        if self._pusher is not None:
            self._pusher.close()

    def round(self, pool: ThreadPoolExecutor) -> bool:
        """Send what is due, at most one batch. Returns whether there may be more at once."""
        try:
            if not waiting.is_any_open(clock.now(), "push") or not self._has_key():
                return False
            taken = messages.claim_pushes(worker=self._worker, limit=BATCH, now=clock.now())
            results = self._sent(taken, pool)
            reminders.settle_pushes(results=results, worker=self._worker, now=clock.now())
            return len(taken) == BATCH
        finally:
            db.session.remove()

    def _has_key(self) -> bool:
        if self._pusher is None:
            try:
                self._pusher = steps.pusher(self._settings)
            except ConfigError as error:
                log.warning("pushes do not go out: %s", error)
            if self._pusher is None:
                self._stop.wait(KEY_SECONDS)
        return self._pusher is not None

    def _sent(self, taken: list[Claimed], pool: ThreadPoolExecutor) -> list[tuple[Claimed, Outcome]]:
        """Send the messages that still have something to say, all at once, and return what became of each."""
        said = reminded.said(taken, clock.now())
        targets = reminded.targets([each.subscription_id for each in taken if each.subscription_id is not None])
        # No connection to the database is kept while services take their time.
        packed = [(each, self._packed(said.get(each.id), targets)) for each in taken]
        db.session.remove()
        going = [(each, pool.submit(self._push, *what) if isinstance(what, tuple) else what) for each, what in packed]
        return [(each, what if isinstance(what, Outcome) else what.result()) for each, what in going]

    def _packed(self, message: Claimed | None, targets: dict[int, Target]) -> Outcome | tuple[Parcel, Target]:
        if message is None:
            return Outcome("withdrawn")
        target = targets.get(message.subscription_id or 0)
        if target is None:
            return Outcome("gone", "the phone shows no messages any more")
        parcel = steps.pack(message, now=clock.now())
        return parcel if isinstance(parcel, Outcome) else (parcel, target)

    def _push(self, parcel: Parcel, target: Target) -> Outcome:
        assert self._pusher is not None  # noqa: S101 - nothing is claimed without it
        return steps.push(parcel, target, pusher=self._pusher, now=clock.now())
