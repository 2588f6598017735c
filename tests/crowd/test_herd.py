"""Row 44 on a slow server: who would wait too long is turned away and comes again; without that all wait for long."""

import socket
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.crowd import __main__ as crowd
from tests.crowd import herd
from tests.race import server, wire

pytestmark = [pytest.mark.concurrency, pytest.mark.timeout(300)]
# Two workers of four threads do some 25 batches a second.
RUSH = herd.Rush(phones=150, within=1.0, burden=0.3, pace=0.05, at_most=100)
ALIVE = wire.request("GET", "/healthz", {"Connection": "close"})


def test_row_44_a_herd_is_turned_away_and_loses_nothing(race_url, folder):
    outcome, visitor = herd.run(race_url, folder, RUSH)
    print(crowd.column(outcome) | crowd.of_herd(outcome, visitor, RUSH))

    assert crowd.against_herd(outcome, visitor, RUSH) == []
    assert outcome.answers["200"] == RUSH.phones


def test_row_44_control_phones_that_forget_what_was_turned_away_lose_it(race_url, folder):
    rush = replace(RUSH, forgets=True)
    outcome, visitor = herd.run(race_url, folder, rush)

    assert outcome.findings.lost == rush.events * outcome.answers["503"] > 0
    assert crowd.against_herd(outcome, visitor, rush) == []


def test_row_44_control_a_server_that_turns_nobody_away_lets_all_wait(race_url, folder):
    outcome, visitor = herd.run(race_url, folder, replace(RUSH, is_patient=True))

    assert outcome.answers["503"] == 0
    assert max(outcome.slowest, *visitor.waits) > 4


def test_connections_on_which_nobody_speaks_keep_nobody_waiting(race_url, folder):
    """Some never say anything, others got their answer and never close."""
    with server.running(race_url, folder) as serving, ExitStack() as held:
        for said in (b"", ALIVE):
            for _ in range(40):
                idle = held.enter_context(socket.create_connection((wire.HOST, serving.port)))
                idle.sendall(said)
            began = time.monotonic()
            with socket.create_connection((wire.HOST, serving.port), timeout=20) as other:
                other.sendall(ALIVE)
                answer = other.recv(100)

            assert answer.startswith(b"HTTP/1.1 200 ")
            assert time.monotonic() - began < 2
