"""The main job in a real browser: book, lose the network, scan the sign on paper, come back, be confirmed."""

from __future__ import annotations

import re
import sqlite3

from playwright.sync_api import Page, expect

from tests.browser.conftest import CONTROLLED
from tests.browser.house import SPACE

FORM = f"/orte/{SPACE}/buchen"


def _book(phone, period: str = "day") -> Page:
    """Book today's seat and wait until the phone keeps the app and the booking. Hana: the samples book her nothing."""
    page = phone.sign_in("hana")
    page.goto(f"{FORM}?date={_today(page)}&period={period}")
    page.get_by_role("button", name="Platz buchen").click()
    page.wait_for_url("**/meine?neu=*")
    expect(page.locator("[data-ui=booking]").first).to_be_visible()
    page.evaluate(CONTROLLED)
    return page


def _today(page: Page) -> str:
    """The first open day that the form offers is today: the space never closes."""
    page.goto(FORM)
    return page.locator("input[name=date]").first.get_attribute("value")


def _state(page: Page, state: str):
    return page.locator(f"[data-ui=checkin-state][data-state={state}]").first


def _checkins(house) -> list[tuple[str, str | None]]:
    with sqlite3.connect(house.folder / "nahplatz.sqlite3") as connection:
        here = "FROM checkins JOIN spaces ON spaces.id = space_id WHERE slug = ?"
        return connection.execute(f"SELECT verdict, reason {here} ORDER BY checkins.id", (SPACE,)).fetchall()


def test_scan_without_network_survives_closing_and_is_confirmed(camera_phone, house):
    phone = camera_phone
    _book(phone)
    # Away from any network: the browser says offline, and the server is really down.
    house.stop()
    phone.context.set_offline(True)
    for old in phone.context.pages:
        old.close()

    page = phone.open("/meine")
    expect(page.locator("[data-ui=stand]")).to_contain_text("Stand:")
    expect(page.locator("[data-ui=booking]").first).to_contain_text("Beispielhaus am Browser")
    page.locator("[data-ui=scan-open]").click()
    expect(_state(page, "saved")).to_contain_text("Gespeichert, noch nicht übertragen")

    # The browser is closed altogether; the server comes back; the app is opened again.
    phone.restart()
    house.start()
    page = phone.open("/meine")
    expect(_state(page, "confirmed")).to_contain_text(re.compile("bestätigt", re.IGNORECASE))
    assert _checkins(house) == [("accepted", None)]


def test_short_code_typed_without_network(phone, house):
    page = _book(phone)
    short = _short_code(house)
    phone.context.set_offline(True)
    page = phone.open("/meine")
    page.locator("[data-ui=code-details] summary").click()
    page.locator("[data-ui=code]").fill(f"{short[:4]}-{short[4:8]}-{short[8]}".lower())
    page.locator("[data-ui=code-form] button").click()
    expect(_state(page, "saved")).to_be_visible()
    phone.context.set_offline(False)
    expect(_state(page, "confirmed")).to_be_visible()
    assert _checkins(house) == [("accepted", None)]


def test_the_phones_own_camera_opens_the_sign(phone, house):
    _book(phone)
    phone.context.set_offline(True)
    page = phone.open(f"/C/{_code(house)}")
    expect(_state(page, "saved")).to_be_visible()
    phone.context.set_offline(False)
    expect(_state(page, "confirmed")).to_be_visible()
    assert _checkins(house) == [("accepted", None)]


def test_row_01_second_scan_is_folded_on_the_phone(phone, house):
    _book(phone)
    phone.context.set_offline(True)
    for _ in range(2):
        page = phone.open(f"/c/{_code(house)}")
        expect(_state(page, "saved")).to_be_visible()
    phone.context.set_offline(False)
    expect(_state(page, "confirmed")).to_be_visible()
    assert _checkins(house) == [("accepted", None)]


def test_row_25_another_person_neither_sees_nor_sends(phone, house):
    _book(phone)
    phone.context.set_offline(True)
    page = phone.open(f"/c/{_code(house)}")
    expect(_state(page, "saved")).to_be_visible()
    for old in phone.context.pages[1:]:
        old.close()
    # Hana's session ends without her being able to send; Ben takes the phone.
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    page = phone.sign_in("ben")
    expect(page.locator("[data-ui=empty], [data-ui=booking]").first).to_be_visible()
    expect(page.locator("[data-ui=checkin]")).to_have_count(0)
    page.wait_for_timeout(1500)
    assert _checkins(house) == []
    # Hana comes back and her check-in arrives under her own name.
    page = phone.sign_in("hana")
    expect(_state(page, "confirmed")).to_be_visible()
    assert _checkins(house) == [("accepted", None)]


def test_row_25_what_is_kept_of_another_person_is_not_shown_before_the_server_answers(phone, house):
    _book(phone)
    page = phone.open("/meine")
    expect(page.locator("[data-ui=booking]").first).to_be_visible()
    for old in phone.context.pages[1:]:
        old.close()
    # Ben signs in, and after that the server is not heard any more.
    phone.context.clear_cookies()
    phone.context.add_init_script(
        "const heard = fetch;"
        "window.fetch = (to, how) => String(to).includes('/api/') ? Promise.reject(to) : heard(to, how);"
    )
    page = phone.sign_in("ben")
    expect(page.locator("[data-ui=empty], [data-ui=booking]").first).to_be_visible()
    assert page.locator("[data-ui=booking], [data-ui=checkin]").count() == 0


def test_row_30_two_tabs_send_once(phone, house):
    _book(phone)
    phone.context.set_offline(True)
    first = phone.open(f"/c/{_code(house)}")
    expect(_state(first, "saved")).to_be_visible()
    second = phone.open("/meine")
    expect(_state(second, "saved")).to_be_visible()
    sent: list[str] = []
    phone.context.on("request", lambda request: request.url.endswith("/checkins") and sent.append(request.url))
    phone.context.set_offline(False)
    expect(_state(first, "confirmed")).to_be_visible()
    expect(_state(second, "confirmed")).to_be_visible()
    assert _checkins(house) == [("accepted", None)]


def test_row_31_a_full_phone_says_so_loudly(phone, house):
    page = _book(phone)
    phone.context.set_offline(True)
    page = phone.context.new_page()
    page.add_init_script(
        "const open = IDBObjectStore.prototype;"
        "for (const name of ['put', 'add'])"
        "  open[name] = () => { throw new DOMException('voll', 'QuotaExceededError'); };"
    )
    page.goto(f"/c/{_code(house)}")
    expect(page.get_by_role("alert").first).to_contain_text("Nicht gespeichert")
    expect(_state(page, "saved")).to_have_count(0)
    phone.context.set_offline(False)
    page.close()
    page = phone.open("/meine")
    page.wait_for_timeout(1000)
    assert _checkins(house) == []


def _code(house) -> str:
    return _sign(house)[0]


def _short_code(house) -> str:
    return _sign(house)[1]


def _sign(house) -> tuple[str, str]:
    with sqlite3.connect(house.folder / "nahplatz.sqlite3") as connection:
        return connection.execute(
            "SELECT code, short_code FROM signs JOIN spaces ON spaces.id = space_id WHERE slug = ?", (SPACE,)
        ).fetchone()
