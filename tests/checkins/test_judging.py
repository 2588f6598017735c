"""What scans mean does not depend on the order in which they arrive."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.checkins import judging
from app.checkins.judging import judge
from app.checkins.scans import Booked, Judgement, Scan

DAY = date(2026, 11, 23)
ZONE = "Europe/Berlin"
EIGHT = datetime(2026, 11, 23, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def _scan(number, minutes=0, **changes):
    at = EIGHT + minutes * MINUTE
    scan = Scan(UUID(int=number), "check_in", 1, clock.local_day(at, ZONE), at, at + 14 * HOUR)
    return replace(scan, **changes)


def _booked(number=1, opens=0, closes=600, **changes):
    starts_at = EIGHT + opens * MINUTE
    booked = Booked(
        number,
        UUID(int=1000 + number),
        1,
        clock.local_day(starts_at, ZONE),
        starts_at,
        EIGHT + closes * MINUTE,
        EIGHT - timedelta(days=1),
        None,
    )
    return replace(booked, **changes)


def test_the_first_by_time_and_id_wins_whatever_comes_first():
    scans = [_scan(3, 5), _scan(2, 5), _scan(1, 9)]
    for order in permutations(scans):
        judgements = judge(order, [_booked()])
        assert judgements[UUID(int=2)] == Judgement("accepted", None, 1)
        for other in (1, 3):
            assert judgements[UUID(int=other)] == Judgement("flagged", "duplicate", 1, UUID(int=2))


def test_two_scans_without_a_booking_on_one_day_are_one_visit():
    judgements = judge([_scan(1), _scan(2, 300)], [])
    assert judgements[UUID(int=1)] == Judgement("flagged", "no_booking")
    assert judgements[UUID(int=2)] == Judgement("flagged", "duplicate", None, UUID(int=1))


def test_two_spaces_on_one_day_are_two_visits():
    judgements = judge([_scan(1), _scan(2, 1, space_id=2)], [_booked()])
    assert [judgements[UUID(int=number)].reason for number in (1, 2)] == [None, "no_booking"]


def test_the_same_scan_pressed_twice_counts_for_one_of_two_bookings_in_a_row():
    bookings = [_booked(1, 0, 300), _booked(2, 300, 600)]
    judgements = judge([_scan(1), _scan(2, 270), _scan(3, 272), _scan(4, 275)], bookings)
    assert [judgements[UUID(int=number)].booking_id for number in (1, 2, 3, 4)] == [1, 2, 2, 1]
    assert [judgements[UUID(int=number)].reason for number in (1, 2, 3, 4)] == [None, None, "duplicate", "duplicate"]


def test_a_second_scan_after_booking_at_the_door_counts_even_within_two_minutes():
    booked = _booked(made_at=EIGHT + 4 * MINUTE)
    judgements = judge([_scan(1, 1), _scan(2, 2.5)], [booked])
    assert [judgements[UUID(int=number)].reason for number in (1, 2)] == ["no_booking", None]


def test_a_booking_counts_for_a_slow_clock_but_not_for_a_scan_that_arrived_before_it_was_made():
    booked = _booked(made_at=EIGHT + 2 * MINUTE)
    slow, before = _scan(1, 1), _scan(1, 1, received_at=EIGHT + MINUTE)
    assert judge([slow], [booked])[slow.event_id] == Judgement("accepted", None, 1)
    assert judge([before], [booked])[before.event_id] == Judgement("flagged", "no_booking")


def test_row_22_a_space_that_closed_explains_only_scans_of_those_whose_booking_it_ended():
    early, late = _scan(1, 1), _scan(2, 61)
    booked = _booked(made_at=EIGHT + 20 * MINUTE, ended_at=EIGHT + 60 * MINUTE, ended_reason="closed")
    assert judge([late], [booked])[late.event_id] == Judgement("flagged", "space_closed")
    # Nobody had booked yet: what was said to the early one stays true, although a booking came and went since.
    assert judge([early], [booked])[early.event_id] == Judgement("flagged", "no_booking")


def test_row_15_a_booking_that_starts_at_midnight_has_one_check_in_on_two_days():
    midnight = _booked(1, 16 * 60, 24 * 60, date=date(2026, 11, 24))
    before, after = _scan(1, 15 * 60 + 30), _scan(2, 16 * 60 + 5)
    assert (before.local_date, after.local_date) == (DAY, date(2026, 11, 24))
    judgements = judge([after, before], [midnight])
    assert judgements[before.event_id] == Judgement("accepted", None, 1)
    assert judgements[after.event_id] == Judgement("flagged", "duplicate", 1, before.event_id)


def test_a_stay_ends_with_the_check_out_that_follows_it():
    check_out = {"kind": "check_out"}
    scans = [_scan(1), _scan(2, 500, **check_out), _scan(3, 501, **check_out), _scan(4, 2000, **check_out)]
    judgements = judge(scans, [_booked()])
    assert judgements[UUID(int=2)] == Judgement("accepted", None, 1)
    assert judgements[UUID(int=3)] == Judgement("flagged", "duplicate", 1, UUID(int=2))
    assert judgements[UUID(int=4)] == Judgement("flagged", "no_booking")


# 33 km apart.
POINTS = {1: (51.9, 7.3), 2: (52.2, 7.3)}
SCANS = st.lists(
    st.builds(
        _scan,
        st.integers(1, 12),
        st.sampled_from([-900, -481, -1, 0, 1, 2, 3, 239, 240, 299, 300, 301, 599, 600, 958, 960, 961, 1000, 1440]),
        kind=st.sampled_from(["check_in", "check_in", "check_in", "check_out"]),
        space_id=st.integers(1, 2),
        claimed_booking=st.sampled_from([None, UUID(int=1001), UUID(int=1002)]),
        is_old_sign=st.booleans(),
        is_unowned=st.booleans(),
        is_future=st.booleans(),
        is_exact=st.sampled_from([True, True, False]),
        evidence=st.sampled_from(["sign", "sign", "host_scan", "own_word"]),
        device=st.sampled_from([None, UUID(int=1)]),
    ),
    max_size=9,
    unique_by=lambda scan: scan.event_id,
)
BOOKINGS = st.lists(
    st.builds(
        _booked,
        st.integers(1, 5),
        st.sampled_from([-1440, 0, 300, 960]),
        st.sampled_from([1000, 1200]),
        space_id=st.integers(1, 2),
        made_at=st.sampled_from([EIGHT - timedelta(days=9), EIGHT, EIGHT + 3 * MINUTE]),
        ended_at=st.sampled_from([None, None, EIGHT, EIGHT + 2 * MINUTE]),
    ),
    max_size=4,
    unique_by=lambda booked: booked.id,
)


@given(SCANS, BOOKINGS, st.randoms())
def test_row_04_any_order_of_anything_gives_the_same_verdicts(scans, bookings, dice):
    expected = judge(scans, bookings, POINTS)
    dice.shuffle(scans)
    dice.shuffle(bookings)
    assert judge(scans, bookings, POINTS) == expected


@given(SCANS, BOOKINGS)
def test_a_later_scan_never_changes_an_earlier_verdict(scans, bookings):
    judgements = judge(scans, bookings, POINTS)
    scans.sort(key=lambda scan: scan.order)
    for length in range(len(scans)):
        earlier = scans[:length]
        assert judge(earlier, bookings, POINTS) == {scan.event_id: judgements[scan.event_id] for scan in earlier}


@given(SCANS, BOOKINGS)
def test_duplicates_change_nothing_for_the_others(scans, bookings):
    judgements = judge(scans, bookings, POINTS)
    counted = [scan for scan in scans if judgements[scan.event_id].reason != "duplicate"]
    assert judge(counted, bookings, POINTS) == {scan.event_id: judgements[scan.event_id] for scan in counted}


@given(SCANS, BOOKINGS)
def test_row_35_implausible_is_a_word_about_a_check_in_and_changes_no_booking(scans, bookings):
    without = judge(scans, bookings)
    flagged = judge(scans, bookings, POINTS)
    for event_id, judgement in flagged.items():
        assert (judgement.booking_id, judgement.duplicate_of) == (
            without[event_id].booking_id,
            without[event_id].duplicate_of,
        )
        assert judgement == without[event_id] or judgement.reason == "implausible"


@given(SCANS, BOOKINGS)
def test_row_02_every_booking_has_at_most_one_check_in_and_duplicates_name_it(scans, bookings):
    judgements = judge(scans, bookings, POINTS)
    by_id = {scan.event_id: scan for scan in scans}
    counted = [
        judgement.booking_id
        for event_id, judgement in judgements.items()
        if by_id[event_id].kind == "check_in" and judgement.booking_id and judgement.duplicate_of is None
    ]
    assert len(counted) == len(set(counted))
    for event_id, judgement in judgements.items():
        if judgement.duplicate_of:
            first = judgements[judgement.duplicate_of]
            assert first.duplicate_of is None
            assert (first.booking_id, by_id[judgement.duplicate_of].kind) == (
                judgement.booking_id,
                by_id[event_id].kind,
            )
            assert by_id[judgement.duplicate_of].order < by_id[event_id].order


def test_row_04_control_a_judge_who_goes_by_arrival_gives_different_verdicts():
    dice = random.Random(4)
    scans = [_scan(number, dice.randrange(600)) for number in range(1, 9)]
    results = set()
    for _ in range(20):
        dice.shuffle(scans)
        judge_by_arrival = judging._Judge([_booked()])
        verdicts = {scan.event_id: judge_by_arrival.check_in(scan) for scan in scans}
        results.add(tuple(sorted(verdicts.items())))
    assert len(results) > 1
