"""Row 44 on a slow server: who would wait too long is turned away and comes again; without that all wait for long."""

from dataclasses import replace

import pytest

from tests.crowd import __main__ as crowd
from tests.crowd import herd

pytestmark = [pytest.mark.concurrency, pytest.mark.timeout(300)]
# Two workers of four threads do some 25 batches a second.
RUSH = herd.Rush(phones=150, within=1.0, burden=0.3, pace=0.3, at_most=200)


def test_row_44_a_herd_is_turned_away_and_loses_nothing(race_url, folder):
    outcome, visitor = herd.run(race_url, folder, RUSH)
    print(crowd.column(outcome) | crowd.of_visitor(visitor, RUSH))

    assert crowd.of_herd(outcome) == []
    assert outcome.answers["200"] == RUSH.phones
    assert outcome.answers["503"] > 0
    assert visitor.refused == 0


def test_row_44_control_a_server_that_turns_nobody_away_lets_all_wait(race_url, folder):
    outcome, visitor = herd.run(race_url, folder, replace(RUSH, is_patient=True))

    assert outcome.answers["503"] == 0
    assert max(outcome.slowest, visitor.slowest) > 4
