"""Help, legal pages, the feedback form, the install manifest."""

import dataclasses
import re

import pytest
from PIL import Image
from sqlalchemy import select

from app import assets
from app.messages.models import Message
from app.site import operations
from app.site.routes import legal
from tests.conftest import ROOT

ADDRESS = "/barrierefreiheit"


@pytest.fixture
def write(client):
    """Send the feedback form as a browser would, token included."""

    def send(**fields):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(ADDRESS).text)[1]
        return client.post(ADDRESS, data={"csrf_token": token, "website": "", **fields})

    return send


def _messages(db):
    return db.session.scalars(select(Message)).all()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/hilfe", "Was ist Nahplatz?"),
        ("/impressum", "Impressum"),
        ("/datenschutz", "Datenschutz"),
        ("/barrierefreiheit", "Erklärung zur Barrierefreiheit"),
    ],
)
def test_pages_are_open_to_everybody(get, address, words):
    page = get(address)
    assert page.status == 200
    assert words in page.words


def test_what_the_operator_has_not_told_is_visibly_missing(get):
    assert "fehlt noch" in get("/impressum").words


def test_feedback_goes_to_the_operator(write, client, db, app):
    answer = write(message="Der Knopf ist zu klein.\r\nAuf der Startseite.", name="Ana", email="ana@example.org")
    assert (answer.status_code, answer.location) == (303, "/barrierefreiheit?sent=1")
    [message] = _messages(db)
    assert (message.kind, message.person_id, message.to) == ("feedback", None, app.config["NAHPLATZ"].mail_from)
    assert message.payload == {
        "from_name": "Ana",
        "from_email": "ana@example.org",
        "message": "Der Knopf ist zu klein.\nAuf der Startseite.",
    }
    assert "Deine Nachricht ist angekommen" in client.get(answer.location).text


def test_name_and_address_are_voluntary(write, db):
    assert write(message="Zu klein.").status_code == 303
    assert _messages(db)[0].payload["from_email"] == ""


def test_the_operators_address_comes_first(write, db, app):
    settings = app.config["NAHPLATZ"]
    body = dataclasses.replace(settings.legal_body, email="hilfe@example.org")
    app.config["NAHPLATZ"] = dataclasses.replace(settings, legal_body=body)
    write(message="Zu klein.")
    assert _messages(db)[0].to == "hilfe@example.org"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"message": ""}, "Schreib bitte, was nicht geht."),
        ({"message": " \n\x00 "}, "Schreib bitte, was nicht geht."),
        ({"message": "x" * 4001}, "Das ist zu lang."),
        ({"message": "x", "name": "n" * 101}, "Das ist zu lang."),
        ({"message": "x", "email": "ana"}, "Das ist keine E-Mail-Adresse."),
        ({"message": "x", "email": "a b@example.org"}, "Das ist keine E-Mail-Adresse."),
        ({"message": "x", "email": "a@example.org\nBcc: b@example.org"}, "Das ist keine E-Mail-Adresse."),
    ],
)
def test_bad_input_comes_back_with_what_was_typed(write, db, fields, sentence):
    answer = write(**{"name": "Ana Typed", **fields})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert fields.get("name", "Ana Typed") in answer.text
    assert _messages(db) == []


def test_what_was_typed_is_not_markup(write):
    answer = write(message="", name="<script>x")
    assert "<script>x" not in answer.text
    assert "&lt;script&gt;x" in answer.text


def test_a_machine_falls_into_the_trap_and_does_not_notice(write, db):
    assert write(message="Buy!", website="http://spam.example").status_code == 303
    assert _messages(db) == []


def test_a_form_without_its_token_is_refused(client, db):
    assert client.post(ADDRESS, data={"message": "x"}).status_code == 400
    assert _messages(db) == []


def test_a_flood_of_feedback_is_stopped(write, db, monkeypatch):
    monkeypatch.setattr(operations, "MOST_AN_HOUR", 2)
    assert [write(message="x").status_code for _ in range(3)] == [303, 303, 429]
    assert len(_messages(db)) == 2


def test_too_much_at_once_is_refused(client):
    assert client.post(ADDRESS, data={"message": "x" * 70_000}).status_code == 413


def test_the_manifest_installs_the_app(client):
    answer = client.get("/manifest.webmanifest")
    assert answer.content_type == "application/manifest+json"
    manifest = answer.get_json(force=True)
    assert (manifest["start_url"], manifest["display"], manifest["lang"]) == ("/", "standalone", "de")
    assert {icon["purpose"] for icon in manifest["icons"]} >= {"any", "maskable"}
    for icon in manifest["icons"]:
        assert client.get(icon["src"], buffered=True).status_code == 200
    again = client.get("/manifest.webmanifest", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", ["hilfe", "impressum", "datenschutz", "barrierefreiheit"])
def test_phones_keep_a_copy_in_each_language(client, name, language):
    answer = client.get(assets.url(f"{name}.{language}.html"), buffered=True)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert re.findall(r'name="csrf_token" value="(.+?)"', answer.text) == []


def test_the_copies_are_the_same_at_every_start(app):
    pages = legal.offline_pages(app)
    first = {name: make() for name, make in pages.items()}
    assert first == {name: make() for name, make in pages.items()}


def test_the_pictures_of_the_install_dialog_are_as_large_as_it_says(manifest):
    shown = manifest["screenshots"]
    assert {each["form_factor"] for each in shown} == {"narrow", "wide"}
    for each in shown:
        with Image.open(ROOT / "static" / each["src"].partition("/static/")[2]) as picture:
            assert "{}x{}".format(*picture.size) == each["sizes"], each["src"]


@pytest.fixture
def manifest(client):
    return client.get("/manifest.webmanifest").get_json(force=True)


def test_the_help_says_who_pays_and_where_it_stands(client, as_):
    page = client.get("/hilfe").text.split('id="kosten"')[1].split("</section>")[0]
    for words in ("Du selbst", "Dein Arbeitgeber", "Ein Pilotprogramm", "Beleg", "Anders bezahlen"):
        assert words in page
    where = re.search(r'<a href="([^"]+)">Wer für mich zahlt</a>', page)[1]
    assert "<h1>Wer für mich zahlt</h1>" in as_("ana").get(where).text
