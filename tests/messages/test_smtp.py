"""Sending through a real mail server: what it says decides what becomes of the message."""

import socket
import threading
from datetime import timedelta

import pytest

from app.config import ConfigError
from app.messages import operations, post, steps


def _try(way, now):
    """One round of the worker for one message."""
    message = operations.claim(worker="w1", now=now)
    outcome = steps.send(message, way=way, now=now)
    operations.settle(message=message, outcome=outcome, worker="w1", now=now)
    return outcome


@pytest.fixture
def way(server):
    way = post.Smtp(server.url, "nahplatz.example")
    yield way
    way.close()


def test_an_accepted_mail_is_done_with_and_forgets_its_payload(server, way, queue, row, now):
    number = queue()

    assert _try(way, now) == steps.Outcome("sent")

    sent = row(number)
    assert (sent.sent_at, sent.due_at, sent.failed_at, sent.payload, sent.tries) == (now, None, None, {}, 1)
    (mail,) = server.mails
    assert (mail["To"], mail["Subject"]) == ("ana@example.org", "Hallo du")
    assert mail.get_body(("plain",)).get_content().strip() == "Zeile für zwölf"
    assert "<b>zwölf</b>" in mail.get_body(("html",)).get_content()


def test_an_address_that_does_not_exist_is_not_tried_again(server, way, queue, row, now):
    server.answers["ana@example.org"] = "550 5.1.1 no such user"
    number = queue()

    assert _try(way, now).state == "refused"

    given_up = row(number)
    assert (given_up.failed_at, given_up.due_at, given_up.sent_at, given_up.payload) == (now, None, None, {})
    assert given_up.last_error == "550 5.1.1 no such user"
    assert operations.claim(worker="w1", now=now + timedelta(days=9)) is None


def test_unwanted_content_is_not_tried_again(server, way, queue, row, now):
    server.data_answer = "554 5.7.1 spam"
    number = queue()

    assert _try(way, now) == steps.Outcome("refused", "554 5.7.1 spam")
    assert row(number).failed_at == now


def test_a_greylisted_mail_waits_and_then_goes(server, way, queue, row, now):
    server.answers["*"] = "451 4.7.1 try again later"
    number = queue()

    assert _try(way, now) == steps.Outcome("deferred", "451 4.7.1 try again later")

    waiting = row(number)
    assert (waiting.due_at, waiting.failed_at, waiting.claimed_by) == (now + timedelta(minutes=1), None, None)
    assert waiting.payload == {"word": "zwölf"}
    assert operations.claim(worker="w1", now=now + timedelta(seconds=59)) is None
    server.answers.clear()
    assert _try(way, now + timedelta(minutes=1)) == steps.Outcome("sent")
    assert len(server.mails) == 1


def test_nothing_is_lost_while_the_server_is_down(server, way, queue, row, now):
    numbers = [queue(to=f"p{n}@example.org") for n in range(3)]
    server.stop()
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", server.port), 1):
        pass  # the control: really nobody is there

    outcomes = [_try(way, now).state for _ in numbers]

    assert outcomes == ["unreachable"] * 3
    assert [row(number).due_at for number in numbers] == [now + timedelta(minutes=1)] * 3
    server.start()
    way = post.Smtp(server.url, "nahplatz.example")
    assert [_try(way, now + timedelta(minutes=1)).state for _ in numbers] == ["sent"] * 3
    way.close()
    assert sorted(mail["To"] for mail in server.mails) == ["p0@example.org", "p1@example.org", "p2@example.org"]


def test_a_server_that_says_nothing_is_left_after_the_time_out(queue, row, now, monkeypatch):
    monkeypatch.setattr(post, "TIMEOUT", 0.3)
    number = queue()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        way = post.Smtp(f"smtp://127.0.0.1:{silent.getsockname()[1]}", "nahplatz.example")
        outcome = _try(way, now)

    assert outcome.state == "unreachable"
    assert "timed out" in outcome.error
    assert row(number).due_at == now + timedelta(minutes=1)


def test_a_server_that_falls_silent_in_the_middle_is_left_too(queue, row, now, monkeypatch):
    monkeypatch.setattr(post, "TIMEOUT", 0.3)
    number = queue()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        threading.Thread(target=_greet, args=(silent,), daemon=True).start()
        way = post.Smtp(f"smtp://127.0.0.1:{silent.getsockname()[1]}", "nahplatz.example")
        outcome = _try(way, now)

    assert outcome.state == "unreachable"
    assert row(number).sent_at is None


def _greet(server):
    """Greet, take EHLO and MAIL FROM, and say nothing any more."""
    connection, _ = server.accept()
    with connection:
        connection.sendall(b"220 here\r\n")
        connection.recv(1000)
        connection.sendall(b"250 here\r\n")
        connection.recv(1000)
        connection.sendall(b"250 OK\r\n")
        connection.recv(1000)
        threading.Event().wait(3)


def test_one_bad_address_does_not_hold_up_the_next(server, way, queue, row, now):
    server.answers["bad@example.org"] = "550 5.1.1 no such user"
    bad, good = queue(to="bad@example.org"), queue(to="good@example.org")

    assert [_try(way, now).state, _try(way, now).state] == ["refused", "sent"]
    assert row(bad).failed_at
    assert row(good).sent_at


def test_the_connection_is_kept_for_the_next_and_made_anew_when_it_is_gone(server, way, queue, now):
    for _ in range(3):
        queue()
    _try(way, now)
    _try(way, now)
    assert len(server.sessions) == 1

    way._connection.sock.shutdown(socket.SHUT_RDWR)

    assert _try(way, now).state == "sent"
    assert len(server.sessions) == 2
    assert len(server.mails) == 3


def test_a_server_without_encryption_gets_nothing_when_encryption_is_asked_for(server, queue, row, now):
    number = queue()
    way = post.Smtp(server.url.replace("smtp:", "smtp+starttls:"), "nahplatz.example")

    assert _try(way, now).state == "unreachable"
    assert server.mails == []
    assert row(number).due_at == now + timedelta(minutes=1)


def test_a_wrong_password_loses_no_mail(server, queue, row, now):
    number = queue()
    way = post.Smtp(server.url.replace("//", "//ana:wrong@"), "nahplatz.example")

    assert _try(way, now).state == "unreachable"
    assert row(number).failed_at is None


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, "", ""),
        ("smtp+starttls://ana:s%40fe@mail.example.org", "mail.example.org", 587, "ana", "s@fe"),
        ("smtps://ana%40example.org:x@mail.example.org:4650", "mail.example.org", 4650, "ana@example.org", "x"),
        ("smtp://ana:x@127.0.0.1:2525", "127.0.0.1", 2525, "ana", "x"),
    ],
)
def test_the_address_of_the_server_is_understood(url, host, port, user, password):
    way = post.Smtp(url, "nahplatz.example")

    assert (way.host, way.port, way.user, way.password) == (host, port, user, password)


@pytest.mark.parametrize(
    "url",
    ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:port", "smtp://h:99999", "smtp://a:b@relay"],
)
def test_an_unusable_address_of_the_server_is_refused(url):
    with pytest.raises(ConfigError, match="SMTP_URL"):
        post.Smtp(url, "nahplatz.example")
