"""Browser tests: a phone with a camera, and a house it can lose sight of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser import camera
from tests.browser.house import House, free_port

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
        page = self.open("/demo")
        page.locator(f"button[name=person][value={person}], form:has(input[value={person}]) button").first.click()
        page.wait_for_url("**/meine*")
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
