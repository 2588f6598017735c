"""Every page for everybody: axe finds nothing, nothing jumps, and the first one is small."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.house import SPACE

PUBLIC = ("/", "/orte", f"/orte/{SPACE}", "/anmelden", "/demo", "/hilfe", "/impressum", "/datenschutz",
          "/barrierefreiheit", "/meine", "/gibt-es-nicht")  # fmt: skip
SIGNED_IN = ("/?town=nottuln", f"/orte/{SPACE}/buchen", "/meine", "/profil", "/profil/vergangen")
# Layout shift since the page began, as browsers count it.
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 500);
})"""


def _findings(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {each['id']} {each['nodes'][0]['html'][:120]}" for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(phone, scheme):
    page = phone.context.new_page()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    findings = []
    for address in PUBLIC:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        findings += _findings(page)
    page.goto("/demo")
    page.locator("button[value=ana], form:has(input[value=ana]) button").first.click()
    page.wait_for_url("**/meine*")
    for address in SIGNED_IN:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        findings += _findings(page)
    assert findings == []


def test_axe_sees_what_is_wrong(phone):
    """The control: a picture without words is found."""
    page = phone.open("/hilfe")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/x.png\">')")
    assert any("image-alt" in finding for finding in _findings(page))


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


@pytest.mark.parametrize("address", ["/", "/meine", f"/orte/{SPACE}"])
def test_nothing_scrolls_sideways_on_the_smallest_phone_at_twice_the_text(phone, address):
    page = phone.context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
