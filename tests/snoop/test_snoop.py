"""Somebody reads all that an employer can read, and still does not know who was where on which day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app import access
from app.extensions import db
from tests.snoop import reading
from tests.snoop.attack import attack, few, looks, many
from tests.snoop.reading import Agent, differences, employers_only, rules
from tests.snoop.world import CAME, DAYS, Item, World, at_moment

# Pairs of worlds of each kind.
EXAMPLES = {"sqlite": 3, "postgresql": 3}
SIZES = {"few": 3, "many": 6}
PAIRS = {"few": few, "many": many}
of_each_size = pytest.mark.parametrize("size", SIZES)

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def world(app):
    return World(app)


@pytest.fixture
def leaky(own_app, monkeypatch):
    """A world with one page more, which tells what it should not: `leaky(sql)` is what it shows."""

    def make(sql, size=3):
        @own_app.get("/arbeitgeber/<slug>/leck")
        @access.person
        def show_leak(slug):
            return " ".join(map(str, db.session.execute(db.text(sql)).all()))

        monkeypatch.setattr(reading, "rules", lambda: ["/arbeitgeber/<slug>/leck"])
        monkeypatch.setattr(reading, "ASKED", ())
        world = World(own_app)
        world.furnish(size)
        return world

    return make


@of_each_size
def test_no_two_worlds_are_told_apart(world, database_kind, size):
    world.furnish(SIZES[size])
    attack(world, PAIRS[size], examples=EXAMPLES[database_kind], seed=1)


@of_each_size
def test_a_check_in_changes_nothing_that_an_employer_sees(world, size):
    """No presence feed: the same answers before and after somebody has come, to the byte."""
    world.furnish(SIZES[size])
    assert _before_and_after(world) == []


def _before_and_after(world):
    """Return what differs in everything that can be read, just before a check-in and once it is settled."""
    world.begin()
    coming, day = Item(date(2026, 11, 24), 0, "day", CAME, 0), datetime(2026, 11, 24, 11, tzinfo=UTC)
    with at_moment(day - timedelta(days=1)):
        world.book(coming, world.people[0], day - timedelta(days=1))
    with at_moment(day):
        agent = Agent(world.app, world)
        before = agent.read(reading.rules(), [coming.uuid])
        world.come(coming, day)
        return differences(before, agent.read(reading.rules(), [coming.uuid]))


LEAKS = {
    "who": "SELECT p.name, b.date FROM bookings b JOIN people p ON p.id = b.person_id ORDER BY b.starts_at",
    "when": "SELECT date FROM bookings WHERE payer LIKE 'quota-%' ORDER BY date",
    "where": "SELECT s.slug, count(*) FROM bookings b JOIN spaces s ON s.id = b.space_id "
    "WHERE b.charge = 'settled' AND b.date < '2026-11-13' GROUP BY s.slug ORDER BY s.slug",
}


@pytest.mark.parametrize("sql", LEAKS.values(), ids=LEAKS)
def test_control_a_page_that_tells_two_worlds_apart_is_found(leaky, sql):
    with pytest.raises(AssertionError, match="two worlds are told apart"):
        attack(leaky(sql), few, examples=30, seed=1)


def test_control_a_page_that_tells_one_of_six_is_found(leaky):
    sql = "SELECT p.name, max(b.date) FROM bookings b JOIN people p ON p.id = b.person_id WHERE b.charge = 'settled' "
    with pytest.raises(AssertionError, match="two worlds are told apart"):
        attack(leaky(f"{sql} GROUP BY p.name ORDER BY p.name", size=6), many, examples=30, seed=1)


def test_control_a_presence_feed_is_found(leaky):
    assert _before_and_after(leaky("SELECT count(*) FROM checkins")) != []


def test_control_a_name_with_place_and_day_is_found(leaky):
    sql = "SELECT p.name, s.name, CAST(b.date AS varchar(10)) FROM bookings b JOIN people p ON p.id = b.person_id "
    world = leaky(f"{sql} JOIN spaces s ON s.id = b.space_id")
    with pytest.raises(AssertionError, match="Ana Beispiel, Mühle am Wehr, 2026-11-03"):
        looks(world, [Item(DAYS[1], 1, "day", CAME, 0)], world.people[:1])


def test_control_a_page_that_does_not_open_is_found(world, monkeypatch):
    monkeypatch.setattr(reading, "rules", lambda: [*employers_only(rules()), "/arbeitgeber/<slug>/nirgends"])
    world.furnish(3)
    with pytest.raises(AssertionError, match="/arbeitgeber/wagen/nirgends: 404"):
        looks(world, [], [])


def test_every_page_of_an_employer_is_read():
    """The control: what is read comes from the table, with an address for each part."""
    own = employers_only(rules())
    assert len(own) >= 16
    assert f"{reading.EMPLOYER}/anzahlen.csv" in own
    with pytest.raises(AssertionError, match="tell PARTS what to put there"):
        reading.address(f"{reading.EMPLOYER}/neues/<int:unknown>")
