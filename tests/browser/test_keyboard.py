"""Everything by keyboard: every page is walked with Tab, and the main job is done without a pointer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import pages
from tests.browser.house import SPACE
from tests.browser.walking import MOST, walk


def _choose_ana(page: Page) -> None:
    page.goto("/demo")
    _tab_to(page, "button[value=ana], form:has(input[value=ana]) button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/meine*")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until what `selector` names has the focus."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")


@pytest.mark.timeout(600)  # whoever asks first waits until all pages were opened
@pytest.mark.parametrize("visitor", pages.VISITORS)
def test_every_page_is_walked_in_order_with_a_visible_ring(visits, visitor):
    assert [finding for visit in visits(visitor) for finding in visit.keyboard] == []


@pytest.fixture
def desk(phone):
    page = phone.context.new_page()
    page.emulate_media(reduced_motion="reduce")
    return page


def test_what_cannot_be_reached_is_found(look):
    """The control: an element that Tab leaves out, and one whose ring was taken away."""
    page = look("stranger", "/hilfe")
    page.evaluate("document.querySelector('main a').tabIndex = -1")
    assert any("not reached" in finding for finding in walk(page))
    page.goto("/hilfe")
    page.evaluate("document.querySelector('main a').style.outline = '0'")
    assert any("no ring" in finding for finding in walk(page))


def test_the_skip_link_and_the_way_back(look):
    desk = look("stranger", "/orte")
    desk.keyboard.press("Tab")
    expect(desk.locator(".skip")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.closest('main') !== null")
    desk.keyboard.press("Shift+Tab")
    desk.keyboard.press("Shift+Tab")
    assert desk.evaluate("document.activeElement.closest('main') === null || document.activeElement.id === 'inhalt'")


def test_the_scanner_closes_by_escape_and_gives_the_focus_back(desk):
    _choose_ana(desk)
    _tab_to(desk, "[data-ui=scan-open]")
    desk.keyboard.press("Enter")
    expect(desk.locator("dialog[data-ui=scanner]")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("dialog[data-ui=scanner]")).to_have_count(0)
    expect(desk.locator("[data-ui=scan-open]")).to_be_focused()


def test_the_main_job_by_keyboard_alone(desk):
    _choose_ana(desk)
    desk.goto(f"/orte/{SPACE}")
    _tab_to(desk, "a.time[href*='period=morning']")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/buchen*")
    _tab_to(desk, "a.segment[href*='period=afternoon']")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**period=afternoon*")
    _tab_to(desk, "form[data-ui=book] button[type=submit]")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("/meine"))
    expect(desk.get_by_role("heading", name="Gebucht!")).to_be_focused()
    _tab_to(desk, "[data-ui=code-details] summary")
    desk.keyboard.press("Space")
    _tab_to(desk, "#code")
    desk.keyboard.type("AAAA-AAAA-A")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-ui=moment] [role=alert]")).to_be_visible()
    _tab_to(desk, "[data-ui=booking] [data-ui=cancel]")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/absagen")
    _tab_to(desk, "main form button[type=submit]")
    desk.keyboard.press("Enter")
    # It stays, and offers the way back.
    line = desk.locator("[data-ui=cancelled]")
    expect(line).to_contain_text("Abgesagt:")
    expect(line.get_by_role("link", name="Wieder buchen")).to_be_visible()
