"""One visit to every page: opened once by each who sees something there, and looked at in every way before the next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import pages
from tests.browser.house import SPACE
from tests.browser.keeping import Kept
from tests.browser.walking import walk

ALL: dict[str, Any] = {"resultTypes": ["violations"]}
# What a colour scheme can change; the rest of a page is the same in the dark.
COLOURS = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
PHONE = {"width": 390, "height": 844}
# The smallest phone, also for somebody who reads at twice the size, and a tablet held either way.
WIDTHS = ((360, 740, "100%"), (360, 740, "200%"), (800, 1280, "100%"), (1280, 800, "100%"))
# How far the page sticks out, and what holds more than it shows; days in a row are meant to be pushed.
TOO_WIDE = """() => {
  const page = document.documentElement;
  const found = page.scrollWidth > page.clientWidth ? [`page by ${page.scrollWidth - page.clientWidth}`] : [];
  for (const one of document.querySelectorAll("body *:not(.days)")) {
    const isPushed = ["auto", "scroll"].includes(getComputedStyle(one).overflowX);
    if (isPushed && one.scrollWidth > one.clientWidth + 1) found.push(`${one.tagName.toLowerCase()}.${one.className}`);
  }
  return found;
}"""


@dataclass(frozen=True)
class Visit:
    """What was found when somebody opened a page."""

    visitor: str
    asked: str
    reached: str
    axe: list[str]
    sideways: list[str]
    keyboard: list[str]

    @property
    def is_elsewhere(self) -> bool:
        asked = pages.LEADS_TO.get(self.asked, self.asked)
        return self.reached.split("?")[0] != asked.split("?")[0]


def visit_all(visitor: str, context: BrowserContext, kept: Kept) -> list[Visit]:
    """Open every page of a visitor in their browser."""
    found = []
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    for address in pages.addresses(kept)[visitor]:
        page.goto(address)
        found.append(_look(page, visitor, address))
    if visitor == "stranger":
        _ask_for_code(page)
        found.append(_look(page, visitor, pages.REACHED_BY_ASKING))
    if visitor == "hana":
        set_up_board(page)
        found.append(_look(page, visitor, pages.HOSTED))
    page.close()
    return found


def _ask_for_code(page: Page) -> None:
    page.goto("/anmelden")
    page.locator("main input[type=email]").fill("neu@beispiel.example")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**{pages.REACHED_BY_ASKING}*")


def set_up_board(page: Page) -> None:
    """Let a device record for the space, and wait until it shows who comes today."""
    page.goto(f"/gastgeber/{SPACE}")
    page.get_by_role("button", name="Gerät einrichten").click()
    page.locator("[data-ui=guest]").first.wait_for()
    page.reload()  # Tab begins at the top again
    page.locator("[data-ui=guest]").first.wait_for()


def _look(page: Page, visitor: str, asked: str) -> Visit:
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    reached = page.url.partition("//")[2].partition("/")
    wrong = axe(page)
    page.emulate_media(color_scheme="dark")
    wrong += [f"{finding} (dark)" for finding in axe(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    return Visit(visitor, asked, f"/{reached[2]}", wrong, sideways(page), walk(page))


def axe(page: Page, options: dict[str, Any] = ALL) -> list[str]:
    """Let axe look at a page as it is now. Returns what it finds."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate(f"axe.run({json.dumps(options)})")["violations"]
    return [f"{page.url}: {each['id']} {each['nodes'][0]['html'][:120]}" for each in found]


def sideways(page: Page) -> list[str]:
    """Look at a page in all widths. Returns what would have to be pushed sideways."""
    found = []
    for width, height, text in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", "" if text == "100%" else text)
        found += [f"{page.url}: {each} ({width} px, text {text})" for each in page.evaluate(TOO_WIDE)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(PHONE)
    return found
