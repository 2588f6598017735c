"""The attack: pairs of worlds that differ only in who was where on which day, read by somebody who wants to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.snoop import reading
from tests.snoop.reading import Agent, Answers, differences, employers_only, told, unread
from tests.snoop.world import CAME, DAYS, FATES, PERIODS, PLACES, Item, World

# While November goes on, when its last day is two weeks old, when December is.
MOMENTS = [datetime(2026, month, day, 13, tzinfo=UTC) for month, day in ((11, 12), (11, 24), (12, 17))]
MOMENTS.append(datetime(2027, 1, 17, 13, tzinfo=UTC))
# So many use something in November whatever is drawn, where an employer is large enough for counts.
MOST_ITEMS, ENOUGH = 8, 6

Pair = tuple[list[Item], list[int], list[int]]


def attack(world: World, pairs: Callable[[World], st.SearchStrategy[Pair]], *, examples: int, seed: int) -> None:
    """Compare pairs of worlds; the first difference is told as small as it can be made."""

    @hypothesis.seed(seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @hypothesis.given(pairs(world))
    def compare(pair: Pair) -> None:
        items, holders, others = pair
        one, other = looks(world, items, holders), looks(world, items, others)
        found = [f"{moment:%d.%m.}, {each}" for moment in one for each in differences(one[moment], other[moment])]
        assert found == [], "two worlds are told apart:\n" + "\n".join(found[:5])

    compare()


def looks(world: World, items: Sequence[Item], holders: Sequence[int]) -> dict[datetime, Answers]:
    """Return what the employer reads at each moment, of everything at the last one, and again after a try to probe.

    Refuses with an `AssertionError` what names a person, a place and a day together, and pages that did not open.
    """
    known = [item.uuid for item in items]
    found: dict[datetime, Answers] = {}
    for moment in world.play(items, holders, MOMENTS):
        is_whole = moment == MOMENTS[-1]
        agent = Agent(world.app, world, reads_papers=is_whole)
        everything = reading.rules()
        own = [each for each in employers_only(everything) if not reading.PAPERS.search(each)]
        wanted = everything if is_whole else own
        found[moment] = agent.read(wanted, known)
        closed, named = unread(found[moment]), told(found[moment], world, zip(items, holders, strict=True))
        assert closed == [], "pages that nobody could look at:\n" + "\n".join(closed)
        assert named == [], "a person, a place and a day stand together:\n" + "\n".join(named)
        if is_whole:
            found[moment] |= {f"lower {quota}": agent.lower(quota, known) for quota in world.quotas}
            after = Agent(world.app, world, reads_papers=False).read(own, known)
            found[moment] |= {f"{path} afterwards": answer for path, answer in after.items()}
    return found


@st.composite
def items_drawn(draw: st.DrawFn, days: Sequence[object]) -> list[Item]:
    """Bookings of different days, at least two of which a statement counts together."""
    chosen = draw(st.lists(st.sampled_from(days), min_size=2, max_size=MOST_ITEMS, unique=True))
    made = [
        Item(
            day,
            place := draw(st.integers(0, len(PLACES) - 1)),
            draw(st.sampled_from(PERIODS)),
            draw(st.sampled_from(FATES)),
            draw(st.integers(0, 1)) if place == 0 else 0,
        )
        for day in chosen
    ]
    twin = made[0]
    same_month = [each.day for each in made[1:] if each.day.month == twin.day.month]
    if same_month:
        made = [Item(each.day, *twin.group[1:]) if each.day == same_month[0] else each for each in made]
    return made


def _groups(items: Sequence[Item]) -> list[list[int]]:
    found: dict[object, list[int]] = {}
    for number, item in enumerate(items):
        found.setdefault(item.group, []).append(number)
    return list(found.values())


def few(world: World) -> st.SearchStrategy[Pair]:
    """Three people: in each group as many bookings are theirs in both worlds, of other days and by other people."""

    @st.composite
    def pairs(draw: st.DrawFn) -> Pair:
        items = draw(items_drawn(DAYS))
        holders, others = ([world.outsiders[0]] * len(items) for _ in range(2))
        for group in _groups(items):
            count = draw(st.integers(1, len(group)))
            for drawn in (holders, others):
                for number in draw(st.permutations(group))[:count]:
                    drawn[number] = draw(st.sampled_from(world.people))
        hypothesis.assume(holders != others)
        return items, holders, others

    return pairs()


def many(world: World) -> st.SearchStrategy[Pair]:
    """Six people and their counts: everybody has as many bookings of a group in both worlds, on other days."""
    fixed = [Item(day, 1, "morning", CAME, 0) for day in DAYS[:ENOUGH]]

    @st.composite
    def pairs(draw: st.DrawFn) -> Pair:
        items = draw(items_drawn(DAYS[ENOUGH:]))
        holders = [draw(st.sampled_from(world.people)) for _ in items]
        others = list(holders)
        for group in _groups(items):
            for number, taken in zip(group, draw(st.permutations(group)), strict=True):
                others[number] = holders[taken]
        hypothesis.assume(holders != others)
        return [*fixed, *items], [*world.people, *holders], [*world.people, *others]

    return pairs()
