"""Workers that are killed between sending a push and writing it down: `python -m tests.browser.dying KILLS WAY`.

Reads a push subscription from standard input, queues one push for each kill, and lets workers of 4 pushes at a time
die until it has been done so often; the last ones live. WAY "careful" sends and then writes down, as the product does;
"careless", the control, writes down and then sends. Prints how many were killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from app import clock, create_app, transaction
from app.extensions import db
from app.jobs import pushing
from app.messages import operations, steps
from app.messages.models import Message
from app.messages.steps import Draft, Outcome, Target
from app.people.models import Person
from app.reminders import operations as reminders
from app.reminders.models import PushSubscription

AT_ONCE = 4
# Fewer than the tries after which a message is given up.
DEATHS = 4


@transaction.write
def _queue(count, person_id):
    number = db.session.scalars(select(PushSubscription.id)).one()
    now = clock.now()
    for _ in range(count):
        start = datetime(2030, 1, 8, 8, tzinfo=UTC)
        space = {"slug": "x", "name": "Beispiel", "town": "Nottuln", "arrival": "", "address": "", "plz": ""}
        times = {"date": start.date(), "period": "morning", "starts_at": start, "ends_at": start + timedelta(hours=5)}
        booking = {"uuid": uuid.uuid4(), **times, "seat": {"number": 1, "name": ""}, "space": space}
        draft = Draft("booking_cancelled", person_id, "", "de", {"booking": booking, "reason": ""})
        steps.write_push(draft, subscription_id=number, now=now)


def _die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


def _work(app, way, *, is_last):
    """One worker's round in a process of its own."""
    with app.app_context():
        db.engine.dispose(close=False)  # its connections are the parent's
        thread = pushing.Pushing(app, threading.Event(), f"worker {os.getpid()}")
        if not is_last and way == "careful":
            pushing.reminders.settle_pushes = _die
        if way == "careless":
            send = thread._sent

            def settle_first(taken, pool):
                results = [(each, Outcome("sent")) for each in taken]
                reminders.settle_pushes(results=results, worker=thread._worker, now=clock.now())
                if not is_last:
                    _die()
                return send(taken, pool)

            thread._sent = settle_first
        with ThreadPoolExecutor(AT_ONCE) as pool:
            thread.round(pool)
    os._exit(0)


def _open():
    with db.session() as session:
        waiting = select(func.count(Message.id), func.max(Message.tries)).where(
            Message.way == "push", Message.due_at.is_not(None)
        )
        # The next ones to be taken are those that have waited longest.
        first = select(Message.tries).where(Message.way == "push", Message.due_at.is_not(None)).order_by(Message.due_at)
        count = session.execute(waiting).one()[0]
        return count, session.scalar(first.order_by(Message.id).limit(1)) or 0


def main(kills, way):
    app = create_app()
    operations.LEASE = timedelta(0)  # else each death would cost five minutes
    pushing.BATCH = AT_ONCE
    with app.app_context():
        person = db.session.scalars(select(Person.id).order_by(Person.id)).first()
        db.session.rollback()
        target = Target(**json.load(sys.stdin))
        reminders.subscribe(person_id=person, target=target, browser="", now=clock.now())
        _queue(kills, person)
        done = 0
        while True:
            count, tries = _open()
            if not count:
                break
            db.engine.dispose()
            child = os.fork()
            if child == 0:
                _work(app, way, is_last=done >= kills or tries >= DEATHS)
            _, status = os.waitpid(child, 0)
            done += os.WIFSIGNALED(status)
    print(done)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
