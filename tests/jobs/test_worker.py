"""Real workers against a real mail server: killed, stopped, several at once, with the database or the server away."""

import os
import signal
import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text, update

from app.jobs.models import Worker
from app.messages.models import Message


def _sent(db):
    return db.session.scalar(select(func.count(Message.sent_at)))


def _ids(server):
    return Counter(mail["Message-ID"] for mail in server.mails)


def test_a_message_is_out_within_a_moment(db, worker, server, queue, until):
    one = worker(server.url)
    until(lambda: "works" in one.words)
    queue(1)
    began = time.perf_counter()

    until(lambda: _sent(db) == 1)

    print(f"sent after {time.perf_counter() - began:.2f} s")
    assert [mail["Subject"] for mail in server.mails] == ["Notiz 0"]
    assert one.stop() == 0


@pytest.mark.concurrency
def test_three_workers_send_each_message_once(db, worker, server, queue, until):
    count = 60
    queue(count)
    workers = [worker(server.url) for _ in range(3)]

    until(lambda: _sent(db) == count)

    assert [one.stop() for one in workers] == [0, 0, 0]
    assert len(_ids(server)) == count
    assert max(_ids(server).values()) == 1
    senders = {mail["X-Sender-Port"] for mail in server.mails}
    assert len(senders) > 1, "one worker did everything, so nothing was shown"


@pytest.mark.concurrency
def test_the_control_without_a_conditional_claim_sends_some_twice(db, worker, server, queue, until):
    count = 60
    queue(count)
    for _ in range(3):
        worker(server.url, "careless")

    until(lambda: _sent(db) == count)

    assert max(_ids(server).values()) > 1


def test_a_worker_killed_after_sending_sends_again_under_the_same_name(db, worker, server, queue, until):
    (number,) = queue(1)
    victim = worker(server.url)
    server.before_answer = lambda: os.kill(victim.process.pid, signal.SIGKILL)
    until(lambda: victim.process.poll() is not None)
    assert victim.process.returncode == -signal.SIGKILL
    assert (len(server.mails), _sent(db)) == (1, 0)
    server.before_answer = None

    heir = worker(server.url)
    until(lambda: "works" in heir.words)
    time.sleep(1.5)
    assert len(server.mails) == 1, "the lease of the dead worker was not respected"
    db.session.execute(update(Message).values(claimed_until=datetime(2020, 1, 1, tzinfo=UTC)))
    db.session.commit()
    until(lambda: _sent(db) == 1)

    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert db.session.get(Message, number).tries == 2


def test_told_to_stop_it_finishes_the_message_in_hand(db, worker, server, queue, until):
    queue(20)
    one = worker(server.url)
    server.before_answer = lambda: (one.process.send_signal(signal.SIGTERM), time.sleep(0.5))

    assert one.process.wait(60) == 0

    db.session.rollback()
    assert (len(server.mails), _sent(db)) == (1, 1)
    assert db.session.scalar(select(func.count(Message.claimed_by))) == 0
    assert db.session.scalar(select(func.count()).select_from(Worker)) == 0
    assert "has stopped" in one.words


def test_it_goes_on_after_the_database_failed(db, worker, server, queue, until):
    one = worker(server.url)
    until(lambda: "works" in one.words)
    db.session.execute(text("ALTER TABLE messages RENAME TO hidden"))
    db.session.commit()
    until(lambda: "in a row" in one.words)

    db.session.execute(text("ALTER TABLE hidden RENAME TO messages"))
    db.session.commit()
    queue(1)

    until(lambda: _sent(db) == 1)
    assert one.stop() == 0


def test_it_says_that_it_lives(db, worker, until):
    one = worker()

    until(lambda: db.session.scalar(select(func.count()).select_from(Worker)) == 1)

    assert str(one.process.pid) in db.session.scalar(select(Worker.name))


def test_it_does_not_start_with_an_unusable_mail_server(worker):
    one = worker("http://mail.example.org")

    assert one.process.wait(60) == 1
    assert "SMTP_URL" in one.words
