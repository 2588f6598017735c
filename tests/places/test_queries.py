import pytest

from app.places import queries as places
from tests import factories


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        # Great-circle distances between town centres, from the county's own figures.
        ((51.79173, 7.624004), (51.961908, 7.626804), 18.9),  # Ascheberg – Münster
        ((51.708879, 7.38), (51.614576, 7.197544), 16.4),  # Olfen – Recklinghausen
        ((52.016807, 7.209896), (51.514171, 7.464165), 58.6),  # Rosendahl – Dortmund
    ],
)
def test_kilometres_are_great_circles(a, b, expected):
    assert places.kilometres(*a, *b) == pytest.approx(expected, abs=0.05)
    assert places.kilometres(*b, *a) == pytest.approx(expected, abs=0.05)


def test_no_way_is_no_distance():
    assert places.kilometres(51.9, 7.3, 51.9, 7.3) == 0
    assert places.kilometres(0, 0, 0, 180) == pytest.approx(20015, abs=1)


def test_towns_come_in_german_order_without_the_county(db):
    factories.make_town(name="Kreis Coesfeld", ags="05558", slug="kreis-coesfeld")
    for ags, name in (("05558016", "Dülmen"), ("05558099", "Dzumen"), ("05558004", "Ascheberg"), ("05558098", "Ärpel")):
        factories.make_town(name=name, ags=ags, slug=name.lower())
    assert [town.name for town in places.towns()] == ["Ärpel", "Ascheberg", "Dülmen", "Dzumen"]
    assert [county.ags for county in places.counties()] == ["05558"]
    assert places.town_by_ags("05558016").name == "Dülmen"
    assert places.town_by_ags("00000000") is None
