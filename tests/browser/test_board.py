"""The host's board in a real browser: a day without network, passes before a camera, and what the server says."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import qrcode
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import CONTROLLED
from tests.browser.house import SPACE, zone_where_it_is_ten

BOARD = f"/gastgeber/{SPACE}"
TABLET = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 1, "is_mobile": False}
# A camera that sees whatever QR code is drawn: `look(rows)` takes the rows of modules.
CAMERA = """
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 480;
  const blank = () => {
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, 480, 480);
    return context;
  };
  globalThis.look = (rows) => {
    const context = blank();
    const side = Math.floor(480 / (rows.length + 8));
    context.fillStyle = "#000";
    rows.forEach((row, y) => [...row].forEach((dark, x) => {
      if (dark === "1") context.fillRect((x + 4) * side, (y + 4) * side, side, side);
    }));
  };
  blank();
  // A picture that never changes makes no new frames.
  setInterval(() => canvas.getContext("2d").fillRect(0, 0, 1, 1), 50);
  if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(15);
"""

WRONG_CLOCK = """
  const Right = Date;
  globalThis.Date = class extends Right {
    constructor(...given) {
      if (given.length === 0) super(Right.now() + HOURS * 3600000);
      else super(...given);
    }
    static now() {
      return Right.now() + HOURS * 3600000;
    }
  };
"""


@pytest.fixture
def hosted(house):
    """Make Hana a host of the house under test."""
    house.flask("people", "grant", "hana@beispiel.example", "operator:beispiel-eg")
    return house


@pytest.fixture
def tablet(phone, hosted):
    """A tablet whose camera sees what a test draws."""
    phone.stop()
    phone.changes = TABLET
    phone.start()
    phone.context.add_init_script(CAMERA)
    return phone


def _book(device, person: str, days: int = 0) -> str:
    """Book a seat of today, or of some days later; returns the address of its pass."""
    page = device.sign_in(person)
    today = datetime.now(ZoneInfo(zone_where_it_is_ten())).date()
    page.goto(f"/orte/{SPACE}/buchen?date={today + timedelta(days=days)}")
    page.get_by_role("button", name="Platz buchen").click()
    page.wait_for_url("**/meine?neu=*")
    uuid = page.url.partition("neu=")[2]
    snapshot = page.evaluate(
        "fetch('/api/v1/me/snapshot', {headers: {'Nahplatz-Client': '1'}}).then((each) => each.json())"
    )
    page.close()
    return next(each["pass"] for each in snapshot["bookings"] if each["uuid"] == uuid)


def _set_up(device) -> Page:
    """Make the device one of the house's, by its host."""
    page = device.sign_in("hana")
    page.goto(BOARD)
    page.get_by_role("button", name="Gerät einrichten").click()
    expect(page.locator("[data-ui=scan-pass]")).to_be_visible()
    expect(page.locator("[data-ui=list-expected]")).to_be_visible()
    page.evaluate(CONTROLLED)
    return page


def _guest(page: Page, name: str) -> Any:
    return page.locator("[data-ui=guest]", has=page.locator("strong", has_text=name))


def _server(page: Page) -> dict[str, dict[str, Any]]:
    """What the server says of today's guests, by name."""
    snapshot = page.evaluate(
        f"fetch('/api/v1/host/{SPACE}/snapshot', {{headers: {{'Nahplatz-Client': '1'}}}}).then((each) => each.json())"
    )
    return {guest["name"]: guest for guest in snapshot["guests"]}


def _show(page: Page, text: str) -> None:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    page.evaluate("rows => look(rows)", ["".join("01"[dark] for dark in row) for row in code.get_matrix()])


def _axe(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_day_without_network_reaches_the_server(tablet):
    _book(tablet, "hugo")
    _book(tablet, "kari")
    page = _set_up(tablet)
    expect(_guest(page, "Hugo Beispiel")).to_have_attribute("data-state", "expected")
    tablet.context.set_offline(True)
    page.close()
    page = tablet.open(BOARD)
    expect(page.locator("[data-ui=stand]")).to_contain_text("ohne Netz")

    _guest(page, "Hugo").get_by_role("button", name="Ist da").click()
    expect(_guest(page, "Hugo")).to_have_attribute("data-state", "there")
    expect(_guest(page, "Hugo")).to_contain_text("Gespeichert, noch nicht übertragen")
    # A double tap is one event: the one way back leads to where it was.
    _guest(page, "Kari").get_by_role("button", name="Ist da").evaluate("button => { button.click(); button.click(); }")
    expect(_guest(page, "Kari")).to_have_attribute("data-state", "there")
    page.locator("[data-ui=written]", has_text="Kari").get_by_role("button").click()
    expect(_guest(page, "Kari")).to_have_attribute("data-state", "expected")
    page.locator("[data-ui=walk-in]").click()
    page.locator("[data-ui=walk-in-form] button[type=submit]").click()
    expect(_guest(page, "Gast")).to_have_attribute("data-state", "there")
    expect(page.locator("[data-ui=stand]")).to_contain_text("4 noch nicht übertragen")
    page.close()

    tablet.context.set_offline(False)
    page = tablet.open(BOARD)
    expect(page.locator("[data-ui=stand]")).not_to_contain_text("noch nicht übertragen")
    expect(page.locator("[data-ui=unsent]")).to_have_count(0)
    wanted = {
        "Hugo Beispiel": ("there", "host_word"), "Kari Beispiel": ("expected", None), "Gast": ("there", "host_word"),
    }  # fmt: skip
    for _ in range(40):  # a board that has not drawn yet has nothing unsent to show
        found = {name: (each["state"], each["evidence"]) for name, each in _server(page).items()}
        if found == wanted:
            break
        page.wait_for_timeout(500)
    assert found == wanted
    assert {guest.get_attribute("data-state") for guest in _guest(page, "Gast").all()} == {"there"}


def test_passes_are_judged_without_network(tablet, hosted):
    valid = _book(tablet, "hugo")
    other_day = _book(tablet, "kari", 2)
    page = _set_up(tablet)
    tablet.context.set_offline(True)
    page.locator("[data-ui=scan-pass]").click()
    expect(page.locator("[data-ui=scanner]")).to_be_visible()
    word = page.locator("[data-ui=pass-word]")

    forged = valid[:-9] + ("0" if valid[-9] != "0" else "1") + valid[-8:]
    for text, verdict, title in (
        (valid, "welcome", "Willkommen"),
        (forged, "bad_signature", "Nicht echt"),
        (other_day, "other_day", "Nicht für heute"),
        ("https://example.org/P/123", "foreign", "Fremder Code"),
        (valid, "already", "Schon eingecheckt um"),
    ):
        _show(page, text)
        expect(page.locator(f"[data-ui=pass-word][data-word={verdict}]")).to_contain_text(title)
    _axe(page)
    expect(word).to_have_count(0)  # ready for the next
    page.locator("[data-ui=scan-close]").click()
    expect(_guest(page, "Hugo")).to_contain_text("Ausweis gescannt")

    tablet.context.set_offline(False)
    expect(page.locator("[data-ui=stand]")).not_to_contain_text("noch nicht übertragen")
    assert _server(page)["Hugo Beispiel"]["evidence"] == "host_scan"
    with sqlite3.connect(hosted.folder / "nahplatz.sqlite3") as connection:
        said = connection.execute(
            "SELECT reason FROM checkins JOIN devices ON devices.uuid = checkins.device WHERE devices.space_id > 0"
        ).fetchall()
    # The forged and the foreign one were never recorded.
    assert len(said) == 3, said


def test_row_42_without_a_session_a_stolen_device_shows_initials_and_can_be_stopped(tablet):
    _book(tablet, "hugo")
    page = _set_up(tablet)
    expect(_guest(page, "Hugo Beispiel")).to_be_visible()
    page.goto("/profil")
    page.get_by_role("button", name="Auf diesem Gerät abmelden").click()
    page.wait_for_url("**/")
    page.goto(BOARD)
    expect(_guest(page, "H. B.")).to_be_visible()
    assert "Hugo" not in page.content()

    page = tablet.sign_in("hana")
    page.goto(f"{BOARD}/geraete")
    page.get_by_role("button", name="Sperren").click()
    page.goto(BOARD)
    expect(page.locator("[data-ui=setup]")).to_contain_text("nicht mehr freigegeben")
    expect(page.locator("[data-ui=guest]")).to_have_count(0)
    kept = page.evaluate("""() => new Promise((done) => {
      const request = indexedDB.open("nahplatz-host");
      request.onsuccess = () => {
        const all = request.result.transaction("snapshot").objectStore("snapshot").getAll();
        all.onsuccess = () => done(JSON.stringify(all.result));
      };
    })""")
    assert json.loads(kept) == []


def _type_from_paper(tablet, hosted, at, script=""):
    """Let Hugo book, and type in when he came; returns the board."""
    _book(tablet, "hugo")
    with sqlite3.connect(hosted.folder / "nahplatz.sqlite3") as connection:
        connection.execute("UPDATE bookings SET made_at = starts_at")  # who books at ten was not there at midnight
    tablet.context.add_init_script(script)
    page = _set_up(tablet)
    page.locator("[data-ui=paper] summary").click()
    page.locator("#paper-guest").select_option(index=1)
    page.locator("#paper-time").fill(at)
    page.locator("[data-ui=paper-form] button[type=submit]").click()
    expect(_guest(page, "Hugo")).to_contain_text(f"da seit {at}")
    return page


def test_what_was_written_on_paper_is_typed_in_later(tablet, hosted):
    page = _type_from_paper(tablet, hosted, "00:01")
    expect(page.locator("[data-ui=unsent]")).to_have_count(0)
    found = _server(page)["Hugo Beispiel"]
    assert (found["state"], found["evidence"], found["is_late"]) == ("there", "host_word", True)
    page.locator("#paper-code").fill("ZZZZ")
    page.locator("#paper-time").fill("00:02")
    page.locator("[data-ui=paper-form] button[type=submit]").click()
    expect(page.locator("[data-ui=paper-form] [role=alert]")).to_contain_text("Diesen Code gibt es heute nicht")


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_time_from_paper_is_the_walls_on_a_tablet_whose_clock_is_wrong(tablet, hosted, hours):
    page = _type_from_paper(tablet, hosted, "09:28", WRONG_CLOCK.replace("HOURS", str(hours)))
    expect(page.locator("[data-ui=unsent]")).to_have_count(0)
    expect(_guest(page, "Hugo")).to_contain_text("da seit 09:28")
    stored = datetime.fromisoformat(_server(page)["Hugo Beispiel"]["checked_in_at"])
    written = stored.astimezone(ZoneInfo(zone_where_it_is_ten())).replace(hour=9, minute=28, second=0, microsecond=0)
    assert abs(stored - written) < timedelta(seconds=10)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_phones_and_tablets_and_axe_finds_nothing(tablet, scheme):
    _book(tablet, "hugo")
    page = _set_up(tablet)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    _guest(page, "Hugo").get_by_role("button", name="Ist da").click()
    expect(_guest(page, "Hugo")).to_have_attribute("data-state", "there")
    for width, height in ((360, 740), (1280, 800), (800, 1280)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        _axe(page)
    page.locator("[data-ui=walk-in]").click()
    _axe(page)


# Whether a finger on the button of whoever is there would hit it, at the moment it is drawn and once the list rests.
HIT = """() => {
  const button = document.querySelector("[data-ui=guests] [data-state=there] button");
  if (!button) return null;
  button.scrollIntoView({ block: "center", behavior: "instant" });
  const { x, y, width, height } = button.getBoundingClientRect();
  return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


def test_the_second_tap_of_two_undoes_nothing(tablet):
    _book(tablet, "hugo")
    page = _set_up(tablet)
    page.evaluate(f"""() => {{
      const hit = {HIT};
      const guests = document.querySelector("[data-ui=guests]");
      window.first = new Promise((resolve) => new MutationObserver(() => hit() === null || resolve(hit()))
        .observe(guests, {{ childList: true, subtree: true }}));
    }}""")
    _guest(page, "Hugo").get_by_role("button").click()
    assert page.evaluate("() => window.first") is False
    page.locator("[data-ui=guests]:not(.settling)").wait_for()
    assert page.evaluate(HIT) is True
    _guest(page, "Hugo").get_by_role("button").click()
    expect(_guest(page, "Hugo")).to_have_attribute("data-state", "left")


def test_the_keyboard_stays_at_the_guest(tablet):
    _book(tablet, "hugo")
    page = _set_up(tablet)
    _guest(page, "Hugo").get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(_guest(page, "Hugo")).to_have_attribute("data-state", "there")
    expect(_guest(page, "Hugo").get_by_role("button")).to_be_focused()
    page.locator("[data-ui=walk-in]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-ui=walk-in]")).to_be_focused()
