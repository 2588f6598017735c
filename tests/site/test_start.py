"""The start page: free seats of the next open day, nearest first."""

import uuid
from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine, event
from time_machine import travel

from app.bookings import operations as bookings
from app.bookings.operations import Order
from tests import factories


def _book(slug, day, period, person_id, now):
    order = Order(uuid.uuid4(), slug, date.fromisoformat(day), period, None)
    return bookings.book(order=order, person_id=person_id, now=now).booking


@pytest.fixture
def fill(cast, now):
    """Book every seat of a space for a period of a day."""

    def book_all(slug, day, period):
        for person in ("ana", "ben", "cleo"):
            _book(slug, day, period, cast[person], now)

    return book_all


def _names(page):
    return page.texts(".places .place h3")


def _text(card):
    return " ".join(card.get_text(" ").split())


def test_a_visitor_sees_tomorrow_without_an_account(get, county):
    page = get("/")
    assert page.status == 200
    assert page.texts("#orte") == ["Morgen, 24. November, ganztags"]
    assert page.texts(".day[aria-current]") == ["morgen 24. Nov."]
    assert "3 Plätze frei" in _text(page.card("Gleis 3"))
    link = page.card("Gleis 3").select_one("a.button")["href"]
    assert link == "/orte/gleis/buchen?date=2026-11-24&period=day"


def test_tomorrow_is_the_next_open_day(get, county):
    with travel("2026-11-27 12:00:00+00:00", tick=False):  # a Friday
        assert get("/").texts("#orte") == ["Montag, 30. November, ganztags"]
    with travel("2026-12-24 12:00:00+00:00", tick=False):  # Christmas and a weekend follow
        assert get("/").texts("#orte") == ["Montag, 28. Dezember, ganztags"]


def test_without_a_town_places_are_in_alphabetical_order(get, county):
    page = get("/")
    assert _names(page) == ["Gleis 3", "Kontor", "Werkhof", "Campus"]
    assert "Luftlinie" not in page.words


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("town=senden", ["Werkhof", "Kontor", "Gleis 3", "Campus"]),
        ("town=nottuln", ["Kontor", "Gleis 3", "Werkhof", "Campus"]),
        ("near=duelmen", ["Gleis 3", "Kontor", "Werkhof", "Campus"]),
        ("near=51.86,7.49", ["Werkhof", "Kontor", "Gleis 3", "Campus"]),
        ("town=nottuln&near=51.86,7.49", ["Werkhof", "Kontor", "Gleis 3", "Campus"]),
    ],
)
def test_the_nearest_come_first(get, county, query, order):
    assert _names(get(f"/?{query}")) == order


def test_distances_are_told_only_where_both_ends_are_known(get, county):
    page = get("/?town=duelmen")
    assert "0,2 km Luftlinie" in _text(page.card("Gleis 3"))
    assert "km" not in _text(page.card("Campus"))
    assert "Nächste zuerst ab Dülmen" in page.words


def test_the_town_is_remembered_only_when_it_was_picked(get, county):
    assert get("/?near=senden").response.headers.getlist("Set-Cookie") == []
    [cookie] = get("/?town=senden").response.headers.getlist("Set-Cookie")
    assert cookie.startswith("town=senden;")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = get("/")
    assert _names(page)[0] == "Werkhof"
    assert page.response.headers.getlist("Set-Cookie") == []
    [forgotten] = get("/?town=").response.headers.getlist("Set-Cookie")
    assert forgotten.startswith("town=;")
    assert _names(get("/"))[0] == "Gleis 3"


def test_a_remembered_town_that_is_gone_is_nobodys_mistake(client, get, county):
    client.set_cookie("town", "atlantis")
    assert get("/").status == 200


def test_links_keep_day_period_and_place(get, county):
    page = get("/?date=2026-12-02&period=morning&near=51.86,7.49&town=senden")
    hrefs = [link["href"] for link in page.html.select("a.day, a.segment")]
    assert len(hrefs) == 14 + 1 + 3
    assert all("town=senden" in href and "near=51.86%2C7.49" in href for href in hrefs)
    assert "/?date=2026-12-02&period=day&town=senden&near=51.86%2C7.49" in hrefs


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("date=gestern", 422, "Wähl einen Tag"),
        ("date=20261124", 422, "Wähl einen Tag"),
        ("date=2026-W48-2", 422, "Wähl einen Tag"),
        ("date=2027-06-01", 422, "Wähl einen Tag"),
        ("date=1999-01-01", 422, "Wähl einen Tag"),
        ("date=9999-12-31", 422, "Wähl einen Tag"),
        ("date=%00", 422, "Wähl einen Tag"),
        ("period=night", 422, "vormittags"),
        ("near=51.9281,7.3529", 422, "zwei Nachkommastellen"),
        ("near=91,7", 422, "nicht auf der Erde"),
        ("near=51.9,%207.3", 422, "zwei Nachkommastellen"),
        ("near=" + "x" * 200, 422, "zwei Nachkommastellen"),
        ("town=atlantis", 404, "Diese Kommune kennen wir nicht"),
        ("town=%00", 404, "Diese Kommune kennen wir nicht"),
        ("near=atlantis", 404, "Diese Kommune kennen wir nicht"),
    ],
)
def test_wrong_words_are_refused_in_plain_german(get, county, query, status, words):
    page = get(f"/?{query}")
    assert page.status == status
    assert words in page.words


def test_yesterdays_link_goes_on_from_today(get, county):
    page = get("/?date=2026-11-20&period=morning&town=senden")
    assert page.status == 303
    assert page.response.location == "/?period=morning&town=senden"


def test_what_is_booked_is_not_free(get, county, cast, now):
    _book("gleis", "2026-11-24", "morning", cast["ana"], now)
    assert "2 Plätze frei" in _text(get("/").card("Gleis 3"))
    assert "3 Plätze frei" in _text(get("/?period=afternoon").card("Gleis 3"))


def test_a_full_place_says_what_comes_next(get, county, fill):
    fill("gleis", "2026-11-24", "day")
    card = get("/").card("Gleis 3")
    assert "Ausgebucht." in _text(card)
    assert card.select_one("a.button")["href"] == "/orte/gleis/buchen?date=2026-11-25&period=day"
    assert "3 Plätze frei" in _text(get("/").card("Kontor"))


def test_a_place_that_is_full_in_the_morning_offers_the_afternoon(get, county, fill):
    fill("gleis", "2026-11-24", "morning")
    card = get("/").card("Gleis 3")
    assert card.select_one("a.button")["href"] == "/orte/gleis/buchen?date=2026-11-24&period=afternoon"


def test_a_closed_place_says_why_and_when_it_opens(get, county):
    factories.make_closure(county["gleis"], date(2026, 11, 24), date(2026, 11, 25), reason="Wartung der Heizung")
    card = get("/").card("Gleis 3")
    assert "Geschlossen. Wartung der Heizung" in _text(card)
    assert card.select_one("a.button")["href"] == "/orte/gleis/buchen?date=2026-11-26&period=day"


def test_days_on_which_no_place_opens_are_marked_with_the_holiday(get, county):
    with travel("2027-05-24 08:00:00+00:00", tick=False):
        chips = get("/").texts(".day.closed")
    assert any("Fronleichnam" in chip for chip in chips)  # 27 May 2027, a Thursday


def test_what_is_over_today_cannot_be_booked_today(get, county):
    with travel("2026-11-23 15:30:00+00:00", tick=False):  # 16:30 there
        assert "Für heute vorbei." in _text(get("/?date=2026-11-23&period=morning").card("Gleis 3"))
        assert "3 Plätze frei" in _text(get("/?date=2026-11-23&period=afternoon").card("Gleis 3"))


def test_a_place_of_which_little_is_known_is_listed_as_not_bookable(get, county):
    card = get("/").card("Campus")
    assert "noch nicht buchbar" in _text(card)
    assert "Plätze, Öffnungszeiten und Preis: unbekannt." in _text(card)
    assert card.select("a.button") == []


def test_a_sample_carries_the_word(get, county):
    page = get("/")
    assert "Beispiel" in _text(page.card("Kontor"))
    assert "Beispiel" not in _text(page.card("Gleis 3"))


def test_the_price_is_of_the_chosen_period(get, county):
    assert "20,00 €" in _text(get("/").card("Gleis 3"))
    assert "10,00 €" in _text(get("/?period=morning").card("Gleis 3"))
    assert "€" not in _text(get("/").card("Werkhof"))


def test_who_is_signed_in_sees_the_next_booking(as_, county, cast, now):
    _book("werkhof", "2026-12-01", "day", cast["ana"], now)
    _book("gleis", "2026-11-25", "afternoon", cast["ana"], now)
    _book("kontor", "2026-11-24", "morning", cast["ben"], now)
    page = BeautifulSoup(as_("ana").get("/").text, "html.parser")
    assert "nachmittags, Gleis 3" in _text(page.select_one(".next-line"))


def test_strangers_see_nobodys_booking(get, county, cast, now):
    _book("werkhof", "2026-12-01", "day", cast["ana"], now)
    assert get("/").html.select(".next-line") == []


@pytest.mark.parametrize("period", ["day", "afternoon"])
def test_a_time_that_is_booked_already_is_not_offered_again(as_, get, county, cast, now, period):
    _book("gleis", "2026-11-25", "afternoon", cast["ana"], now)
    client = as_("ana")

    def cards(address):
        html = BeautifulSoup(client.get(address).text, "html.parser")
        return {_text(card.h3): card for card in html.select(".place") if card.select_one("a.button")}

    booked = cards(f"/?date=2026-11-25&period={period}")
    assert "Du hast hier schon gebucht" in _text(booked["Gleis 3"])
    assert _text(booked["Werkhof"].select_one("a.button")) == "Du hast schon einen Platz"
    assert {card.select_one("a.button")["href"] for card in booked.values()} == {"/meine"}
    # Other times stay free to book, and nothing of it is kept for the next visitor.
    assert all("/buchen?" in card.select_one("a.button")["href"] for card in cards("/?date=2026-11-26").values())
    assert all(
        "/buchen?" in c.select_one("a.button")["href"] for c in cards("/?date=2026-11-25&period=morning").values()
    )
    assert "schon" not in get(f"/?date=2026-11-25&period={period}").words


def test_it_works_before_anything_is_known(get, app):
    page = get("/")
    assert page.status == 200
    assert "Hier kann man noch keinen Platz buchen." in page.words


def test_a_signed_in_visit_takes_at_most_five_statements(as_, county, cast, now, db):
    """Who it is, whether spaces changed, towns, what is taken, the next booking."""
    _book("gleis", "2026-11-25", "afternoon", cast["ana"], now)
    ana = as_("ana")
    ana.get("/?town=senden")
    statements = []

    def _note(*words):
        statements.append(words[2])

    event.listen(Engine, "before_cursor_execute", _note)
    assert ana.get("/").status_code == 200
    event.remove(Engine, "before_cursor_execute", _note)
    assert 1 < len([one for one in statements if one.startswith("SELECT")]) <= 5


def test_it_speaks_english_and_remembers_it(get, county):
    assert get("/").html.html["lang"] == "de"
    assert get("/?lang=en").html.html["lang"] == "en"
    assert get("/").html.html["lang"] == "en"


def test_the_nearest_two_dozen_come_first_and_the_rest_on_a_tap(get, county):
    for number in range(25):
        factories.make_space(f"ort-{number}", name=f"Ort {number:02}", seats=1, lat=51.9, lon=7.3)
    page = get("/?town=senden")
    assert len(page.html.select(".place h3")) == 24 + 1  # and the one that cannot be booked
    assert _names(page)[0] == "Werkhof"
    [rest] = [link for link in page.html.select("a.button") if "weitere" in link.get_text()]
    assert rest.get_text() == "4 weitere Orte zeigen"
    everything = get(rest["href"])
    assert len(everything.html.select(".place h3")) == 28 + 1
    assert _names(everything)[:24] == _names(page)[:24]
    assert "weitere Orte" not in everything.words


@pytest.mark.parametrize(
    ("page", "row"), [("/?period=morning&town=senden", "a.day"), ("/orte/gleis?period=morning", "#frei ~ .row a")]
)
def test_every_day_that_can_be_booked_is_reached_by_links(get, county, page, row):
    """Six pages of two weeks: the last shows the 84th day, and the way back leads to today."""
    shown, ways = [], {"weitere tage": page}
    while "weitere tage" in ways and len(shown) < 100:
        address = ways["weitere tage"].partition("#")[0]
        found = get(address)
        shown += found.texts("a.day .number") or found.texts(".free-days li")
        ways = {word.lower(): link["href"] for word, link in zip(found.texts(row), found.html.select(row), strict=True)}
    assert len(shown) == 85
    assert "date=2027-02-01" in address
    assert "date=2027-01-18" in ways["frühere tage"]


def test_a_wrong_day_is_said_without_marks_that_are_not_there(get, county):
    words = get("/?date=gestern").words
    assert "Wähl einen Tag der nächsten zwölf Wochen." in words
    assert "markierten" not in words
    assert "JJJJ" not in words
