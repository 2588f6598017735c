"""Photos: uploaded, described, put in order, deleted, and shown to everybody."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.hosting.routes import photos
from app.spaces import queries as spaces
from app.spaces.models import Photo

PAGE = "/gastgeber/wagen/fotos"


def _file(colour="teal", size=(400, 300)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def upload(hana):
    def upload(content, alt="Zwei Tische am Fenster", client=hana):
        return client.submit(PAGE, {"photo": (io.BytesIO(content), "../../foto.svg"), "alt": alt})

    return upload


def _count(db):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Photo))


def test_a_photo_is_shown_with_its_words_and_room_kept_for_it(upload, client, wagen, acts):
    assert upload(_file()).location == PAGE
    page = client.get("/orte/wagen").text
    tag = re.search(r"<img[^>]+>", page)[0]
    assert 'alt="Zwei Tische am Fenster"' in tag
    assert 'width="400" height="300"' in tag
    answer = client.get(re.search(r'src="([^"]+)"', tag)[1])
    assert (answer.status_code, answer.content_type) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.data)).size == (400, 300)
    assert acts() == ["add_photo"]


def test_a_photo_of_another_space_or_none_is_not_there(upload, client, wagen):
    upload(_file())
    digest = spaces.photos(wagen.id)[0].digest
    assert client.get(f"/orte/anderswo/fotos/{digest}.webp").status_code == 404
    assert client.get(f"/orte/wagen/fotos/{digest[:-1]}.webp").status_code == 404
    assert client.get(f"/orte/wagen/fotos/{digest}").status_code == 404


def test_photos_of_a_space_that_is_not_public_are_not_either(upload, client, wagen, db):
    upload(_file())
    digest = spaces.photos(wagen.id)[0].digest
    db.session.merge(wagen).state = "applied"
    db.session.commit()
    assert client.get(f"/orte/wagen/fotos/{digest}.webp").status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Wähl bitte ein Foto aus."),
        (b"no picture", "JPEG, PNG oder WebP"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "JPEG, PNG oder WebP"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_sentence_and_nothing_is_stored(upload, wrong, db, acts, content, words):
    answer = upload(content, alt="bleibt <stehen>")
    assert answer.status_code == 422
    assert words in wrong(answer, "photo")
    assert "bleibt &lt;stehen&gt;" in answer.text
    assert (_count(db), acts()) == (0, [])


def test_forty_megapixels_are_refused_with_a_sentence(upload, wrong, db):
    answer = upload(_file(size=(8000, 5000)))
    assert (answer.status_code, "25 Millionen" in wrong(answer, "photo"), _count(db)) == (422, True, 0)


def test_twelve_megabytes_are_the_limit(upload, hana, wrong, db, monkeypatch):
    said = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(13 * 1024 * 1024)}
    assert hana.post(PAGE, environ_overrides=said).status_code == 413
    monkeypatch.setattr(photos, "LARGEST_FILE", 1000)
    answer = upload(_file())
    assert (answer.status_code, "12 Megabyte" in wrong(answer, "photo"), _count(db)) == (422, True, 0)


def test_without_words_for_those_who_do_not_see_it_nothing_is_stored(upload, wrong, db):
    answer = upload(_file(), alt=" ")
    assert (answer.status_code, bool(wrong(answer, "alt")), _count(db)) == (422, True, 0)


def test_the_same_photo_twice_and_the_thirteenth_are_refused(upload, db):
    colours = [(10 * n, 255 - 10 * n, 99) for n in range(13)]
    for colour in colours[:12]:
        assert upload(_file(colour)).status_code == 303
    assert "gibt es hier schon" in upload(_file(colours[0])).text
    assert "Mehr als 12 Fotos" in upload(_file(colours[12])).text
    assert _count(db) == 12


def test_photos_are_put_in_order_described_anew_and_deleted(upload, hana, client, wagen, acts, wrong):
    upload(_file("red"), "Rot")
    upload(_file("blue"), "Blau")
    first, second = spaces.photos(wagen.id)
    hana.submit(f"{PAGE}/{second.id}", {"do": "first"})
    hana.submit(f"{PAGE}/{first.id}", {"alt": "Rot am Abend"})
    assert [photo.alt for photo in spaces.photos(wagen.id)] == ["Blau", "Rot am Abend"]
    refused = hana.submit(f"{PAGE}/{first.id}", {"alt": ""})
    assert (refused.status_code, bool(wrong(refused, f"alt-{first.id}"))) == (422, True)
    hana.submit(f"{PAGE}/{second.id}", {"do": "delete"})
    assert [photo.alt for photo in spaces.photos(wagen.id)] == ["Rot am Abend"]
    assert "Blau" not in client.get("/orte/wagen").text
    assert acts() == ["add_photo", "add_photo", "order_photos", "describe_photo", "remove_photo"]


def test_strangers_change_no_photo(upload, hugo, as_, wagen, db):
    upload(_file())
    photo = spaces.photos(wagen.id)[0]
    for person in (hugo, as_("ana"), as_("kari")):
        assert upload(_file("red"), client=person).status_code == 404
        assert person.submit(f"{PAGE}/{photo.id}", {"do": "delete"}).status_code == 404
    # Nor by the address of an own space.
    assert hugo.submit(f"/gastgeber/anderswo/fotos/{photo.id}", {"do": "delete"}).status_code == 404
    assert _count(db) == 1
