"""Whatever happens in whatever order, nothing is sold twice, lost, doubled or judged in two ways."""

import pytest

from app.bookings import steps
from app.checkins.operations import batches
from tests.machine import run

RUNS = {"sqlite": 200, "postgresql": 50}
STEPS = 40
# Runs are spread over so many tests, because machines have more than one core.
PARTS = 2
SEEDS = 5

pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_goes_wrong_in_any_order(world, database_kind, part):
    run.machine(world, runs=RUNS[database_kind] // PARTS, steps=STEPS, seed=part)


def test_control_a_cancellation_that_keeps_the_seat_is_found(world, monkeypatch):
    monkeypatch.setattr(steps.ending, "give_back", lambda booking_ids: None)

    _must_be_found(world)


def test_control_a_judge_who_never_judges_anew_is_found(world, monkeypatch):
    """What was stored keeps its verdict, whatever comes later."""
    store = batches.recording.store
    monkeypatch.setattr(batches.recording, "store", lambda fresh, changed: store(fresh, []))

    # It shows when somebody's earlier scan comes after a later one: rare among all the rules of the machine.
    _must_be_found(world, steps=STEPS // 2, only={"book", "check_in_online", "scan", "send_anything"})


def test_control_a_cancellation_that_keeps_the_money_is_found(world, monkeypatch):
    monkeypatch.setattr(steps.charging, "let_go", lambda ids, **given: None)

    _must_be_found(world)


def _must_be_found(world, **narrower):
    """Some ways to a fault are rare, so several seeds may be needed, or a machine of fewer rules."""
    with pytest.raises(AssertionError, match="Failing test case"):
        _run_all(world, {"steps": STEPS} | narrower)


def _run_all(world, course):
    for seed in range(SEEDS):
        run.machine(world, runs=RUNS["sqlite"], seed=seed, is_shrunk=False, **course)
