"""Pictures of every screen: `python -m tools.screenshots [FOLDER] [WORD …]`.

Runs the demo on a port of its own, signs in as one of the cast, and takes each screen on a phone (390 × 844) and a
desktop (1280 × 800), light and dark. With words, only screens whose name contains one of them; without, the pictures
of the install dialog (`static/screens`) and of the README (`docs/screens`) are made anew from them.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.house import ROOT, House, free_port

PLACE = "beispiel-kontor-nottuln"
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}
PUBLIC = {
    "start": "/",
    "orte": "/orte",
    "ort": f"/orte/{PLACE}",
    "anmelden": "/anmelden",
    "demo": "/demo",
    "hilfe": "/hilfe",
    "impressum": "/impressum",
    "datenschutz": "/datenschutz",
    "barrierefreiheit": "/barrierefreiheit",
    "nicht-gefunden": "/gibt-es-nicht",
    "meine-ohne-anmeldung": "/meine",
}
SIGNED_IN = {
    "start-angemeldet": "/?town=nottuln",
    "meine": "/meine",
    "einchecken": "/meine?scan=1",
    "profil": "/profil",
    "vergangen": "/profil/vergangen",
}
# What the install dialog shows; the manifest names their sizes.
INSTALL = {"suche": "start-phone-light", "gebucht": "gebucht-phone-light", "suche-breit": "start-desktop-light"}
# Side by side in the README, each so wide.
README = ("start-phone-light", "buchen-phone-light", "gebucht-phone-light", "meine-phone-dark")
WIDTH, GAP = 312, 16


@dataclass(frozen=True)
class Series:
    """The pictures of one size and colour scheme."""

    folder: Path
    size: str
    scheme: str
    words: list[str]

    def keep(self, page: Page, name: str) -> None:
        file = self.folder / f"{name}-{self.size}-{self.scheme}.png"
        if not self.words or any(word in file.name for word in self.words):
            page.screenshot(path=file)
            print(file)

    def open_and_keep(self, page: Page, name: str, address: str) -> None:
        page.goto(address)
        page.wait_for_timeout(700)
        self.keep(page, name)


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0] if arguments else "var/screens").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        house = House(Path(scratch) / "house", free_port())
        house.furnish()
        house.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                for size in SIZES:
                    for scheme in ("light", "dark"):
                        _take(browser, house.url, Series(folder, size, scheme, arguments[1:]))
                browser.close()
        finally:
            house.stop()
    if not arguments[1:]:
        _refresh(folder)


def _take(browser: Browser, url: str, series: Series) -> None:
    is_phone = series.size == "phone"
    context = browser.new_context(
        base_url=url,
        viewport=SIZES[series.size],
        color_scheme=series.scheme,
        locale="de-DE",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
        device_scale_factor=2 if is_phone else 1,
        is_mobile=is_phone,
        has_touch=is_phone,
    )
    page = context.new_page()
    for name, address in PUBLIC.items():
        series.open_and_keep(page, name, address)
    page.goto("/demo")
    page.locator("button[value=ana], form:has(input[value=ana]) button").first.click()
    page.wait_for_url("**/meine*")
    for name, address in SIGNED_IN.items():
        series.open_and_keep(page, name, address)
    _book(page, series)
    context.close()


def _book(page: Page, series: Series) -> None:
    page.goto(f"/orte/{PLACE}")
    # The first day on which no sample booking is in the way: the others lead to that booking.
    page.locator(".free-days a.time[href*='period=day']").first.click()
    page.wait_for_url("**/buchen?*")
    page.wait_for_timeout(700)
    series.keep(page, "buchen")
    page.get_by_role("button", name="Platz buchen").click()
    page.wait_for_url("**/meine*")
    page.wait_for_timeout(800)
    series.keep(page, "gebucht")
    booked = page.locator("[data-ui=booking]", has=page.get_by_text("Kontor Nottuln (Beispiel)")).first
    uuid = booked.get_attribute("data-uuid")
    series.open_and_keep(page, "aendern", f"/buchungen/{uuid}/aendern")
    series.open_and_keep(page, "absagen", f"/buchungen/{uuid}/absagen")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/meine*")


def _refresh(folder: Path) -> None:
    """Make the pictures that are kept with the project from those just taken."""
    for name, taken in INSTALL.items():
        _save(Image.open(folder / f"{taken}.png").convert("RGB"), ROOT / "static" / "screens" / f"{name}.png")
    screens = [Image.open(folder / f"{taken}.png").convert("RGB") for taken in README]
    screens = [each.resize((WIDTH, each.height * WIDTH // each.width), Image.Resampling.LANCZOS) for each in screens]
    row = Image.new("RGB", (len(screens) * (WIDTH + GAP) - GAP, screens[0].height), "white")
    for number, each in enumerate(screens):
        row.paste(each, (number * (WIDTH + GAP), 0))
    _save(row, ROOT / "docs" / "screens" / "phone.png")


def _save(picture: Image.Image, target: Path) -> None:
    # A few hundred colours are all there are; so a picture takes a third of the bytes.
    picture.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
    print(target)


if __name__ == "__main__":
    main(sys.argv[1:])
