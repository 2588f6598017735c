"""The installed app at a door without network, on a phone with a quarter of this machine's processor.

Start: a browser that was just started opens /meine; the time runs from the beginning of the navigation until a
booking is painted (the same module has then made the scan button work). The server is down, the browser offline.

Scan: a camera looks at the printed sign all the time. The time runs from the moment in which the camera took the first
picture that reached the video element until "Gespeichert" is painted. The code is in the picture from the beginning,
so loading the reader counts where it comes later than the picture.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect, sync_playwright

from bench import slow
from tests.browser import camera
from tests.browser.conftest import Phone
from tests.browser.house import SPACE, House

ROUNDS = 5
# Both moments are noted in the page, by its own clock; two frames later they are on the screen.
WATCH = """
const painted = (name) => requestAnimationFrame(() => requestAnimationFrame(() => {
  document.documentElement.dataset[name] ??= String(performance.now());
}));
const look = () => {
  if (document.querySelector("[data-ui=booking]")) painted("usable");
  if (document.querySelector("[data-ui=checkin-state][data-state=saved]")) painted("saved");
};
new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
document.addEventListener("loadstart", ({ target }) => target.requestVideoFrameCallback((now, { captureTime }) => {
  document.documentElement.dataset.seen ??= String(captureTime ?? now);
}), true);
"""
CONTROLLED = """() => new Promise((done) => {
  const told = () => navigator.serviceWorker.controller && done(true);
  navigator.serviceWorker.addEventListener("controllerchange", told);
  navigator.serviceWorker.ready.then(told);
})"""


@dataclass(frozen=True)
class Door:
    """One visit: milliseconds until usable and from picture to "Gespeichert", and how many times slower all was."""

    start: float
    scan: float
    slowed: float


def run(house: House, say: Callable[[str], None]) -> list[Door]:
    """Install the app and book, with the house open; then take the network away and measure."""
    film = camera.film_of_sign(house.folder / "sign.pdf", house.folder / "sign.mjpeg", unseen=0)
    with sync_playwright() as playwright:
        installed = house.folder / "phone"
        _install(Phone(playwright, installed, house.url))
        house.stop()
        found = []
        for number in range(ROUNDS):
            found.append(_visit(playwright, house, installed, film, number))
            start, scan, slowed = found[-1].start, found[-1].scan, found[-1].slowed
            say(f"offline: usable after {start:.0f} ms, saved after {scan:.0f} ms, slowed {slowed:.1f} times")
        return found


def _install(phone: Phone) -> None:
    phone.start()
    page = phone.sign_in("ana")
    form = f"/orte/{SPACE}/buchen"
    page.goto(form)
    today = page.locator("input[name=date]").first.get_attribute("value")
    page.goto(f"{form}?date={today}&period=day")
    page.get_by_role("button", name="Platz buchen").click()
    page.wait_for_url("**/meine?neu=*")
    expect(page.locator("[data-ui=booking]").first).to_be_visible()
    page.evaluate(CONTROLLED)
    page.goto("/meine")
    expect(page.locator("[data-ui=booking]").first).to_be_visible()
    page.wait_for_timeout(3_000)  # the first cache is whole, and the browser has written what it keeps
    phone.stop()


def _visit(playwright: Playwright, house: House, installed: Path, film: Path, number: int) -> Door:
    """Each visit begins with the same phone, on which nobody has scanned yet."""
    profile = house.folder / f"phone-{number}"
    shutil.copytree(installed, profile, ignore=shutil.ignore_patterns("Singleton*"))
    phone = Phone(playwright, profile, house.url, film)
    context = phone.start()
    context.set_offline(True)
    context.add_init_script(WATCH)
    try:
        page = context.pages[0]
        slowed = slow.factor(page, profile)
        with slow.slowed(profile):
            page.goto("/meine")
            start = _moment(page, "usable")
            page.locator("[data-ui=scan-open]").click()
            saved = _moment(page, "saved")
            seen = _moment(page, "seen")
        return Door(start, saved - seen, slowed)
    finally:
        phone.stop()
        shutil.rmtree(profile)


def _moment(page: Page, name: str) -> float:
    found = page.locator(f"html[data-{name}]").get_attribute(f"data-{name}")
    assert found is not None
    return float(found)
