"""A space without anybody on site: the host's pages, and a phone that shows the door code without network."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.house import SPACE, zone_where_it_is_ten

PAGES = ("schliessen", "freigabe", "tuer", "maengel")


@pytest.fixture
def hosted(house):
    house.flask("people", "grant", "hana@beispiel.example", "operator:beispiel-eg")
    return house


def _findings(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {each['id']} {each['nodes'][0]['html'][:120]}" for each in found]


def _today() -> str:
    return datetime.now(UTC).astimezone(ZoneInfo(zone_where_it_is_ten())).date().isoformat()


def _photograph(page, name: str) -> None:
    if os.environ.get("SCREENS"):
        page.screenshot(path=f"{os.environ['SCREENS']}/{name}.png", full_page=True)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_hosts_are_found_in_order_by_axe_and_fit(phone, hosted, width):
    page = phone.sign_in("hana")
    page.set_viewport_size({"width": width, "height": 800})
    findings = []
    addresses = [f"/gastgeber/{SPACE}/{name}" for name in PAGES]
    addresses += [f"/gastgeber/{SPACE}/schliessen?first_on={_today()}&reason=Rohrbruch", f"/orte/{SPACE}/kaputt"]
    for number, address in enumerate(addresses):
        assert page.goto(address).status == 200
        findings += _findings(page)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, (
            address
        )
        _photograph(page, f"{width}-{number}")
    assert findings == []


def test_a_phone_shows_the_door_code_without_network_and_a_host_closes_with_the_keyboard(phone, hosted):
    page = phone.sign_in("hana")
    page.goto(f"/gastgeber/{SPACE}/tuer")
    page.locator("#kind").select_option("code")
    page.locator("#code").fill("4711#")
    page.locator("#code").press("Enter")
    page.get_by_text("Gespeichert. Wer gebucht hat").wait_for()
    page.goto("/demo")
    page.locator("button[name=person][value=ana], form:has(input[value=ana]) button").first.click()
    page.wait_for_url("**/meine*")
    page.goto(f"/orte/{SPACE}/buchen?date={_today()}&period=day")
    page.locator("[data-ui=book-button]").click()
    page.wait_for_url("**/meine*")
    page.locator("[data-ui=door]").get_by_text("4711#").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    hosted.stop()
    page.goto("/meine")
    page.locator("[data-ui=door]").get_by_text("4711#").wait_for()
    _photograph(page, "phone-door")
    assert _findings(page) == []
    hosted.start()
    page.goto("/demo")
    page.locator("button[name=person][value=hana], form:has(input[value=hana]) button").first.click()
    page.wait_for_url("**/gastgeber*")
    page.goto(f"/gastgeber/{SPACE}/schliessen")
    page.locator("#reason").fill("Rohrbruch")
    page.locator("#reason").press("Enter")
    page.locator("[data-ui=preview]").get_by_text("Ana Beispiel").wait_for()
    _photograph(page, "preview")
    page.locator("[data-ui=preview] button[type=submit]").focus()
    page.keyboard.press("Enter")
    page.get_by_text("1 Person bekommt gleich eine Nachricht.").wait_for()
    page.goto("/demo")
    page.locator("button[name=person][value=ana], form:has(input[value=ana]) button").first.click()
    page.wait_for_url("**/meine*")
    page.get_by_text("Der Ort hat geschlossen: Rohrbruch").wait_for()
    page.locator("[data-ui=instead]").wait_for()
    _photograph(page, "phone-closed")
    assert _findings(page) == []
