"""Browser tests: a phone with a camera, and a house it can lose sight of."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser import camera, pages
from tests.browser.house import SPACE, House, free_port, zone_where_it_is_ten
from tests.browser.keeping import QUIET_TOWN, Kept, keep
from tests.browser.visiting import Visit, visit_all

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Milliseconds; a machine that does other things besides is slow, not wrong.
PATIENCE = 20_000
DEVICE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "de-DE",
    "timezone_id": "Europe/Berlin",
}
# Waits until the service worker has the page, by itself: asking again and again is eval(), which pages forbid.
CONTROLLED = """() => new Promise((done) => {
  const told = () => navigator.serviceWorker.controller && done(true);
  navigator.serviceWorker.addEventListener("controllerchange", told);
  navigator.serviceWorker.ready.then(told);
})"""


@dataclass
class Phone:
    """A phone with an installed browser: what it stores survives that the browser is closed."""

    playwright: Playwright
    folder: Path
    url: str
    film: Path | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    context: BrowserContext | None = None

    def start(self) -> BrowserContext:
        flags = FLAGS + self.flags
        if self.film is not None:
            flags += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
            flags.append(f"--use-file-for-fake-video-capture={self.film}")
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder, executable_path=CHROMIUM, args=flags, headless=True, base_url=self.url, **DEVICE | self.changes
        )
        self.context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        return self.context

    def open(self, address: str) -> Page:
        """Open a new page, as from the home screen."""
        assert self.context is not None
        page = self.context.new_page()
        page.goto(address)
        return page

    def sign_in(self, person: str) -> Page:
        """Sign somebody in and open their bookings."""
        page = self.open("/demo")
        page.locator(f"button[name=person][value={person}], form:has(input[value={person}]) button").first.click()
        page.wait_for_url(re.compile("/meine|/gastgeber|/kreis|/arbeitgeber"))
        if "/meine" not in page.url:  # hosts begin at their spaces; here they are commuters first
            page.goto("/meine")
        return page

    def restart(self) -> BrowserContext:
        """Close the browser altogether and open it again."""
        self.stop()
        return self.start()

    def stop(self) -> None:
        if self.context is not None:
            self.context.close()
            self.context = None


@pytest.fixture(autouse=True)
def now() -> None:
    """Browsers and their server live in real time."""


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("house") / "template", free_port())
    house.furnish()
    return house


@pytest.fixture(scope="session")
def film(furnished: House) -> Path:
    return camera.film_of_sign(furnished.folder / "sign.pdf", furnished.folder.parent / "sign.mjpeg")


@pytest.fixture(scope="session")
def kept(furnished: House, chromium: Playwright) -> Iterator[tuple[House, Kept]]:
    """A house full of what hosts keep, for all tests that only look."""
    house = furnished.copy_to(furnished.folder.parent / "kept")
    house.port = free_port()
    house.flask("people", "grant", "hana@beispiel.example", "operator:beispiel-eg")
    house.flask("people", "grant", "hugo@beispiel.example", f"town:{QUIET_TOWN}")
    house.start()
    try:
        yield house, keep(chromium, house.url, SPACE, zone_where_it_is_ten())
    finally:
        house.stop()


@pytest.fixture
def house(furnished: House, tmp_path: Path) -> Iterator[House]:
    house = furnished.copy_to(tmp_path / "house")
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def phone(chromium: Playwright, house: House, tmp_path: Path) -> Iterator[Phone]:
    """A phone without a camera."""
    phone = Phone(chromium, tmp_path / "phone", house.url)
    phone.start()
    yield phone
    phone.stop()


@pytest.fixture
def camera_phone(chromium: Playwright, house: House, film: Path, tmp_path: Path) -> Iterator[Phone]:
    """A phone whose camera looks at the printed sign."""
    phone = Phone(chromium, tmp_path / "phone", house.url, film)
    phone.start()
    yield phone
    phone.stop()


@pytest.fixture(scope="session")
def looking(chromium: Playwright, kept: tuple[House, Kept]) -> Iterator[dict[str, BrowserContext]]:
    """One browser, and in it a window for each visitor of the pages, signed in. For tests that change nothing."""
    browser = chromium.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    contexts = {}
    for visitor in pages.VISITORS:
        context = contexts[visitor] = browser.new_context(base_url=kept[0].url, **DEVICE)
        context.set_default_timeout(PATIENCE)
        if visitor != "stranger":
            assert context.request.post("/demo/anmelden", form={"person": visitor}).ok
    expect.set_options(timeout=PATIENCE)
    yield contexts
    browser.close()


@pytest.fixture
def look(looking: dict[str, BrowserContext]) -> Iterator[Callable[[str, str], Page]]:
    """Open a page in a visitor's window: `look("hana", "/gastgeber")`."""
    opened = []

    def open_page(visitor: str, address: str) -> Page:
        page = looking[visitor].new_page()
        opened.append(page)
        page.emulate_media(reduced_motion="reduce")
        page.goto(address)
        return page

    yield open_page
    for page in opened:
        page.close()


@pytest.fixture(scope="session")
def visits(looking: dict[str, BrowserContext], kept: tuple[House, Kept]) -> Callable[[str], list[Visit]]:
    """Return what was found on all pages of a visitor: `visits("hana")`. Who asks first waits for the visit."""
    return functools.cache(lambda visitor: visit_all(visitor, looking[visitor], kept[1]))
