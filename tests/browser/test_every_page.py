"""Every page for everybody: axe finds nothing, nothing is too wide, nothing jumps, and the first one is small."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser import pages, visiting

# Layout shift since the page began, as browsers count it.
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 500);
})"""


# Who asks first for a visitor's pages waits until all of them were opened.
pytestmark = pytest.mark.timeout(600)
of_each_visitor = pytest.mark.parametrize("visitor", pages.VISITORS)


@of_each_visitor
def test_axe_finds_nothing(visits, visitor):
    assert [finding for visit in visits(visitor) for finding in visit.axe] == []


@of_each_visitor
def test_nothing_scrolls_sideways(visits, visitor):
    assert [finding for visit in visits(visitor) for finding in visit.sideways] == []


@of_each_visitor
def test_nobody_is_sent_elsewhere(visits, visitor):
    """What leads to another page was not looked at itself."""
    assert [f"{visit.asked} led to {visit.reached}" for visit in visits(visitor) if visit.is_elsewhere] == []


def test_every_page_of_hosts_and_officers_is_visited():
    """The control: pages that only they may open are theirs, and nothing that is a page is left out."""
    found = pages.rules()
    assert [found[f"/gastgeber/<slug>/{name}"] for name in ("woche", "oeffnung", "schliessen")] == ["hana"] * 3
    assert (found["/kreis/orte"], found["/profil"], found["/hilfe"]) == ("kari", "ana", "stranger")
    assert len(found) >= 50


def test_axe_sees_what_is_wrong(look):
    """The control: a picture without words is found, and letters that only the dark makes too pale."""
    page = look("stranger", "/hilfe")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/x.png\">')")
    assert any("image-alt" in finding for finding in visiting.axe(page))
    page.evaluate("document.querySelector('main p').style.color = '#545f59'")
    page.emulate_media(color_scheme="dark")
    assert any("color-contrast" in finding for finding in visiting.axe(page, visiting.COLOURS))


def test_what_is_too_wide_is_found(look):
    """The control: something that stands out, and something that hides what it holds."""
    page = look("stranger", "/hilfe")
    assert visiting.sideways(page) == []
    page.evaluate("document.querySelector('main p').style.width = '1400px'")
    assert len(visiting.sideways(page)) >= len(visiting.WIDTHS)
    page.goto("/hilfe")
    page.evaluate("document.querySelector('main').style.overflowX = 'auto'")
    page.evaluate("document.querySelector('main p').style.width = '1400px'")
    assert any("main" in finding for finding in visiting.sideways(page))


def _loaded(phone, address: str, last: str) -> tuple[Page, dict[str, float]]:
    """Open a page for the first time, until `last` is there.

    Returns it and the bytes of its answers, without those to the service worker.
    """
    page = phone.context.new_page()
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    session = phone.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(address)
    page.wait_for_load_state("load")
    page.locator(last).first.wait_for()
    page.wait_for_timeout(500)
    return page, {names[each]: size for each, size in sizes.items() if names[each].startswith("http")}


def test_the_first_load_is_small_and_still(phone):
    page, sizes = _loaded(phone, "/", "main")
    assert 3 <= len(sizes) <= 15, sizes
    assert 10_000 < sum(sizes.values()) <= 60_000, sizes
    assert page.evaluate(SHIFT) == 0


def test_the_first_load_of_my_bookings_is_small(phone):
    assert phone.context.request.post("/demo/anmelden", form={"person": "ana"}).ok
    _, sizes = _loaded(phone, "/meine", "[data-ui=booking]")
    assert 8 <= len(sizes) <= 15, "\n".join(sorted(sizes))
    assert 10_000 < sum(sizes.values()) <= 60_000, sizes
