"""The directory and a space's own page."""

import uuid
from datetime import date

from bs4 import BeautifulSoup

from app.bookings import operations as bookings
from app.bookings.operations import Order
from tests import factories


def test_the_directory_lists_bookable_places_first(get, county):
    page = get("/orte")
    assert page.status == 200
    assert page.texts(".place h2") == ["Gleis 3", "Kontor", "Werkhof", "Campus"]
    assert "3 Plätze" in page.card("Gleis 3").get_text()
    assert "heute 08:00 bis 18:00 Uhr" in page.card("Gleis 3").get_text()


def test_the_directory_can_be_narrowed_to_a_town(get, county):
    page = get("/orte?town=duelmen")
    assert page.texts(".place h2") == ["Gleis 3", "Campus"]
    assert page.html.select_one("option[selected]")["value"] == "duelmen"


def test_the_directory_of_an_unknown_town_is_not_found(get, county):
    page = get("/orte?town=atlantis")
    assert page.status == 404
    assert "Diese Kommune kennen wir nicht" in page.words


def test_a_space_shows_two_weeks_and_what_is_known(get, county, cast, now):
    order = Order(uuid.uuid4(), "gleis", date(2026, 11, 24), "morning", None)
    bookings.book(order=order, person_id=cast["ana"], now=now)
    factories.make_closure(county["gleis"], date(2026, 12, 4), reason="Wartung")
    page = get("/orte/gleis")
    assert page.status == 200
    days = page.texts(".free-days li")
    assert len(days) == 14
    assert "vormittags 2 frei" in days[1]
    assert "nachmittags 3 frei" in days[1]
    assert "ganztags 2 frei" in days[1]
    assert days[5].endswith("geschlossen")  # Saturday
    assert days[11].endswith("geschlossen: Wartung")
    assert "halber Tag 10,00 €, ganzer Tag 20,00 €" in page.words
    assert "08:00 bis 18:00 Uhr" in page.texts(".week tr")[0]
    assert "geschlossen" in page.texts(".week tr")[5]
    assert "Vormittags ist bis 13:00 Uhr" in page.words


def test_a_time_that_is_booked_already_leads_to_the_booking(as_, get, county, cast, now):
    order = Order(uuid.uuid4(), "gleis", date(2026, 11, 24), "morning", None)
    bookings.book(order=order, person_id=cast["ana"], now=now)

    def times(slug):
        html = BeautifulSoup(as_("ana").get(f"/orte/{slug}").text, "html.parser")
        return [
            (time["href"], time.select("span")[-1].text) for time in html.select(".free-days li")[1].select("a.time")
        ]

    afternoon = "/orte/gleis/buchen?date=2026-11-24&period=afternoon"
    assert times("gleis") == [("/meine", "schon gebucht"), (afternoon, "3 frei"), ("/meine", "schon gebucht")]
    assert [words for _, words in times("werkhof")] == ["schon woanders", "3 frei", "schon woanders"]
    assert "schon" not in " ".join(get("/orte/gleis").texts(".free-days li"))


def test_a_closure_that_is_over_is_not_shown(get, county):
    factories.make_closure(county["gleis"], date(2026, 11, 1), date(2026, 11, 22), reason="Umzug")
    assert "Umzug" not in get("/orte/gleis").words


def test_a_place_of_which_little_is_known_says_so(get, county):
    page = get("/orte/campus")
    assert "Hier kannst du noch nicht buchen" in page.words
    assert page.words.count("unbekannt") >= 4
    assert page.html.select(".free-days") == []


def test_a_sample_space_says_that_it_is_invented(get, county):
    assert "Dieser Ort ist ein Beispiel." in get("/orte/kontor").words
    assert "Dieser Ort ist ein Beispiel." not in get("/orte/gleis").words


def test_an_unknown_space_is_not_found(get, county):
    for slug in ("nirgends", "x" * 300, "%00", "..%2f"):
        assert get(f"/orte/{slug}").status == 404
