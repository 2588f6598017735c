"""What is there to be passed on is copied with one tap; sentences above a form lead to its fields."""

from __future__ import annotations

from playwright.sync_api import Page, expect

INVITING = "/arbeitgeber/beispiel-acme/einladen"


def _make_link(page: Page) -> None:
    page.get_by_label("Wie viele Personen dürfen ihn benutzen?").fill("3")
    page.get_by_role("button", name="Link machen").click()


def test_a_link_is_copied_with_one_tap(phone):
    phone.sign_in("paula")
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = phone.open(INVITING)
    _make_link(page)
    page.get_by_role("button", name="Kopieren").click()
    expect(page.get_by_text("Kopiert.")).to_be_visible()
    link = page.locator("#link").input_value()
    assert "/arbeitgeber/einladung/" in link
    assert page.evaluate("navigator.clipboard.readText()") == link


def test_a_browser_that_refuses_says_what_to_do(phone):
    phone.sign_in("paula")
    page = phone.open(INVITING)
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    _make_link(page)
    page.get_by_role("button", name="Kopieren").click()
    expect(page.get_by_text("ließ sich nicht kopieren")).to_be_visible()
    marked = "[document.activeElement.id, document.activeElement.selectionEnd > 20]"
    assert page.evaluate(marked) == ["link", True]


def test_a_sentence_above_a_form_leads_to_its_field(phone):
    phone.sign_in("paula")
    page = phone.open(INVITING)
    page.get_by_role("button", name="Link machen").click()
    way = page.locator("[data-ui=problem] a[href='#most']")
    way.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#most")).to_be_focused()
    expect(page.locator("#most")).to_be_in_viewport()
