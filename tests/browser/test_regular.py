"""Regular days by keyboard and with axe: choose, see what works, book it, cancel all of it at once."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import visiting
from tests.browser.house import SPACE

ADDRESS = f"/orte/{SPACE}/regelmaessig"


def test_days_are_seen_booked_and_cancelled_at_once(phone):
    page = phone.sign_in("cleo")
    page.goto("/buchungen/absagen")
    before = page.locator("input[name=booking]").count()
    page.goto(f"/orte/{SPACE}")
    page.get_by_role("link", name="Jede Woche am selben Tag kommen").click()
    page.get_by_label("Dienstag").press("Space")
    page.get_by_label("Donnerstag").press("Space")
    page.get_by_label("Wie lange?").select_option("2")
    page.get_by_role("button", name="Tage ansehen").press("Enter")

    preview = page.locator("[data-ui=preview]")
    expect(preview.get_by_role("heading")).to_be_in_viewport()
    assert visiting.axe(page) == []
    assert visiting.sideways(page) == []
    ticked = preview.locator("input[type=checkbox]:checked").count()
    assert ticked >= 2, preview.inner_text()
    preview.get_by_role("button", name="Angehakte Tage buchen").press("Enter")
    page.wait_for_url(re.compile("/meine"))

    page.get_by_role("link", name="Mehrere Tage absagen").click()
    boxes = page.locator("input[name=booking]")
    expect(boxes).to_have_count(before + ticked)
    for number in range(before + ticked):
        boxes.nth(number).press("Space")
    assert visiting.axe(page) == []
    page.get_by_role("button", name="Angehakte absagen").press("Enter")
    expect(page.get_by_text(f"{before + ticked} Buchungen sind abgesagt.")).to_be_visible()
    expect(page.get_by_text("Du hast nichts gebucht")).to_be_visible()
