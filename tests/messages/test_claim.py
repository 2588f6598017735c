"""Who gets a message, for how long, and when it is given up."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from app.messages import operations, queries, steps

MINUTE = timedelta(minutes=1)
DEFERRED = steps.Outcome("deferred", "451 later")


def _claim(now, worker="w1"):
    return operations.claim(worker=worker, now=now)


def _settle(message, outcome, now, worker="w1"):
    operations.settle(message=message, outcome=outcome, worker=worker, now=now)


def test_the_one_that_waited_longest_is_first(queue, now):
    later = queue(due_at=now - MINUTE)
    first = queue(due_at=now - 2 * MINUTE)
    queue(due_at=now + MINUTE)

    assert [_claim(now).id, _claim(now).id, _claim(now)] == [first, later, None]


def test_a_claimed_message_belongs_to_one_worker_until_the_lease_ends(queue, now):
    number = queue()

    assert _claim(now, "w1").id == number
    assert _claim(now + operations.LEASE, "w2") is None
    assert _claim(now + operations.LEASE + timedelta(seconds=1), "w2").id == number


def test_nothing_due_takes_no_lock(db, queue, now):
    queue(due_at=now + MINUTE)
    statements = []
    event.listen(Engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    assert not queries.is_any_open(now)

    assert [text.split()[0] for text in statements if text != "BEGIN"] == ["SELECT"]


def test_pauses_grow_from_a_minute_to_six_hours_and_end_after_two_days(queue, row, now):
    number = queue()
    moment, pauses = now, []
    while row(number).due_at:
        moment = row(number).due_at
        _settle(_claim(moment), DEFERRED, moment)
        pauses.append((row(number).due_at or moment) - moment)

    assert pauses[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert max(pauses) == timedelta(hours=6)
    assert timedelta(days=1.9) < moment - now < timedelta(days=2.2)
    given_up = row(number)
    assert (given_up.failed_at, given_up.payload, given_up.last_error) == (moment, {}, "451 later")


def test_a_message_that_kills_its_worker_is_given_up_too(queue, row, now):
    queue()
    moment = now
    for _ in range(steps.TRIES):
        assert _claim(moment) is not None
        moment += operations.LEASE + MINUTE
    last = _claim(moment)

    outcome = steps.send(last, way=None, now=moment)

    assert outcome == steps.Outcome("refused", "given up: its worker never came back")


def test_who_lost_the_lease_changes_nothing(queue, row, now, caplog):
    number = queue()
    late = _claim(now, "w1")
    _claim(now + 6 * MINUTE, "w2")

    _settle(late, DEFERRED, now + 6 * MINUTE, "w1")

    assert (row(number).claimed_by, row(number).last_error) == ("w2", None)
    assert "taken over" in caplog.text


def test_what_is_sent_is_sent_even_when_the_lease_was_lost(queue, row, now):
    number = queue()
    late = _claim(now, "w1")
    other = _claim(now + 6 * MINUTE, "w2")

    _settle(late, steps.Outcome("sent"), now + 6 * MINUTE, "w1")
    _settle(other, DEFERRED, now + 7 * MINUTE, "w2")

    assert (row(number).sent_at, row(number).due_at) == (now + 6 * MINUTE, None)


def test_a_long_answer_is_cut(queue, row, now):
    number = queue()
    _settle(_claim(now), steps.Outcome("refused", "x" * 400), now)

    assert len(row(number).last_error) == 300


@pytest.mark.parametrize(("age", "state"), [(timedelta(minutes=10), "sent"), (timedelta(minutes=10.1), "refused")])
def test_a_code_that_has_expired_is_not_sent_any_more(queue, now, age, state, tmp_path):
    queue(payload={"word": "8", "minutes": 10})

    assert steps.send(_claim(now), way=_Way(), now=now + age).state == state


class _Way:
    def send(self, mail, name):
        pass

    def close(self):
        pass


def test_the_backlog_counts_what_should_be_out(queue, now):
    assert queries.backlog(now) == queries.Backlog(0, None)
    queue(due_at=now - 3 * MINUTE)
    queue(due_at=now - MINUTE)
    queue(due_at=now + MINUTE)
    _claim(now)

    assert queries.backlog(now) == queries.Backlog(2, now - 3 * MINUTE)
