"""When a space is open: its week, public holidays of North Rhine-Westphalia, its own closures."""

from datetime import date

import pytest

from app.spaces import queries as spaces
from app.spaces.queries import Closed, Opening
from tests import factories

DAY = Opening(8 * 60, 13 * 60, 18 * 60)


@pytest.fixture
def opening(db):
    """Ask a space that opens Monday to Friday, with changes, about a day."""

    def ask(day, **changes):
        factories.make_space("kontor", **changes)
        return spaces.directory().space("kontor").opening(day)

    return ask


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "Neujahr"),
        (date(2026, 4, 3), "Karfreitag"),
        (date(2026, 4, 6), "Ostermontag"),
        (date(2026, 5, 1), "Erster Mai"),
        (date(2026, 5, 14), "Christi Himmelfahrt"),
        (date(2026, 5, 25), "Pfingstmontag"),
        # Two that are holidays here but not in the whole country.
        (date(2026, 6, 4), "Fronleichnam"),
        (date(2027, 5, 27), "Fronleichnam"),
        (date(2027, 11, 1), "Allerheiligen"),
        (date(2028, 10, 3), "Tag der Deutschen Einheit"),
        (date(2026, 12, 25), "Erster Weihnachtstag"),
        (date(2026, 12, 26), "Zweiter Weihnachtstag"),
    ],
)
def test_public_holidays_are_closed_by_name(opening, day, name):
    assert opening(day, hours=dict.fromkeys(range(7), (480, 780, 1080))) == Closed("holiday", name)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 12, 24),  # Christmas Eve: a space that closes says so itself
        date(2026, 12, 31),
        date(2027, 2, 8),  # Rosenmontag
        date(2028, 10, 31),  # Reformationstag: a holiday elsewhere
        date(2027, 1, 6),  # Heilige Drei Könige: a holiday elsewhere
        date(2028, 8, 15),  # Mariä Himmelfahrt: a holiday elsewhere
    ],
)
def test_days_that_are_no_holidays_here_are_open(opening, day):
    assert opening(day) == DAY


def test_a_space_may_open_on_holidays(opening):
    assert opening(date(2027, 5, 27), opens_on_holidays=True) == DAY


def test_other_days_of_the_week_are_closed_without_a_note(opening):
    assert opening(date(2026, 11, 28)) == Closed("weekday")
    assert spaces.directory().space("kontor").opening(date(2026, 11, 30)) == DAY


def test_a_closure_holds_on_both_its_ends_and_says_why(db):
    space = factories.make_space("kontor", opens_on_holidays=True)
    factories.make_closure(space, date(2026, 12, 21), date(2026, 12, 24), reason="Weihnachtspause")
    asked = spaces.directory().space("kontor")
    days = [date(2026, 12, day) for day in (18, 21, 22, 24, 25)]
    closed = Closed("closure", "Weihnachtspause")
    assert [asked.opening(day) for day in days] == [DAY, closed, closed, closed, DAY]


def test_a_closure_is_told_before_a_holiday(db):
    space = factories.make_space("kontor")
    factories.make_closure(space, date(2026, 12, 24), date(2026, 12, 31), reason="Weihnachtspause")
    assert spaces.directory().space("kontor").opening(date(2026, 12, 25)) == Closed("closure", "Weihnachtspause")


def test_the_next_open_day_skips_weekend_holiday_and_closure(db):
    space = factories.make_space("kontor")
    factories.make_closure(space, date(2026, 12, 28), date(2026, 12, 29))
    bookable = spaces.directory().bookable
    assert spaces.next_open_day(bookable, date(2026, 12, 24)) == date(2026, 12, 30)
    assert spaces.next_open_day(bookable, date(2026, 11, 23)) == date(2026, 11, 24)


def test_without_any_open_day_tomorrow_is_the_day_after(db):
    assert spaces.next_open_day([], date(2026, 11, 23)) == date(2026, 11, 24)


def test_a_directory_shows_a_change_at_once(db):
    space = factories.make_space("kontor")
    assert spaces.directory() is spaces.directory()
    factories.make_closure(space, date(2026, 11, 24))
    assert spaces.directory().space("kontor").opening(date(2026, 11, 24)) == Closed("closure", "Wartung")


def test_an_unknown_space_is_refused(db):
    with pytest.raises(spaces.UnknownSpace):
        spaces.directory().space("nirgends")
