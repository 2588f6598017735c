"""The shell is the same for everybody: phones keep it and fill it from what they have."""

import json
import re

import pytest

from app import assets

PAGES = ["/meine", "/c/00WVZRRVBX8JJTKHD3T0", "/C/00WVZRRVBX8JJTKHD3T0", "/C/00WVZRRVBX8JJTKHD3T0/12345678", "/c/x"]


@pytest.mark.parametrize("page", PAGES)
def test_it_is_the_same_for_strangers_and_for_people(page, client, as_):
    stranger, ana = client.get(page), as_("ana").get(page)
    assert (stranger.status_code, ana.status_code) == (200, 200)
    assert stranger.text == ana.text
    assert "Ana" not in ana.text


@pytest.mark.parametrize("page", PAGES)
def test_no_address_shows_in_it(page, client):
    assert client.get(page).text == client.get("/meine").text


def test_it_speaks_the_language_of_the_phone(client):
    assert '<html lang="de">' in client.get("/meine").text
    assert '<html lang="en">' in client.get("/meine", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("language", ["de", "en"])
def test_phones_keep_one_per_language(language, app, client):
    address = assets.url(f"shell.{language}.html")
    kept = client.get(address, buffered=True)
    assert kept.status_code == 200
    assert kept.text == client.get("/meine", headers={"Accept-Language": language}).text
    listing = json.loads(client.get(assets.url("precache.json"), buffered=True).text)
    assert address in listing["urls"]


def test_it_loads_the_app_and_nothing_inline_runs(client):
    text = client.get("/meine").text
    assert re.search(r'<script type="module" src="/assets/[0-9a-f]+/pwa/meine\.js">', text)
    assert set(re.findall(r"<script type=\"([^\"]+)\"", text)) == {"module", "application/json"}
