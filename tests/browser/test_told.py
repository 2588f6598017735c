"""What scripts write on a page is true: how many days, until when, and whose check-ins wait."""

from __future__ import annotations

import re
import sqlite3

from playwright.sync_api import Page, expect

from tests.browser.conftest import CONTROLLED
from tests.browser.house import SPACE

PRICED = "/orte/beispiel-kontor-nottuln/buchen"
BADGE = "navigator.setAppBadge = async (count) => void (window.badges ??= []).push(count);"


def _turn(page: Page, which: str) -> None:
    """Tick the first day that is free, or untick the first ticked one; which is ticked at first depends on today."""
    if page.locator("#tage").get_attribute("open") is None:
        page.locator("#tage > summary").click()
    name = page.locator(f"input[name=date]:enabled{which}").first.get_attribute("id")
    page.locator(f"label[for={name}]").click()


def _told(page: Page) -> tuple[str, float]:
    """What the button says, and the price beside it in euros."""
    price = re.search(r"(\d+),(\d\d)", page.locator("[data-ui=price]").inner_text())
    assert price, "no price"
    return page.locator("[data-ui=book-button]").inner_text(), int(price[1]) + int(price[2]) / 100


def _settle(page: Page) -> None:
    """Wait until the phone knows who is signed in and starts without network."""
    expect(page.locator("[data-ui=stand]")).to_contain_text("Stand:")
    page.evaluate(CONTROLLED)


def _expect_badge(page: Page, count: int) -> None:
    """Wait until the app's icon shows so many check-ins that wait."""
    for _ in range(200):
        given = page.evaluate("window.badges ?? []")
        if given and given[-1] == count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the icon shows {given}")


def _code(house) -> str:
    with sqlite3.connect(house.folder / "nahplatz.sqlite3") as connection:
        statement = "SELECT code FROM signs JOIN spaces ON spaces.id = space_id WHERE slug = ?"
        return connection.execute(statement, (SPACE,)).fetchone()[0]


def _checkins(house) -> list[tuple[str | None, ...]]:
    """Whose check-ins the server has for the space, or for none that it knows, and what it says of them."""
    with sqlite3.connect(house.folder / "nahplatz.sqlite3") as connection:
        statement = (
            "SELECT people.name, spaces.slug, verdict, reason FROM checkins LEFT JOIN people ON people.id = person_id"
            " LEFT JOIN spaces ON spaces.id = space_id WHERE slug = ? OR slug IS NULL"
        )
        return connection.execute(statement, (SPACE,)).fetchall()


def test_the_button_counts_the_days_and_what_they_cost(phone):
    page = phone.sign_in("hana")
    page.goto(PRICED)
    one = _told(page)
    assert one[0] == "Platz buchen"
    assert one[1] > 0
    _turn(page, ":not(:checked)")
    assert _told(page) == ("2 Tage buchen", 2 * one[1])
    _turn(page, ":not(:checked)")
    assert _told(page) == ("3 Tage buchen", 3 * one[1])
    # Back from another page the browser ticks them again, and the button knows.
    page.goto("/hilfe")
    page.go_back()
    expect(page.locator("input[name=date]:checked")).to_have_count(3)
    assert _told(page) == ("3 Tage buchen", 3 * one[1])
    for _ in range(3):
        _turn(page, ":checked")
    assert _told(page) == one


def test_a_booking_names_who_pays_and_says_when_nobody_does_any_more(phone, house):
    page = phone.sign_in("cleo")
    page.goto(PRICED)
    page.get_by_role("button", name="Platz buchen").click()
    page.wait_for_url("**/meine?neu=*")
    expect(page.locator("[data-ui=moment]")).to_contain_text("Pilot Nähe (Beispiel) zahlt.")
    card = page.locator("[data-ui=booking]", has=page.locator("[data-ui=paying]")).first
    expect(card).to_contain_text("Pilot Nähe (Beispiel) zahlt.")
    card.get_by_role("link", name="Anders bezahlen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wer zahlt?")
    with sqlite3.connect(house.folder / "nahplatz.sqlite3") as connection:
        connection.execute("UPDATE programmes SET ends_on = date('now', '-2 days')")
    page.goto("/meine")
    expect(page.locator("[data-ui=paying]").first).to_contain_text("zahlt für diesen Tag nicht mehr. Wähl bis")
    page.get_by_role("link", name="Wählen, wer zahlt").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wer zahlt?")


def test_a_day_that_ends_at_midnight_ends_at_24(phone):
    page = phone.sign_in("hana")
    page.goto(f"/orte/{SPACE}/buchen?period=day")
    page.get_by_role("button", name="Platz buchen").click()
    page.wait_for_url("**/meine?neu=*")
    expect(page.locator("[data-ui=booking]").first).to_contain_text("00:00 bis 24:00 Uhr")


def test_what_another_person_has_not_sent_is_neither_shown_nor_counted(phone, house):
    phone.context.add_init_script(BADGE)
    _settle(phone.sign_in("hana"))
    phone.context.set_offline(True)
    page = phone.open(f"/c/{_code(house)}")
    expect(page.locator("[data-ui=checkin-state][data-state=saved]")).to_be_visible()
    _expect_badge(page, 1)
    for old in phone.context.pages[1:]:
        old.close()
    # Her session ends before she is online again, and Ben takes the phone.
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    page = phone.sign_in("ben")
    expect(page.locator("[data-ui=booking]").first).to_be_visible()
    page.wait_for_timeout(1000)
    expect(page.locator("[data-ui=checkin], [data-ui=checkin-state][data-state=saved]")).to_have_count(0)
    _expect_badge(page, 0)
    # Signing out has nothing to ask him.
    page.goto("/profil")
    page.locator("[data-ui=sign-out] button").first.click()
    page.wait_for_url(lambda url: not url.endswith("/profil"))
    # With one of his own it is that one.
    _settle(phone.sign_in("ben"))
    profile = phone.open("/profil")
    house.stop()
    page = phone.open(f"/c/{_code(house)}")
    expect(page.locator("[data-ui=checkin-state][data-state=saved]").first).to_be_visible()
    profile.locator("[data-ui=sign-out] button").first.click()
    expect(profile.locator("dialog[data-ui=confirm]")).to_contain_text("auf diesem Gerät: 1.")
    # Each arrives under the name of who made it.
    house.start()
    phone.sign_in("hana")
    page = phone.open("/meine")
    expect(page.locator("[data-ui=checkin] [data-state=look]")).to_have_count(1)
    # A page of Ben's that was just sending may have been first with its word.
    for _ in range(200):
        found = _checkins(house)
        if "Hana Beispiel" in {name for name, *_ in found}:
            break
        page.wait_for_timeout(100)
    assert [name for name, *_ in found if name != "Ben Beispiel"] == ["Hana Beispiel"], found
    assert len(found) <= 2, found
