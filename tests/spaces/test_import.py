"""`import_spaces`: what a file brings in, that it can be repeated, and that a bad one changes nothing."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.errors import InvalidInput
from app.places import queries as places
from app.places.models import Town
from app.spaces import operations
from app.spaces import queries as spaces
from app.spaces.models import Closure, Hours, Operator, Seat, Space
from app.spaces.schemas import reading

DATA = Path(__file__).parents[2] / "data"
COUNTY = (DATA / "kreis-coesfeld.json").read_bytes()
SAMPLE = (DATA / "beispiel.json").read_bytes()


def _file(*entries, **more):
    town = {"name": "Nottuln", "ags": "05558032", "slug": "nottuln", "lat": 51.9, "lon": 7.3}
    return json.dumps({"towns": [town], "spaces": list(entries), **more}).encode()


def _space(**changes):
    return {"slug": "kontor", "name": "Kontor", "town": "Nottuln", **changes}


def _bring_in(content, now):
    return operations.import_spaces(file=reading.read(content), now=now)


def _everything(db):
    """All rows of all tables that an import may touch, versions included."""
    tables = (Town, Operator, Space, Seat, Hours, Closure, AuditEntry)
    return {
        table.__tablename__: [tuple(row) for row in db.session.execute(select(table.__table__))] for table in tables
    }


def test_it_brings_in_the_countys_file_as_it_is(db, now):
    done = _bring_in(COUNTY, now)
    assert done == operations.Imported(
        12, ("extragleis", "flamschen-2-hof-und-hub", "digital-campus-nordkirchen"), (), ()
    )
    assert len(places.towns()) == 11
    [county] = places.counties()
    assert (county.name, county.slug) == ("Kreis Coesfeld", "kreis-coesfeld")
    assert (county.population, county.population_on) == (226217, date(2023, 12, 31))


def test_facts_that_are_null_stay_unknown(db, now):
    _bring_in(COUNTY, now)
    found = spaces.directory().by_slug["flamschen-2-hof-und-hub"]
    unknown = (found.lat, found.lon, found.plz, found.operator, found.url, found.price_cents)
    assert unknown == (None,) * 6
    assert not found.is_bookable
    assert found.town_name == "Coesfeld"
    assert found.since == "2020"


def test_neighbours_of_the_county_are_left_aside(db, now):
    _bring_in(COUNTY, now)
    assert "harbourside" not in spaces.directory().by_slug
    assert places.town_by_ags("05515000") is None


@pytest.mark.parametrize("content", [COUNTY, SAMPLE])
def test_a_second_import_changes_nothing(db, now, content):
    _bring_in(COUNTY, now)
    _bring_in(content, now)
    before = _everything(db)
    done = _bring_in(content, now)
    assert (done.towns, done.new, done.changed) == (0, (), ())
    assert len(done.unchanged) > 0
    db.session.expire_all()
    assert _everything(db) == before


def test_the_sample_spaces_say_that_they_are_samples(db, now):
    _bring_in(COUNTY, now)
    _bring_in(SAMPLE, now)
    found = spaces.directory().bookable
    assert len(found) == 7
    for space in found:
        assert space.is_sample
        assert all("Beispiel" in text for text in (space.name, space.address, space.status, space.source))
    assert not any(space.is_sample for space in spaces.directory().by_id.values() if not space.is_bookable)


def test_desks_hours_and_closures_make_a_space_bookable(db, now):
    entry = _space(
        desks=[{"number": 2, "name": "Fenster", "rank": 0, "note": "zwei Bildschirme"}, {"number": 1, "rank": 1}],
        hours={"mo": ["08:00", "13:00", "24:00"], "di": None},
        closures=[{"first_on": "2026-12-24", "last_on": "2026-12-31", "reason": "Weihnachten"}],
        timezone="Europe/London",
        price_cents=900,
        sample=True,
        open_on_holidays=True,
    )
    _bring_in(_file(entry), now)
    found = spaces.directory().by_slug["kontor"]
    assert found.is_bookable
    assert found.is_sample
    assert found.opens_on_holidays
    assert found.timezone == "Europe/London"
    assert [(seat.number, seat.name, seat.note) for seat in found.seats] == [
        (2, "Fenster", "zwei Bildschirme"),
        (1, "", None),
    ]
    assert found.hours == {0: spaces.Opening(480, 780, 1440)}
    assert found.closures == ((date(2026, 12, 24), date(2026, 12, 31), "Weihnachten"),)


def test_a_key_that_is_missing_says_nothing_and_null_says_unknown(db, now):
    _bring_in(
        _file(
            _space(phone="02502 1", address="Weg 1", desks=[{"number": 1}], hours={"mo": ["08:00", "13:00", "18:00"]})
        ),
        now,
    )
    _bring_in(_file(_space(phone=None)), now)
    found = spaces.directory().by_slug["kontor"]
    assert found.phone is None
    assert found.address == "Weg 1"
    assert found.is_bookable
    _bring_in(_file(_space(hours=None)), now)
    assert not spaces.directory().by_slug["kontor"].is_bookable


def test_a_desk_that_is_gone_is_retired_and_may_come_back(db, now):
    two, one = _file(_space(desks=[{"number": 1}, {"number": 2}])), _file(_space(desks=[{"number": 2}]))
    _bring_in(two, now)
    _bring_in(one, datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    # Half past midnight on the space's own clock.
    assert db.session.scalars(select(Seat.retired_on).order_by(Seat.number)).all() == [date(2026, 11, 24), None]
    _bring_in(two, now)
    assert db.session.scalars(select(Seat.retired_on).order_by(Seat.number)).all() == [None, None]
    assert db.session.scalar(select(func.count()).select_from(Seat)) == 2


def test_only_what_changed_gets_a_new_version(db, now):
    _bring_in(_file(_space(), _space(slug="hof", desks=[{"number": 1}])), now)
    done = _bring_in(_file(_space(), _space(slug="hof", desks=[{"number": 1, "note": "neu"}])), now)
    assert done == operations.Imported(0, (), ("hof",), ("kontor",))
    versions = dict(db.session.execute(select(Space.slug, Space.version)).all())
    assert versions == {"kontor": 1, "hof": 2}


def test_a_renamed_town_is_seen_at_once(db, now):
    _bring_in(_file(_space()), now)
    assert spaces.directory().by_slug["kontor"].town_name == "Nottuln"
    town = {"name": "Nottuln (Stift)", "ags": "05558032", "slug": "nottuln"}
    _bring_in(json.dumps({"towns": [town], "spaces": []}).encode(), now)
    assert spaces.directory().by_slug["kontor"].town_name == "Nottuln (Stift)"


def test_spaces_of_other_files_stay(db, now):
    _bring_in(COUNTY, now)
    _bring_in(SAMPLE, now)
    assert len(spaces.directory().by_id) == 10


def test_a_file_without_towns_uses_those_that_are_known(db, now):
    _bring_in(COUNTY, now)
    _bring_in(json.dumps({"spaces": [_space(town="duelmen")]}).encode(), now)
    assert spaces.directory().by_slug["kontor"].town_name == "Dülmen"


def test_an_operator_is_kept_once(db, now):
    _bring_in(_file(_space(operator="Landbüros eG"), _space(slug="hof", operator="Landbüros eG")), now)
    assert db.session.execute(select(Operator.slug, Operator.name)).all() == [("landbueros-eg", "Landbüros eG")]


def test_an_import_is_in_the_audit_but_one_that_changes_nothing_is_not(db, now):
    for _ in range(2):
        _bring_in(_file(_space()), now)
    [entry] = db.session.scalars(select(AuditEntry))
    assert (entry.actor, entry.action, entry.at) == ("shell", "import_spaces", now)
    assert entry.detail["new"] == ["kontor"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "1:0"),
        (b'{"spaces": [}', "1:13"),
        (b"[]", "1:1"),
        (b"{}", "spaces"),
        (b'\xff{"spaces": []}', "byte 0"),
        (_file(_space(), _space(slug="b"), _space(slug="c"), _space(slug="d", name=None)), "spaces[3].name"),
        (_file(_space(name=" ")), "spaces[0].name"),
        (_file(_space(name="Kon\x00tor")), "spaces[0].name"),
        (_file(_space(name="x" * 121)), "spaces[0].name"),
        (_file(_space(slug="Kontor 1")), "spaces[0].slug"),
        (_file(_space(), _space()), "spaces[1].slug"),
        (_file(_space(town="Atlantis")), "spaces[0].town"),
        (_file(_space(plz="4830")), "spaces[0].plz"),
        (_file(_space(lat=51.9)), "spaces[0]"),
        (_file(_space(lat=91, lon=7)), "spaces[0].lat"),
        (_file(_space(lat="51", lon=7)), "spaces[0].lat"),
        (_file(_space(lat=51, lon=float("nan"))), None),
        (_file(_space(url="javascript:alert(1)")), "spaces[0].url"),
        (_file(_space(phone="ruf an")), "spaces[0].phone"),
        (_file(_space(since="Herbst")), "spaces[0].since"),
        (_file(_space(timezone="Mars/Base")), "spaces[0].timezone"),
        (_file(_space(sample="ja")), "spaces[0].sample"),
        (_file(_space(safety={"desk": "perhaps"})), "spaces[0].safety"),
        (_file(_space(safety={"garden": "yes"})), None),
        (_file(_space(safety={"desk": True})), "spaces[0].safety.desk"),
        (_file(_space(safety_checked_on="heute")), "spaces[0].safety_checked_on"),
        (_file(_space(price_cents=9.5)), "spaces[0].price_cents"),
        (_file(_space(price_cents=-1)), "spaces[0].price_cents"),
        (_file(_space(price_cents=10**20)), "spaces[0].price_cents"),
        (_file(_space(equipment="wifi")), "spaces[0].equipment"),
        (_file(_space(oppening_hours=None)), "spaces[0].oppening_hours"),
        (_file(_space(hours={"mon": None})), "spaces[0].hours.mon"),
        (_file(_space(hours={"mo": ["08:00", "18:00"]})), "spaces[0].hours.mo"),
        (_file(_space(hours={"mo": ["08:00", "25:00", "26:00"]})), "spaces[0].hours.mo[1]"),
        (_file(_space(hours={"mo": ["13:00", "08:00", "18:00"]})), "spaces[0].hours.mo"),
        (_file(_space(desks=[{"number": 0}])), "spaces[0].desks[0].number"),
        (_file(_space(desks=[{"number": 1}, {"number": 1}])), "spaces[0].desks[1].number"),
        (
            _file(_space(closures=[{"first_on": "2026-12-02", "last_on": "2026-12-01", "reason": "x"}])),
            "spaces[0].closures[0]",
        ),
        (
            _file(_space(closures=[{"first_on": "2.12.26", "last_on": "2026-12-01", "reason": "x"}])),
            "spaces[0].closures[0].first_on",
        ),
        (_file(county={"name": "Kreis", "ags": "5558"}), "county.ags"),
        (_file(county={"name": "Kreis", "ags": "05558", "population_2023": 5}), "county"),
        (_file(county={"name": "Kreis", "ags": "05558", "population_2023_12_31": 10**12}), "county"),
        (_file(towns=[{"name": "A", "ags": "05558032", "slug": "a"}] * 2), "towns[1].ags"),
    ],
)
def test_a_bad_file_changes_nothing_and_names_the_place(db, now, content, place):
    _bring_in(_file(_space(name="Before")), now)
    before = _everything(db)
    with pytest.raises(InvalidInput) as refused:
        _bring_in(content, now)
    assert refused.value.fields
    if place is not None:
        assert place in refused.value.fields
    db.session.expire_all()
    assert _everything(db) == before


def test_a_mistake_found_late_changes_nothing_either(db, now):
    with pytest.raises(InvalidInput):
        _bring_in(_file(_space(), _space(slug="b", town="Atlantis")), now)
    assert all(not rows for rows in _everything(db).values())


def test_a_slug_of_another_town_is_refused(db, now):
    _bring_in(_file(), now)
    with pytest.raises(InvalidInput) as refused:
        _bring_in(
            json.dumps({"towns": [{"name": "B", "ags": "05558004", "slug": "nottuln"}], "spaces": []}).encode(), now
        )
    assert list(refused.value.fields) == ["towns[0].slug"]


def test_what_a_fact_sheet_says_is_kept(db, now):
    safety = {"desk": "yes", "desk_note": "160 cm", "screen": "no"}
    _bring_in(_file(_space(safety=safety, safety_checked_on="2026-05-04", stop="Rathaus", bike_box="Hof")), now)
    space = spaces.directory().by_slug[_space()["slug"]]
    assert (dict(space.safety), str(space.safety_checked_on)) == (safety, "2026-05-04")
    assert (space.stop, space.bike_box) == ("Rathaus", "Hof")
