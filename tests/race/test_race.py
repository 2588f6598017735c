"""Nobody is ever sold a seat that somebody else has; without the keys, many are."""

import pytest

from tests.race import findings, race, report

pytestmark = [pytest.mark.concurrency, pytest.mark.timeout(1800)]
ATTEMPTS = 20_000


def test_sixteen_clients_never_share_a_seat(race_url, folder):
    outcome = race.run(race_url, folder, race.Course(ATTEMPTS, seconds=1500))
    print(report.table([outcome]))

    assert report.verdict(outcome) == []
    assert outcome.attempts >= ATTEMPTS
    # It was a race: there were winners and losers of every kind, and seats came free again.
    assert {"booked", "cancelled", "seat_taken", "already_booked", "no_seat_free", "repeated"} <= set(outcome.outcomes)
    # And for money: quotas were changed under the bookings.
    assert "quota changed" in outcome.outcomes


def test_without_the_keys_seats_are_sold_twice(race_url, folder):
    outcome = race.run(race_url, folder, race.Course(800, seconds=600, control="keys"))
    print(report.table([outcome]))

    assert outcome.findings.doubled_seats > 0
    assert outcome.findings.doubled_people > 0
    assert outcome.findings.doubled_meanwhile > 0
    assert outcome.double_rounds > 0
    assert outcome.errors == 0


def test_without_checks_and_lock_accounts_are_overdrawn(race_url, folder):
    outcome = race.run(race_url, folder, race.Course(800, seconds=600, control="checks"))
    print(report.table([outcome]))

    assert report.verdict(outcome) == []
    assert outcome.findings.doubled_seats == 0


def test_overlapping_stays_are_found():
    stay = {"date": "2026-11-24", "period": "day", "since": 1.0, "until": 2.0}
    ana = stay | {"seat": "kontor/1", "person": "ana"}
    ben = stay | {"seat": "kontor/1", "person": "ben", "since": 1.5, "until": None, "period": "morning"}
    elsewhere = stay | {"seat": "kontor/2", "person": "ana"}
    later = stay | {"seat": "kontor/1", "person": "cleo", "since": 2.0}

    assert findings.doubled_meanwhile([ana, later]) == 0
    assert findings.doubled_meanwhile([ana, ben]) == 1
    assert findings.doubled_meanwhile([ana, elsewhere]) == 2
