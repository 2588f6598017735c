"""Tables put in order by the heads of their columns: by keyboard, on a phone too, and as they are without scripts."""

from __future__ import annotations

from playwright.sync_api import Page, expect

PEOPLE = "/arbeitgeber/beispiel-acme/leute"
BY_NAME = ["Ana", "Ben", "Dora", "Emil", "Fina", "Georg", "Ida", "Jan"]


def _names(page: Page) -> list[str]:
    return [text.removesuffix(" Beispiel") for text in page.locator("tbody th").all_inner_texts()]


def test_a_table_is_turned_by_keyboard_and_says_how_it_stands(phone):
    phone.sign_in("paula")
    page = phone.open(PEOPLE)
    head, button = page.locator("th[data-sort]").first, page.locator("th .sort").first
    expect(button).to_be_visible()
    assert _names(page) == BY_NAME
    button.focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Space")
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(button).to_be_focused()
    assert _names(page) == BY_NAME[::-1]
    page.locator("th .sort").nth(1).click()
    expect(page.locator("th[data-sort]").nth(1)).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("[aria-sort]")).to_have_count(1)
    assert _names(page) == BY_NAME


def test_without_scripts_the_table_is_as_the_server_wrote_it(phone):
    phone.changes["java_script_enabled"] = False
    phone.stop()
    phone.start()
    assert phone.context.request.post("/demo/anmelden", form={"person": "paula"}).ok
    page = phone.open(PEOPLE)
    assert _names(page) == BY_NAME
    expect(page.locator("th button")).to_have_count(0)
