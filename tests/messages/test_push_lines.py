"""The connections to push services: kept, shared by threads, and never to a machine that is not one."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app import network
from app.messages import lines, push
from app.messages.push import Outcome
from tests.conftest import ROOT
from tests.pushservice import Service
from tests.pushtrust import Trust

WORDS = {"ttl": 3600, "topic": "reminder-7", "urgency": "high"}
FCM = "https://fcm.googleapis.com"


def test_a_connection_is_used_again(service, pusher):
    ana, ben = service.subscribe("ana"), service.subscribe("ben", 410)

    states = [pusher.send(each.target, b"x", **WORDS).state for each in (ana, ben) * 10]

    assert (states, service.connections) == (["sent", "gone"] * 10, 1)


def test_many_threads_share_the_connections(service, pusher):
    people = [service.subscribe(f"p{number}", "slow") for number in range(8)]
    work = [(person, f"{number}".encode()) for number in range(40) for person in people]

    with ThreadPoolExecutor(32) as threads:
        states = list(threads.map(lambda each: pusher.send(each[0].target, each[1], **WORDS).state, work))

    assert set(states) == {"sent"}
    assert [sorted(int(letter.body) for letter in person.inbox) for person in people] == [list(range(40))] * 8
    assert (service.faults, 1 < service.connections <= 32) == ([], True)


def test_a_connection_that_was_closed_meanwhile_is_made_again(service, pusher):
    ana = service.subscribe("ana")
    pusher.send(ana.target, b"x", **WORDS)
    service.hang_up()
    time.sleep(0.1)

    assert pusher.send(ana.target, b"x", **WORDS).state == "sent"
    assert (service.connections, len(ana.inbox)) == (2, 2)


def test_a_connection_that_closes_under_the_request_is_made_again(service, pusher, monkeypatch):
    monkeypatch.setattr(lines.Line, "is_silent", property(lambda _: True))  # looked at a moment too early
    ana = service.subscribe("ana")
    pusher.send(ana.target, b"x", **WORDS)
    service.hang_up()

    assert pusher.send(ana.target, b"x", **WORDS).state == "sent"
    assert (service.connections, len(ana.inbox)) == (2, 2)


def test_an_old_connection_is_left(service, pusher, monkeypatch):
    ana = service.subscribe("ana")
    pusher.send(ana.target, b"x", **WORDS)
    monkeypatch.setattr(lines, "KEPT", 0.0)

    assert pusher.send(ana.target, b"x", **WORDS).state == "sent"
    assert service.connections == 2


def test_no_more_connections_are_kept_than_allowed(service, pusher, monkeypatch):
    monkeypatch.setattr(lines, "MOST_KEPT", 3)
    people = [service.subscribe(f"p{number}", "slow") for number in range(8)]

    with ThreadPoolExecutor(8) as threads:
        assert {threads.submit(pusher.send, each.target, b"x", **WORDS).result().state for each in people} == {"sent"}

    assert len(pusher._lines._kept) <= 3


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["fc00::1"], ["::ffff:10.0.0.1"], ["0.0.0.0"],  # noqa: S104 - refused
     ["64:ff9b::a00:1"], ["2002:a00:1::1"], ["93.184.215.14", "192.168.1.1"]],
)  # fmt: skip
def test_names_that_lead_into_our_own_network_are_not_called(service, pusher, monkeypatch, addresses):
    target, called = replace(service.subscribe("ana").target, endpoint=f"{FCM}/fcm/send/x"), []
    found = [(2, 1, 6, "", (address, service.port)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "socket", lambda *_: called.append(1))

    outcome = pusher.send(target, b"x", **WORDS)

    assert (outcome, called) == (Outcome("refused", f"{addresses[-1]} is not public"), [])


def test_the_test_service_stays_on_this_machine(service, settings, key, monkeypatch):
    name = f"http://localhost:{service.port}"
    target = replace(service.subscribe("ana").target, endpoint=f"{name}/push/ana")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("93.184.215.14", service.port))])

    outcome = push.Pusher(replace(settings, push_test_service=name), key).send(target, b"x", **WORDS)

    assert (outcome.state, service.connections) == ("refused", 0)


@pytest.fixture
def at_fcm(monkeypatch, tmp_path, settings, key):
    """Return a way to ask "fcm.googleapis.com", which is a service of ours with the certificate of `name`."""

    def send(name, *, is_trusted):
        trust = Trust(name)
        monkeypatch.setenv("SSL_CERT_FILE", str(trust.write(tmp_path) if is_trusted else os.devnull))
        monkeypatch.setattr(network, "is_public", network.is_loopback)
        with Service(key.public, tls=trust.context(tmp_path), origin=FCM) as service:
            found = [(2, 1, 6, "", ("127.0.0.1", service.port))]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
            ana, pusher = service.subscribe("ana"), push.Pusher(settings, key)
            outcomes = [pusher.send(ana.target, b"x", **WORDS) for _ in range(2)]
            pusher.close()
        return outcomes, service, ana

    return send


def test_a_real_service_is_called_by_its_name_over_tls(at_fcm):
    outcomes, service, ana = at_fcm("fcm.googleapis.com", is_trusted=True)

    assert (outcomes, len(ana.inbox), service.faults) == ([Outcome("sent")] * 2, 2, [])
    assert (service.names, service.connections) == (["fcm.googleapis.com"], 1)


@pytest.mark.parametrize(
    ("name", "is_trusted"), [("fcm.googleapis.com", False), ("push.example", True), ("127.0.0.1", True)]
)
def test_a_certificate_of_somebody_else_is_not_trusted(at_fcm, name, is_trusted):
    outcomes, _, ana = at_fcm(name, is_trusted=is_trusted)

    assert [outcome.state for outcome in outcomes] == ["deferred"] * 2
    assert "CERTIFICATE_VERIFY_FAILED" in outcomes[0].error
    assert ana.asked == 0


def test_who_only_keeps_subscriptions_does_without_the_library():
    program = "import sys, app.messages.targets, app.messages.vapid; print('pywebpush' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT)

    assert done.stdout == "False\n"
