"""Everything by keyboard: every page is walked with Tab, and the main job is done without a pointer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import SPACE

PUBLIC = ("/", "/orte", f"/orte/{SPACE}", "/anmelden", "/demo", "/hilfe", "/impressum", "/datenschutz",
          "/barrierefreiheit", "/meine", "/gibt-es-nicht")  # fmt: skip
SIGNED_IN = ("/?town=nottuln", f"/orte/{SPACE}/buchen", "/meine", "/profil", "/profil/vergangen")
MOST = 200
# What can be operated and is on the screen; of a group of radio buttons Tab stops at one.
MARK = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const isThere = (one) => one.checkVisibility() && !one.disabled && one.type !== "hidden";
  const seen = all.filter((one) => isThere(one) && !one.closest("[aria-hidden=true]"));
  const groups = new Map();
  for (const one of seen) if (one.type === "radio" && (one.checked || !groups.has(one.name))) groups.set(one.name, one);
  const stops = seen.filter((one) => one.type !== "radio" || groups.get(one.name) === one);
  stops.forEach((one, number) => {
    one.dataset.stop = number;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    one.dataset.plain = [outlineStyle, outlineWidth, boxShadow].join();
  });
  const words = (one) => [one.tagName, one.getAttribute("href") ?? one.name, one.textContent.trim().slice(0, 30)];
  return stops.map((one) => words(one).join(" "));
}"""
# A card-like control shows the ring on its label, because the box itself is not drawn.
HERE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || !one.dataset.stop) return null;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
  const label = one.labels?.[0] && getComputedStyle(one.labels[0]);
  const isRinged = [outlineStyle, outlineWidth, boxShadow].join() !== one.dataset.plain;
  return [Number(one.dataset.stop), isRinged || (label !== undefined && label.outlineStyle !== "none")];
}"""


def _walk(page: Page, key: str = "Tab") -> tuple[list[str], list[int], list[int]]:
    """Press `key` until it comes round. Returns all stops, the order of those reached, and those without a ring."""
    stops = page.evaluate(MARK)
    order: list[int] = []
    bare: list[int] = []
    away = 0
    for _ in range(MOST):
        page.keyboard.press(key)
        here = page.evaluate(HERE)
        if here is None:
            away += 1
            if away > 2:
                break
            continue
        number, has_ring = here
        if number in order:
            break
        order.append(number)
        if not has_ring:
            bare.append(number)
    return stops, order, bare


def _findings(page: Page) -> list[str]:
    stops, order, bare = _walk(page)
    found = [f"{page.url}: not reached: {stops[n]}" for n in range(len(stops)) if n not in order]
    found += [f"{page.url}: no ring: {stops[n]}" for n in bare]
    if order != sorted(order):
        found.append(f"{page.url}: out of order: {[stops[n] for n in order]}")
    return found


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


def test_every_page_is_walked_in_order_with_a_visible_ring(desk):
    findings = []
    for address in PUBLIC:
        desk.goto(address)
        desk.wait_for_load_state("networkidle")
        findings += _findings(desk)
    _choose_ana(desk)
    for address in SIGNED_IN:
        desk.goto(address)
        desk.wait_for_load_state("networkidle")
        findings += _findings(desk)
    assert findings == []


@pytest.fixture
def desk(phone):
    page = phone.context.new_page()
    page.emulate_media(reduced_motion="reduce")
    return page


def test_what_cannot_be_reached_is_found(desk):
    """The control: an element that Tab leaves out, and one whose ring was taken away."""
    desk.goto("/hilfe")
    desk.evaluate("document.querySelector('main a').tabIndex = -1")
    assert any("not reached" in finding for finding in _findings(desk))
    desk.goto("/hilfe")
    desk.evaluate("document.querySelector('main a').style.outline = '0'")
    assert any("no ring" in finding for finding in _findings(desk))


def test_the_skip_link_and_the_way_back(desk):
    desk.goto("/orte")
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
