"""Pictures of every screen: `python -m tools.screenshots [FOLDER] [WORD …]`.

Runs the demo on a port of its own, signs in as some of the cast, and takes each screen on a phone (390 × 844) and a
desktop (1280 × 800), light and dark; hosts' and officers' pages whole, and the sheets that hosts print. With words,
only screens whose name contains one of them; without, the pictures of the install dialog (`static/screens`) and of the
README (`docs/screens`) are made anew from them.
"""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser import pages
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.house import ROOT, SPACE, House, free_port, zone_where_it_is_ten
from tests.browser.keeping import Kept, keep, signed_in
from tests.browser.visiting import set_up_board

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
# Who opens the pages of hosts and officers; the addresses come from the table that the tests use.
KEEPERS = ("hana", "kari")
# What the install dialog shows; the manifest names their sizes.
INSTALL = {"suche": "start-phone-light", "gebucht": "gebucht-phone-light", "suche-breit": "start-desktop-light"}
# Side by side in the README, each so wide.
README = ("start-phone-light", "buchen-phone-light", "gebucht-phone-light", "meine-phone-dark")
WIDTH, GAP = 312, 16
SCHEMES = ("light", "dark")
NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Series:
    """The pictures of one size and colour scheme."""

    folder: Path
    size: str
    scheme: str
    words: list[str]

    def _file(self, name: str) -> Path | None:
        """Return where a picture goes, if it is wanted."""
        file = self.folder / f"{name}-{self.size}-{self.scheme}.png"
        return file if not self.words or any(word in file.name for word in self.words) else None

    def keep(self, page: Page, name: str, *, full_page: bool = False) -> None:
        file = self._file(name)
        if file is not None:
            page.screenshot(path=file, full_page=full_page)
            print(file)

    def open_and_keep(self, page: Page, name: str, address: str, *, full_page: bool = False) -> None:
        if self._file(name) is None:
            return
        page.goto(address)
        page.wait_for_timeout(700)
        self.keep(page, name, full_page=full_page)

    def save(self, picture: Image.Image, name: str) -> None:
        file = self._file(name)
        if file is not None:
            picture.save(file)
            print(file)


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0] if arguments else "var/screens").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        house = House(Path(scratch) / "house", free_port())
        house.furnish()
        house.flask("people", "grant", "hana@beispiel.example", "operator:beispiel-eg")
        house.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                all_series = [Series(folder, size, scheme, arguments[1:]) for size in SIZES for scheme in SCHEMES]
                for series in all_series:
                    _take(browser, house.url, series)
                # Only now, because it fills the pages of the others too.
                kept = keep(playwright, house.url, SPACE, zone_where_it_is_ten())
                for series in all_series:
                    _take_keepers(browser, house.url, series, kept)
                _render_sheets(playwright, house.url, Series(folder, "A4", "print", arguments[1:]))
                browser.close()
        finally:
            house.stop()
    if not arguments[1:]:
        _refresh(folder)


def _context(browser: Browser, url: str, series: Series) -> BrowserContext:
    is_phone = series.size == "phone"
    return browser.new_context(
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


def _take(browser: Browser, url: str, series: Series) -> None:
    context = _context(browser, url, series)
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


def _take_keepers(browser: Browser, url: str, series: Series, kept: Kept) -> None:
    """Take the pages of hosts and officers, all of each page: who keeps a space reads to the end."""
    for who in KEEPERS:
        context = _context(browser, url, series)
        context.request.post("/demo/anmelden", form={"person": who})
        page = context.new_page()
        for address in pages.addresses(kept)[who]:
            series.open_and_keep(page, f"{who}-{NO_WORD.sub('-', address).strip('-')}", address, full_page=True)
        if who == "hana":
            set_up_board(page)
            series.keep(page, "hana-heute")
        context.close()


def _render_sheets(playwright: Playwright, url: str, series: Series) -> None:
    """Draw the sheets that hosts print."""
    with signed_in(playwright, url, "hana") as hana:
        for name in ("tagesblatt", "schild"):
            pdf = pypdfium2.PdfDocument(hana.get(f"{pages.HOSTED}/{name}.pdf").body())
            series.save(pdf[0].render(scale=2).to_pil(), name)


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
    page.goto(f"/buchungen/{uuid}/absagen")  # also when no picture of it is wanted
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
