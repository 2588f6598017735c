"""No check-in is lost or doubled, however often and however badly phones send; without key and lock, many are."""

import pytest

from tests.race import checkins, report
from tests.race.visits import Guest

pytestmark = [pytest.mark.concurrency, pytest.mark.timeout(600)]


def test_sixteen_clients_never_lose_or_double_a_check_in(race_url, folder):
    outcome = checkins.run(race_url, folder, checkins.Course(guests=8, seconds=300))
    print(report.table([outcome]))

    assert report.verdict(outcome) == []
    assert outcome.sent > 10 * outcome.events
    # It was a race, and a rough one.
    assert {"answered", "cut off half-way", "answer not heard"} <= set(outcome.outcomes)
    assert outcome.kills > 0


def test_without_key_and_lock_check_ins_are_doubled(race_url, folder):
    outcome = checkins.run(race_url, folder, checkins.Course(guests=8, seconds=300, is_control=True))
    print(report.table([outcome]))

    assert outcome.findings.doubled_events > 0
    assert outcome.findings.doubled_checkins > 0
    assert outcome.findings.contradictions > 0
    assert report.verdict(outcome) == []


def test_a_visit_with_two_phones_counts_what_was_first():
    starts = ("2026-11-16T07:00:00+00:00", "2026-11-17T07:00:00+00:00")
    guest = Guest(1, "7a2e5f0e-6c62-4d5e-9f0c-0d1c2b3a4f5e", "", "", starts)
    one, other = guest.phones
    events = {event["id"]: event for made in guest.events().values() for event in made}

    assert [len(made) for made in guest.events().values()] == [5, 5]
    assert [event["seq"] for event in guest.events()[one]] == [1, 2, 3, 4, 5]
    assert sorted((events[name]["captured_at"], events[name]["device"]) for name in guest.counted()) == [
        ("2026-11-16T07:05:00.000Z", one),
        ("2026-11-16T10:00:00.000Z", one),
        ("2026-11-17T07:05:00.000Z", other),
        ("2026-11-17T10:00:00.000Z", other),
    ]


@pytest.mark.parametrize(
    ("said", "final", "counts", "wavers"),
    [
        ([["first"], ["first"]], "first", True, False),
        ([["first"], ["other"]], "first", True, True),
        ([["first", '"duplicate"']], '"duplicate"', False, False),
        ([['"duplicate"', "first"]], '"duplicate"', False, True),
        ([["first"]], "first", False, True),
    ],
)
def test_answers_that_take_something_back_are_found(said, final, counts, wavers):
    assert checkins._wavers(said, final, counts) is wavers
