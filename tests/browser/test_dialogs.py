"""What lies over the page: the scanner, with and without a camera, and questions. All of it at twice the text, too."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import SPACE

FAKE_CAMERA = ["--use-fake-device-for-media-stream"]
TAKEN = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('in use', 'NotReadableError'); };"
# Whatever says or asks something in the dialog and is cut off, lies beside the screen or under something else.
CUT = """async (selector) => {
  const found = [];
  const root = document.querySelector(selector);
  const own = (one) => [...one.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim() !== "");
  const is = (why, one) => found.push(`${why}: ${one.textContent.trim() || one.id}`);
  for (const one of [root, ...root.querySelectorAll("*")]) {
    const isTall = one.scrollHeight > one.clientHeight + 1 && one.clientHeight > 0;
    if (isTall && ["hidden", "clip"].includes(getComputedStyle(one).overflowY)) is("cannot be scrolled", one);
  }
  const isSeen = (one) => one.checkVisibility() && (own(one) || one.matches("input"));
  const all = [...root.querySelectorAll("*")].filter(isSeen);
  for (const one of all) {
    one.scrollIntoView({ block: "center" });
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const range = document.createRange();
    range.selectNodeContents(one);
    const lines = own(one) ? [...range.getClientRects()] : [one.getBoundingClientRect()];
    if (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline") is("too narrow", one);
    for (const { left, right, top, bottom, width } of lines) {
      const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      if (width === 0) continue;
      if (left < 0 || right > innerWidth) is("beside the screen", one);
      else if (top < 0 || bottom > innerHeight) is("above or below the screen", one);
      else if (!seen || !(one.contains(seen) || seen.contains(one))) is("covered", one);
    }
  }
  return all.length > 1 ? found : ["there is nothing"];
}"""


def _open_scanner(phone, *, script: str = "") -> Page:
    phone.sign_in("hana")
    page = phone.context.new_page()
    page.emulate_media(reduced_motion="reduce")
    if script:
        page.add_init_script(script)
    page.goto("/meine")
    page.locator("[data-ui=scan-open]").click()
    return page


def _problem(page: Page):
    return page.locator("[data-ui=scan-problem]")


def _checkins(house) -> int:
    with sqlite3.connect(house.folder / "nahplatz.sqlite3") as connection:
        return connection.execute("SELECT count(*) FROM checkins WHERE verdict <> 'accepted'").fetchone()[0]


def _short_code(house) -> str:
    with sqlite3.connect(house.folder / "nahplatz.sqlite3") as connection:
        statement = "SELECT short_code FROM signs JOIN spaces ON spaces.id = space_id WHERE slug = ?"
        return connection.execute(statement, (SPACE,)).fetchone()[0]


def _enlarge(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'")


@pytest.fixture
def refusing(phone, tmp_path):
    """A phone that has a camera but whose person does not allow it."""
    other = replace(phone, folder=tmp_path / "refusing", flags=FAKE_CAMERA, context=None)
    other.start()
    yield other
    other.stop()


@pytest.fixture
def blind(phone, tmp_path):
    """A phone that may use its camera but has none."""
    other = replace(phone, folder=tmp_path / "blind", changes={"permissions": ["camera"]}, context=None)
    other.start()
    yield other
    other.stop()


def test_a_camera_that_is_not_allowed_is_explained(refusing):
    page = _open_scanner(refusing)
    expect(_problem(page).get_by_role("heading", name="Die Kamera ist gesperrt")).to_be_focused()
    expect(_problem(page)).to_contain_text("Erlaub sie für Nahplatz in den Einstellungen")
    expect(page.locator(".scanner video")).to_be_hidden()
    # Allowed meanwhile, it works without starting anew.
    refusing.context.grant_permissions(["camera"])
    page.get_by_role("button", name="Noch einmal versuchen").click()
    expect(_problem(page)).to_be_hidden()
    expect(page.locator("[data-ui=scan-word]")).to_contain_text("Halte die Kamera auf das Schild")
    # And another app that takes it is no black screen either.
    page.evaluate(
        "document.querySelector('.scanner video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
    )
    expect(_problem(page).get_by_role("heading", name="Die Kamera ist gerade belegt")).to_be_visible()


def test_without_a_camera_the_code_is_typed_right_there(blind, house):
    page = _open_scanner(blind)
    expect(_problem(page).get_by_role("heading", name="Wir finden keine Kamera")).to_be_focused()
    field = _problem(page).get_by_label("Code vom Schild")
    field.fill("AAAA-AAAA-A")
    field.press("Enter")
    expect(_problem(page).get_by_role("alert")).to_contain_text("Dieser Code stimmt nicht")
    field.fill(_short_code(house))
    _problem(page).get_by_role("button", name="Einchecken").click()
    expect(page.locator("dialog[data-ui=scanner]")).to_have_count(0)
    # Hana has no booking here: kept, and said.
    expect(page.locator("[data-ui=moment]").get_by_role("heading")).to_have_text("Da passt etwas nicht")
    assert _checkins(house) == 1


def test_a_camera_in_use_is_explained(phone):
    page = _open_scanner(phone, script=TAKEN)
    expect(_problem(page).get_by_role("heading", name="Die Kamera ist gerade belegt")).to_be_visible()
    expect(_problem(page)).to_contain_text("Schließ diese App")


def test_what_was_typed_stays_when_the_camera_is_tried_again(phone):
    page = _open_scanner(phone, script=TAKEN)
    _problem(page).get_by_label("Code vom Schild").fill("ABCD")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(300)
    expect(_problem(page).get_by_label("Code vom Schild")).to_have_value("ABCD")


def test_the_scanner_is_whole_at_twice_the_text(camera_phone):
    page = _open_scanner(camera_phone, script="HTMLVideoElement.prototype.play = async () => undefined;")
    _enlarge(page)
    expect(page.locator("[data-ui=scan-word]")).to_contain_text("Halte die Kamera")
    assert page.evaluate(CUT, ".scanner") == []


def test_a_scanner_without_camera_is_whole_at_twice_the_text(phone):
    page = _open_scanner(phone, script=TAKEN)
    _enlarge(page)
    _problem(page).get_by_label("Code vom Schild").fill("AAAA-AAAA-A")
    _problem(page).get_by_label("Code vom Schild").press("Enter")
    expect(_problem(page).get_by_role("alert")).not_to_be_empty()
    assert page.evaluate(CUT, ".scanner") == []


def test_the_question_before_signing_out_is_whole_at_twice_the_text(phone, house):
    page = _open_scanner(phone, script=TAKEN)
    profile = phone.open("/profil")
    # The phone believes it has a network, but the server is not there.
    house.stop()
    _problem(page).get_by_label("Code vom Schild").fill(_short_code(house))
    _problem(page).get_by_label("Code vom Schild").press("Enter")
    expect(page.locator("[data-ui=moment]").get_by_role("heading")).to_have_text("Check-in gespeichert")
    _enlarge(profile)
    profile.locator("[data-ui=sign-out] button").first.click()
    expect(profile.locator("dialog[data-ui=confirm]")).to_contain_text("auf diesem Gerät: 1.")
    assert profile.evaluate(CUT, "dialog[data-ui=confirm]") == []


@pytest.mark.parametrize(
    "fault",
    [
        ".scanner .problem p { width: 200vw; }",
        ".scanner { overflow: hidden; } .scanner .problem { margin-top: 120vh; }",
        ".scanner .above { position: fixed; inset: 0; } .scanner .problem { z-index: -1; }",
    ],
)
def test_what_is_cut_off_is_found(phone, fault):
    """The control."""
    page = _open_scanner(phone, script=TAKEN)
    expect(_problem(page)).to_be_visible()
    page.evaluate("(fault) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(fault); document.adoptedStyleSheets = [sheet]; }", fault)  # fmt: skip  # noqa: E501
    assert page.evaluate(CUT, ".scanner") != []
