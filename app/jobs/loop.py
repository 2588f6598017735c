"""What a worker does until it is told to stop: send, release seats, settle charges, work at night, say it lives."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app import clock
from app.billing import operations as statements
from app.billing import queries as billing
from app.billing.operations import issuing
from app.bookings import operations as bookings
from app.bookings import queries as booked
from app.checkins import operations as releases
from app.checkins import queries as checkins
from app.employers import operations as employers
from app.extensions import db
from app.jobs import night, operations, queries
from app.jobs.reminding import Reminding
from app.messages import operations as messages
from app.messages import queries as waiting
from app.messages import steps
from app.reminders import operations as reminders
from app.reminders import queries as reminded

log = logging.getLogger(__name__)

# Somebody waits in front of the screen for a sign-in code.
IDLE_SECONDS = 0.5
BEAT_SECONDS = 15
NIGHT_SECONDS = 20
REMIND_SECONDS = 20
RELEASE_SECONDS = 20
CHARGE_SECONDS = 30
INVITE_SECONDS = employers.PIECE_SECONDS
PAYER_SECONDS = 30
BILL_SECONDS, BILLS_AT_ONCE = 30, 20
# After a mail server has failed, the others get this much rest; each message has its own, longer pause.
REST_SECONDS = 10
# So many messages in a row, then a look at everything else.
ROUND = 50
LONGEST_PAUSE_SECONDS = 60


class Loop:
    """One worker process."""

    def __init__(self, way: steps.Post, stop: threading.Event) -> None:
        self.way = way
        self.stop = stop
        self.name = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.started_at = clock.now()
        self._next: dict[str, float] = {}
        self._is_planned = False
        self._billed = 0
        self._reminding = Reminding(stop)
        self._jobs: list[tuple[str, float, Callable[[], object]]] = [
            ("beat", BEAT_SECONDS, self._beat),
            ("night", NIGHT_SECONDS, self._night),
            ("remind", REMIND_SECONDS, self._reminding.round),
            ("release", RELEASE_SECONDS, self._release),
            ("charge", CHARGE_SECONDS, self._charge),
            ("invite", INVITE_SECONDS, self._invite),
            ("payers", PAYER_SECONDS, self._payers),
            ("bill", BILL_SECONDS, self._bill),
        ]

    def run(self) -> None:
        """Work until told to stop; then finish the message in hand and leave."""
        log.info("worker %s works", self.name)
        failures = 0
        while not self.stop.is_set():
            try:
                is_busy = self._round()
                failures = 0
            except Exception:
                # The database may be away for a while, or one job may be broken: the others shall go on.
                failures += 1
                log.exception("round of the worker failed, for the %s. time in a row", failures)
                self.stop.wait(min(2 ** (failures - 1), LONGEST_PAUSE_SECONDS))
                continue
            finally:
                db.session.remove()
            if not is_busy:
                self.stop.wait(IDLE_SECONDS)
        self._leave()

    def _round(self) -> bool:
        """Do what is to be done now. Returns whether there may be more at once."""
        for what, seconds, job in self._jobs:
            if self._is_time(what, seconds):
                job()
        return self._send()

    def _send(self) -> bool:
        while not self.stop.is_set() and waiting.is_any_open(clock.now(), None):
            reminders.route(now=clock.now())
        if not self._is_time("mail", 0):
            return False
        for _ in range(ROUND):
            if self.stop.is_set() or not waiting.is_any_open(clock.now()):
                self.way.close()
                return False
            message = messages.claim(worker=self.name, now=clock.now())
            if message is None:
                continue
            said = reminded.said([message], clock.now()).get(message.id)
            outcome = steps.send(said, way=self.way, now=clock.now()) if said else steps.Outcome("withdrawn")
            messages.settle(message=message, outcome=outcome, worker=self.name, now=clock.now())
            if outcome.state == "unreachable":
                log.warning("mail does not go out: %s", outcome.error)
                self._next["mail"] = time.monotonic() + REST_SECONDS
                return False
        return True

    def _beat(self) -> None:
        operations.beat(worker=self.name, started_at=self.started_at, now=clock.now())

    def _invite(self) -> None:
        employers.invite_from_lists(now=clock.now())

    def _release(self) -> None:
        """Release the seats that nobody came to. Another worker may be at it too: each seat is released once."""
        for due in checkins.due_releases(clock.now()):
            try:
                if releases.release_seat(due=due, now=clock.now()):
                    log.info("the seat of booking %s is free again", due.id)
            except Exception:
                log.exception("the seat of booking %s could not be released", due.id)
                db.session.rollback()

    def _charge(self) -> None:
        """Settle what attendance has shown. Another worker may be at it too: each booking is settled once."""
        after: int | None = 0
        while after is not None and not self.stop.is_set():
            found = checkins.due_charges(clock.now(), after=after)
            for booking_id, _ in found:
                try:
                    releases.settle_charge(booking_id=booking_id, now=clock.now())
                except Exception:
                    log.exception("the charge of booking %s could not be settled", booking_id)
                    db.session.rollback()
            after = found[-1][0] if found else None

    def _payers(self) -> None:
        """Tell people whose programme ends before their booking, and cancel what nobody pays three days before."""
        for person_id in booked.untold_people(clock.now()):
            self._try(bookings.tell_payer_ends, person_id=person_id)
        after: int | None = 0
        while after is not None and not self.stop.is_set():
            found = booked.unpaid_due(clock.now(), after=after)
            for booking_id in found:
                self._try(bookings.cancel_unpaid, booking_id=booking_id)
            after = found[-1] if found else None

    def _bill(self) -> None:
        """Post the statements that are begun, and issue the invoices that lack nothing; each of them once."""
        found = billing.statements_waiting(self._billed, BILLS_AT_ONCE)
        for statement_id in found:
            self._try(statements.post_statement, statement_id=statement_id)
        # Sign-in codes must not wait behind a thousand statements; one that fails must not stop the others.
        self._billed = found[-1] if found else 0
        due = billing.invoices_due(BILLS_AT_ONCE)
        issued = [self._try(issuing.issue_invoice, **vars(each)) for each in due if not self.stop.is_set()]
        if found or any(issued):
            self._next["bill"] = 0

    def _try(self, operation: Callable[..., object], **what: Any) -> object:
        """Do one small thing; what fails is tried again in the next round and does not hold up the others."""
        try:
            return operation(**what, now=clock.now())
        except Exception:
            log.exception("%s failed for %s", operation.__name__, what)
            db.session.rollback()
            return None

    def _night(self) -> None:
        now = clock.now()
        if not self._is_planned:
            for task in night.TASKS:
                operations.plan(task=task, now=now)
            self._is_planned = True
        for task in queries.tasks_due(now):
            if task in night.TASKS and operations.take(task=task, worker=self.name, now=now):
                self._do(task, now)

    def _do(self, task: str, now: datetime) -> None:
        try:
            result = night.TASKS[task](now)
        except Exception as error:
            log.exception("%s failed", task)
            db.session.rollback()
            operations.fail(task=task, worker=self.name, error=f"{type(error).__name__}: {error}", now=clock.now())
        else:
            log.info("%s: %s", task, result)
            operations.finish(task=task, worker=self.name, result=result, now=clock.now())

    def _is_time(self, what: str, seconds: float) -> bool:
        if time.monotonic() < self._next.get(what, 0):
            return False
        self._next[what] = time.monotonic() + seconds
        return True

    def _leave(self) -> None:
        self.way.close()
        try:
            operations.leave(worker=self.name)
        finally:
            db.session.remove()
        log.info("worker %s has stopped", self.name)
