"""The pass in a real browser: shown without network, read by another camera, and mute to everybody else."""

from __future__ import annotations

import io
import sqlite3

import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from app.checkins import passes
from tests.browser.house import SPACE

# Counts the locks that keep the screen on; a browser without a screen grants none.
COUNTING = """
  globalThis.locks = 0;
  Object.defineProperty(navigator, "wakeLock", { value: {
    request: async () => { globalThis.locks += 1; return { release: async () => { globalThis.locks -= 1; } }; },
  } });
"""


def _book(phone) -> Page:
    """Book today's seat and wait until its card is there. Hana: the samples book her nothing."""
    phone.context.add_init_script(COUNTING)
    page = phone.sign_in("hana")
    page.goto(f"/orte/{SPACE}/buchen")
    page.get_by_role("button", name="Platz buchen").click()
    page.wait_for_url("**/meine?neu=*")
    expect(page.locator("[data-ui=pass]").first).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def _seen(page: Page) -> str:
    """What another phone's camera reads from this screen."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    [code] = zxingcpp.read_barcodes(picture)
    return code.text


def _keys(house) -> dict[int, bytes]:
    with sqlite3.connect(house.folder / "nahplatz.sqlite3") as connection:
        return dict(connection.execute("SELECT kid, public_key FROM pass_keys WHERE retired_at IS NULL"))


def _one_booking(house) -> bytes:
    with sqlite3.connect(house.folder / "nahplatz.sqlite3") as connection:
        [name] = connection.execute("SELECT uuid FROM bookings ORDER BY id DESC LIMIT 1").fetchone()
    return bytes.fromhex(name)


def test_without_network_another_camera_reads_a_pass_that_we_signed(phone, house):
    page = _book(phone)
    house.stop()
    phone.context.set_offline(True)
    page.close()
    page = phone.open("/meine")
    page.emulate_media(color_scheme="dark")
    page.locator("[data-ui=pass]").first.click()
    card = page.locator("[data-ui=pass-card]")
    expect(card.locator("svg[role=img]")).to_be_visible()
    expect(card).to_contain_text("Beispielhaus am Browser")

    reading = passes.check(_seen(page), house.url, _keys(house))
    assert (reading.verdict, reading.content.booking) == ("valid", _one_booking(house)[8:])
    assert card.evaluate("card => getComputedStyle(card).backgroundColor") == "rgb(255, 255, 255)"
    assert card.locator("svg[role=img]").get_attribute("viewBox") == "-4 -4 53 53", "version 7: 45 modules"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("locks") == 1

    page.locator("[data-ui=pass-close]").click()
    expect(card).to_have_count(0)
    assert page.evaluate("locks") == 0
    expect(page.locator("[data-ui=pass]").first).to_be_focused()


def test_the_code_is_whole_on_small_screens_and_on_their_side(phone, house):
    page = _book(phone)
    for width, height in ((360, 640), (320, 568), (844, 390)):
        page.set_viewport_size({"width": width, "height": height})
        page.locator("[data-ui=pass]").first.click()
        page.locator("[data-ui=pass-card] svg[role=img]").scroll_into_view_if_needed()

        assert passes.check(_seen(page), house.url, _keys(house)).verdict == "valid", f"{width}x{height}"
        assert page.evaluate("document.querySelector('[data-ui=pass-card]').scrollWidth") <= width
        page.keyboard.press("Escape")
        expect(page.locator("[data-ui=pass-card]")).to_have_count(0)


def test_the_code_is_wholly_on_the_screen_and_the_button_has_a_small_icon(phone):
    page = _book(phone)
    for width, height in ((390, 844), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.locator("[data-ui=pass]").first.click()
            code = page.locator("[data-ui=pass-card] svg[role=img]").bounding_box()
            button = page.locator("[data-ui=pass-close]").bounding_box()
            icon = page.locator("[data-ui=pass-close] svg").bounding_box()

            where = f"{width}x{height} {scheme}: {code} {button} {icon}"
            assert 0 <= code["x"] <= width - code["width"], where
            assert 0 <= code["y"] <= button["y"] - code["height"], where
            assert button["y"] + button["height"] <= height, where
            assert code["width"] >= 300, where
            assert icon["width"] <= 32, where
            assert button["height"] <= 72, where
            page.keyboard.press("Escape")
            expect(page.locator("[data-ui=pass-card]")).to_have_count(0)


def test_row_38_its_address_opens_the_pass_for_its_person_and_says_nothing_to_others(phone, house):
    page = _book(phone)
    page.locator("[data-ui=pass]").first.click()
    address = _seen(page)
    path = address[-143:]
    page.goto(path)
    expect(page.locator("[data-ui=pass-card]")).to_be_visible()
    assert page.url == f"{house.url}/meine"
    assert _seen(page) == address

    phone.sign_in("ben")
    page = phone.open(path.lower())
    expect(page.locator("h1")).to_have_text("Das ist ein Ausweis")
    assert page.locator("main input, main form").count() == 0
    assert "Hana" not in page.content()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
