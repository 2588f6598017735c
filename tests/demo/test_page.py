"""The cast on one page, and what the door refuses."""

import dataclasses

import pytest

from app import create_app
from app.demo.cast import CAST


@pytest.fixture
def real_client(app, tmp_path):
    """A client of the same installation when it is no demo."""
    settings = dataclasses.replace(app.config["NAHPLATZ"], demo=False)
    return create_app(settings).test_client()


@pytest.mark.parametrize("form", [{}, {"person": ""}, {"person": "nobody"}, {"person": "ana\0"}])
def test_an_unknown_person_is_refused(client, cast, form):
    answer = client.post("/demo/anmelden", data=form)
    assert answer.status_code == 422
    assert "Such dir eine der Personen" in answer.text


def test_a_foreign_page_is_refused(client, cast):
    answer = client.post("/demo/anmelden", data={"person": "ana"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_the_page_shows_everybody_in_the_visitors_language(client, cast):
    page = client.get("/demo")
    assert page.status_code == 200
    for member in CAST:
        assert member.name in page.text
        assert member.sentence in page.text


@pytest.mark.parametrize(("method", "path"), [("GET", "/demo"), ("POST", "/demo/anmelden")])
def test_outside_the_demo_there_is_no_such_door(real_client, cast, method, path):
    answer = real_client.open(path, method=method, data={"person": "ana"} if method == "POST" else None)
    assert answer.status_code == 404
