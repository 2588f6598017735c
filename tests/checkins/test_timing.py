"""Phones' clocks are corrected and bounded, never trusted blindly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checkins.timing import OLDEST, TOLERANCE, Clocks, correct

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
ZONE = "Europe/Berlin"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)


def _clocks(at, boot="a", minutes=0.0):
    return Clocks(at, boot, round(minutes * 60_000))


@pytest.mark.parametrize("seconds", [0, 1, -1, 119, -119, 120])
def test_row_10_a_clock_that_is_right_within_two_minutes_is_let_be(seconds):
    wrong = timedelta(seconds=seconds)
    timing = correct(_clocks(NOON - HOUR + wrong), _clocks(NOON + wrong, "b"), None, NOON)
    assert (timing.effective_at, timing.quality(ZONE)) == (NOON - HOUR + wrong, "exact")


@pytest.mark.parametrize("minutes", [-90, -3, 3, 90])
@pytest.mark.parametrize("boot", ["a", "b"])
def test_row_10_a_clock_that_is_wrong_by_minutes_is_corrected(minutes, boot):
    wrong = minutes * MINUTE
    timing = correct(_clocks(NOON - HOUR + wrong), _clocks(NOON + wrong, boot, 60), None, NOON)
    assert (timing.effective_at, timing.quality(ZONE)) == (NOON - HOUR, "corrected")


@pytest.mark.parametrize("wrong", [-26 * HOUR, 26 * HOUR, -56 * YEAR, 30 * YEAR, 800 * YEAR])
def test_row_11_hours_and_years_are_bridged_by_the_distance_from_the_servers_own_time(wrong):
    contact = _clocks(NOON - 2 * HOUR, "a", 0)
    timing = correct(_clocks(NOON - HOUR + wrong, "a", 60), _clocks(NOON + wrong, "b"), contact, NOON)
    assert (timing.effective_at, timing.quality(ZONE)) == (NOON - HOUR, "corrected")


@pytest.mark.parametrize("wrong", [-26 * HOUR, 26 * HOUR, -56 * YEAR, 30 * YEAR])
def test_row_11_without_such_a_distance_the_day_is_uncertain(wrong):
    timing = correct(_clocks(NOON - HOUR + wrong), _clocks(NOON + wrong, "b"), None, NOON)
    assert (timing.effective_at, timing.quality(ZONE)) == (NOON - HOUR, "uncertain")


def test_row_11_a_clock_that_was_never_set_and_is_right_by_now_leaves_the_day_of_the_last_contact():
    scan = _clocks(datetime(1970, 1, 1, 0, 5, tzinfo=UTC))
    same_day = correct(scan, _clocks(NOON, "b"), _clocks(NOON - 2 * HOUR, "c"), NOON)
    assert (same_day.effective_at, same_day.quality(ZONE)) == (NOON, "corrected")
    other_day = correct(scan, _clocks(NOON, "b"), _clocks(NOON - DAY, "c"), NOON)
    assert other_day.quality(ZONE) == "uncertain"
    nothing_known = correct(scan, _clocks(NOON, "b"), None, NOON)
    assert (nothing_known.effective_at, nothing_known.quality(ZONE)) == (NOON, "uncertain")


@pytest.mark.parametrize("step", [-5 * HOUR, -3 * MINUTE, 3 * MINUTE, 90 * MINUTE, 5 * HOUR])
def test_row_12_a_clock_set_between_scan_and_sync_loses_against_the_monotonic_one(step):
    timing = correct(_clocks(NOON - HOUR, "a", 10), _clocks(NOON + step, "a", 70), None, NOON)
    assert timing.effective_at == NOON - HOUR
    assert timing.quality(ZONE) in {"corrected", "uncertain"}


def test_row_12_a_clock_that_was_mended_before_sync_is_seen_by_the_last_contact():
    contact = _clocks(NOON - 2 * HOUR, "a", 0)
    timing = correct(_clocks(NOON - 5 * HOUR, "a", 60), _clocks(NOON, "a", 120), contact, NOON)
    assert timing.effective_at == NOON - HOUR


@pytest.mark.parametrize("ahead", [timedelta(seconds=1), 10 * MINUTE, DAY, 10 * YEAR])
def test_row_13_nothing_is_later_than_its_receipt(ahead):
    timing = correct(_clocks(NOON + ahead), _clocks(NOON, "b"), None, NOON)
    assert timing.effective_at <= NOON


def test_a_phone_that_slept_is_believed_when_its_clock_is_right():
    timing = correct(_clocks(NOON - 3 * HOUR, "a", 1), _clocks(NOON, "a", 2), None, NOON)
    assert (timing.effective_at, timing.quality(ZONE)) == (NOON - 3 * HOUR, "exact")


def test_a_contact_that_was_later_than_the_receipt_is_no_contact():
    for wrong in (timedelta(), 26 * HOUR):
        scan, sent = _clocks(NOON - HOUR + wrong, "a", 60), _clocks(NOON + wrong, "b")
        for said in (NOON + DAY, NOON - 2 * OLDEST):
            assert correct(scan, sent, _clocks(said, "a"), NOON) == correct(scan, sent, None, NOON)


MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2900, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
CLOCKS = st.builds(Clocks, MOMENTS, st.sampled_from("ab"), st.integers(0, 2**53))


@given(CLOCKS, CLOCKS, st.none() | CLOCKS)
def test_whatever_phones_claim_the_time_stays_within_bounds(captured, sent, contact):
    timing = correct(captured, sent, contact, NOON)
    assert timing.earliest <= timing.effective_at <= timing.latest <= NOON
    assert timing.effective_at >= NOON - OLDEST - TOLERANCE
    assert timing.quality(ZONE) in {"exact", "corrected", "uncertain"}
