"""Phones on a bad day lose and double nothing; phones or servers that are less careful do."""

import pytest

from tests.crowd import __main__ as crowd
from tests.crowd import simulate
from tests.crowd.town import Habits

pytestmark = [pytest.mark.concurrency, pytest.mark.timeout(600)]
BAD_MINUTE = simulate.Weather((0.5, 1), answers=60, pace=0.03, seconds=400, orders=5, in_orders=30)


def test_row_08_phones_on_a_bad_day_lose_and_double_nothing(race_url, folder):
    outcome = simulate.run(race_url, folder, Habits(phones=120, events=12), BAD_MINUTE)
    print(crowd.column(outcome))

    assert crowd.verdict(outcome, is_control=False) == []
    assert outcome.reordered > 300


def test_row_08_control_phones_that_let_go_of_events_at_an_error_lose_some(race_url, folder):
    habits = Habits(phones=120, events=12, lets_go_too_early=True)
    outcome = simulate.run(race_url, folder, habits, BAD_MINUTE)

    assert outcome.findings.lost > 0
    assert crowd.verdict(outcome, is_control=True) == []


def test_row_06_control_without_the_key_and_without_memory_events_are_doubled(race_url, folder):
    habits = Habits(phones=120, events=12)
    outcome = simulate.run(
        race_url, folder, habits, simulate.Weather((9, 9), answers=10_000, pace=0.03, seconds=400, has_key=False)
    )

    assert outcome.findings.doubled > 0
    assert outcome.findings.contradictions > 0
