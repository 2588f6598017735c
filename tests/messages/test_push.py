"""Sending to a real push service: what it says decides what becomes of the message."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
import time_machine

from app.messages import lines, push, vapid
from app.messages.push import Outcome

WORDS = {"ttl": 3600, "topic": "reminder-7", "urgency": "high"}


def test_a_message_arrives_and_only_the_browser_can_read_it(service, pusher):
    ana, ben = service.subscribe("ana"), service.subscribe("ben")

    assert pusher.send(ana.target, b"Morgen um acht", **WORDS) == Outcome("sent")

    (letter,) = ana.inbox
    assert (letter.body, letter.ttl, letter.topic, letter.urgency) == (b"Morgen um acht", 3600, "reminder-7", "high")
    assert letter.size == len(b"Morgen um acht") + 103
    assert (service.faults, ben.inbox, service.connections) == ([], [], 1)


def test_the_service_would_notice_another_key(service, settings, pusher):
    """The control for every `faults == []`."""
    ana, others = service.subscribe("ana"), vapid.make(replace(settings, data_dir=settings.data_dir / "other"))
    stranger = push.Pusher(replace(settings, push_test_service=service.origin), others)
    wrong = replace(ana.target, p256dh=service.subscribe("ben").target.p256dh)

    assert stranger.send(ana.target, b"x", **WORDS).state == "unauthorised"
    assert pusher.send(wrong, b"x", **WORDS).state == "refused"
    assert (len(service.faults), ana.inbox) == (2, [])
    stranger.close()


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "sent"), (202, "sent"), (404, "gone"), (410, "gone"), (401, "unauthorised"), (403, "unauthorised"),
        (429, "deferred"), (408, "deferred"), (500, "deferred"), (502, "deferred"), (503, "deferred"),
        (400, "refused"), (405, "refused"), (413, "refused"), (415, "refused"), (301, "refused"), (304, "refused"),
    ],
)  # fmt: skip
def test_each_answer_has_its_meaning(service, pusher, status, state):
    ana = service.subscribe("ana", status)

    outcome = pusher.send(ana.target, b"x", **WORDS)

    assert (outcome.state, outcome.retry_after, ana.asked, ana.inbox) == (state, None, 1, [])
    assert (outcome.error is None) if state == "sent" else outcome.error.startswith(str(status))


NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("0", timedelta()),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), timedelta(minutes=5)),
        ("Mon, 23 Nov 2026 08:10:00 -0000", timedelta(minutes=10)),
        (format_datetime(NOW - timedelta(days=3), usegmt=True), timedelta()),
        ("86400", timedelta(hours=6)),
        ("999999999", timedelta(hours=6)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(hours=6)),
        *((text, None) for text in ("", "-5", "1.5", "1e3", "soon", "9" * 5000, "Mon, 99 Nov 2026 08:00:00 GMT")),
    ],
)
def test_the_service_says_when_to_come_again(service, pusher, text, wait):
    ana = service.subscribe("ana", 429, retry_after=text)

    with time_machine.travel(NOW, tick=False):
        outcome = pusher.send(ana.target, b"x", **WORDS)

    assert (outcome.state, outcome.retry_after) == ("deferred", wait)


@pytest.mark.parametrize("behave", ["hang", "trickle", "hang up"])
def test_a_service_that_does_not_answer_is_left(service, pusher, monkeypatch, behave):
    monkeypatch.setattr(lines, "ANSWERING", 0.4)
    ana = service.subscribe("ana", behave)
    began = time.monotonic()

    outcome = pusher.send(ana.target, b"x", **WORDS)

    assert (outcome.state, outcome.retry_after) == ("deferred", None)
    assert time.monotonic() - began < 2
    ana.behave = 201
    assert pusher.send(ana.target, b"x", **WORDS).state == "sent"


def test_a_slow_answer_is_waited_for(service, pusher):
    ana = service.subscribe("ana", "slow")

    assert pusher.send(ana.target, b"x", **WORDS).state == "sent"
    assert len(ana.inbox) == 1


def test_an_answer_without_end_is_not_read(service, pusher):
    ana = service.subscribe("ana", "flood")

    assert pusher.send(ana.target, b"x", **WORDS).state == "sent"
    assert pusher.send(ana.target, b"x", **WORDS).state == "sent"

    assert service.connections == 2  # the first one cannot be used again
    time.sleep(0.2)
    assert service.flooded < 16_000_000  # what the machine had buffered; without end it would be more


def test_a_service_that_is_not_there_defers(service, pusher):
    ana = service.subscribe("ana")
    service.close()

    outcome = pusher.send(ana.target, b"x", **WORDS)

    assert (outcome.state, outcome.error[:22]) == ("deferred", "ConnectionRefusedError")


def test_redirects_are_not_followed(service, pusher):
    ana = service.subscribe("ana", "redirect")

    outcome = pusher.send(ana.target, b"x", **WORDS)

    assert (outcome.state, outcome.error[:3], service.strayed) == ("refused", "307", 0)
    requests.post(ana.target.endpoint, b"x", timeout=5)
    assert service.strayed == 1  # the control: others do follow


def test_proxies_of_the_environment_are_ignored(service, pusher, monkeypatch):
    ana = service.subscribe("ana")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert pusher.send(ana.target, b"x", **WORDS).state == "sent"
    with pytest.raises(requests.ConnectionError):
        requests.post(ana.target.endpoint, b"x", timeout=5)  # the control: others ask the proxy


def test_the_largest_message_just_fits(service, pusher):
    ana = service.subscribe("ana")

    assert pusher.send(ana.target, b"x" * 3993, **WORDS).state == "sent"
    assert ana.inbox[0].size == 4096


@pytest.mark.parametrize("size", [0, 3994, 100_000])
def test_what_does_not_fit_is_not_sent(service, pusher, size):
    outcome = pusher.send(service.subscribe("ana").target, b"x" * size, **WORDS)

    assert (outcome.state, service.connections) == ("refused", 0)


@pytest.mark.parametrize("topic", ["a", "A-z_9", "x" * 32])
def test_a_topic_is_a_short_word(service, pusher, topic):
    ana = service.subscribe("ana")

    assert pusher.send(ana.target, b"x", ttl=0, topic=topic).state == "sent"
    assert (ana.inbox[0].topic, ana.inbox[0].ttl, ana.inbox[0].urgency) == (topic, 0, "normal")


@pytest.mark.parametrize("topic", ["", "x" * 33, "a b", "ä", "a\r\nX: y", "a\n", "a=b", "a/b", "a+b"])
def test_other_topics_are_our_own_mistake(service, pusher, topic):
    with pytest.raises(ValueError, match="cannot be sent"):
        pusher.send(service.subscribe("ana").target, b"x", ttl=60, topic=topic)
    assert service.connections == 0
