"""The screen at a door in a real browser: it changes, and outlives a restart without network."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
import time
from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.browser.conftest import CONTROLLED

KEY = bytes(range(32))
CODE = "00WVZRRVBX8JJTKHD3T0"
ENCODED = base64.urlsafe_b64encode(KEY).decode().rstrip("=")
# The address that the picture shows is not in the page, so its parts are compared: another window, another path.
DRAWN = "() => document.querySelector('[data-ui=code] path')?.getAttribute('d') ?? ''"


def _furnish(house):
    """Put a display whose key is known into the database, as the hosts' page makes it."""
    file = next(house.folder.glob("*.sqlite3"))
    with sqlite3.connect(file) as database:
        space_id = database.execute("SELECT id FROM spaces WHERE slug = 'browserhaus'").fetchone()[0]
        database.execute(
            "INSERT INTO displays (space_id, name, code, key, offset_seconds, made_at)"
            " VALUES (?, 'Tablet', ?, ?, 0, ?)",
            (space_id, CODE, KEY, "2026-01-01 00:00:00"),
        )
    return file


def _heard(file):
    with sqlite3.connect(file) as database:
        return database.execute("SELECT seen_at FROM displays").fetchone()[0]


def test_a_display_shows_its_code_without_network_and_after_a_restart(phone, house):
    file = _furnish(house)
    page = phone.open(f"/anzeige/{CODE}#{ENCODED}")
    expect(page.locator("[data-ui=code] svg")).to_be_visible()
    assert page.url.endswith(f"/anzeige/{CODE}"), "the key stays in no history"
    page.evaluate(CONTROLLED)
    until = time.monotonic() + 10
    while _heard(file) is None and time.monotonic() < until:
        page.wait_for_timeout(200)
    assert _heard(file) is not None
    house.stop()
    page = phone.restart().new_page()
    page.goto(f"/anzeige/{CODE}")
    expect(page.locator("[data-ui=code] svg")).to_be_visible()
    first = page.evaluate(DRAWN)
    page.clock.install()
    page.clock.fast_forward(31_000)
    page.wait_for_timeout(1500)
    assert page.evaluate(DRAWN) != first
    stored = json.dumps(page.evaluate("() => Object.entries(localStorage)"))
    assert re.findall(r"nahplatz-\w+", stored) == ["nahplatz-display"], "nothing about people"


def test_a_display_with_a_wrong_clock_says_so_and_comes_back_by_itself(phone, house):
    file = _furnish(house)
    page = phone.context.new_page()
    page.clock.install(time=datetime(1970, 1, 3, tzinfo=UTC))
    page.goto(f"{house.url}/anzeige/{CODE}#{ENCODED}")
    words, picture = page.locator("[data-ui=words]"), page.locator("[data-ui=code] svg")
    expect(words).to_have_text("Die Uhr dieses Geräts geht falsch. Stell Datum und Uhrzeit richtig.")
    expect(picture).to_have_count(0)
    page.clock.run_for(3000)
    expect(picture).to_have_count(0)
    page.clock.set_system_time(datetime.now(UTC))
    page.clock.run_for(61_000)
    expect(picture).to_be_visible()
    expect(words).to_contain_text("halte die Kamera auf das Muster")

    with sqlite3.connect(file) as database:
        database.execute("UPDATE displays SET revoked_at = made_at")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(words).to_contain_text("Diese Anzeige wurde gestoppt")
    expect(picture).to_have_count(0)


def test_a_display_without_its_key_says_what_to_do(phone):
    page = phone.open(f"/anzeige/{CODE}")
    expect(page.locator("[data-ui=words]")).to_contain_text("fehlt der Schlüssel")
    expect(page.locator("[data-ui=code] svg")).to_have_count(0)
