"""Something is broken: everybody who is signed in can say so, hosts hear of it and settle it."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from app.extensions import db
from app.messages.models import Message
from app.spaces.models import Defect
from tests import factories

FORM = "/orte/wagen/kaputt"
PAGE = "/gastgeber/wagen/maengel"
SAID = "Am Platz 3 geht die Lampe nicht."


def _file(size=(800, 600), kind="JPEG"):
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ana"
    Image.new("RGB", size, "teal").save(file, kind, exif=exif)
    return file.getvalue()


def _send(client, text=SAID, photo=b"", name="photo.jpg"):
    return client.submit(FORM, {"text": text, "photo": (io.BytesIO(photo), name)})


@pytest.fixture
def ana(wagen, as_):
    return as_("ana")


def _defects():
    db.session.rollback()
    return db.session.scalars(select(Defect).order_by(Defect.id)).all()


def test_hosts_hear_of_it_and_not_from_whom(ana, hana, hugo, cast):
    assert _send(ana).status_code == 303
    (told,) = db.session.scalars(select(Message).where(Message.kind == "defect_reported"))
    assert (told.person_id, told.payload["text"], told.payload["has_photo"]) == (cast["hana"], SAID, False)
    assert "Ana" not in str(told.payload)
    page = hana.get(PAGE).text
    assert SAID in page
    assert "Ana Beispiel" not in page
    assert hugo.get(PAGE).status_code == 404


def test_a_photo_is_made_anew_and_goes_when_it_is_settled(ana, hana, hugo, acts):
    assert _send(ana, photo=_file()).status_code == 303
    (defect,) = _defects()
    photo = hana.get(f"{PAGE}/{defect.id}/foto")
    assert (photo.status_code, photo.content_type) == (200, "image/webp")
    assert Image.open(io.BytesIO(photo.data)).format == "WEBP"
    assert b"Camera of Ana" not in photo.data
    for other in (hugo, ana):
        assert other.get(f"{PAGE}/{defect.id}/foto").status_code == 404
        assert other.submit(f"{PAGE}/{defect.id}/erledigt").status_code == 404
    assert hugo.get(f"/gastgeber/anderswo/maengel/{defect.id}/foto").status_code == 404
    assert hugo.submit(f"/gastgeber/anderswo/maengel/{defect.id}/erledigt").status_code == 404
    for _ in range(2):
        assert hana.submit(f"{PAGE}/{defect.id}/erledigt").status_code == 303
    assert acts() == ["settle_defect"]
    assert "erledigt" in hana.get(PAGE).text
    assert hana.get(f"{PAGE}/{defect.id}/foto").status_code == 404


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("photo", [SVG, b"no picture", _file()[:500], _file((7000, 6000), "PNG")])
def test_what_is_no_photo_or_too_large_is_refused_and_nothing_is_kept(ana, wrong, photo):
    answer = _send(ana, photo=photo)
    assert answer.status_code == 422
    assert wrong(answer, "photo")
    assert SAID in answer.text
    assert _defects() == []
    assert db.session.query(Message).count() == 0


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_it_needs_some_words_and_not_too_many(ana, wrong, text):
    answer = _send(ana, text=text)
    assert answer.status_code == 422
    assert wrong(answer, "text")
    assert _defects() == []


def test_what_no_keyboard_types_is_left_out(ana):
    assert _send(ana, text="Lampe\0 \x1bkaputt\r\nim Flur\0").status_code == 303
    assert [defect.text for defect in _defects()] == ["Lampe kaputt\nim Flur"]
    assert _send(ana, text="\0").status_code == 422


def test_five_a_day_are_enough(ana, now):
    assert [_send(ana).status_code for _ in range(6)] == [303] * 5 + [429]
    assert len(_defects()) == 5


def test_it_is_linked_from_the_space_and_needs_a_sign_in(wagen, client):
    assert FORM in client.get("/orte/wagen").text
    assert client.get(FORM).status_code == 303
    assert client.submit(FORM, {"text": SAID}).status_code == 303
    assert _defects() == []


def test_markup_in_it_stays_text(ana, hana, wagen):
    factories.make_defect(wagen, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in hana.get(PAGE).text


def test_where_nobody_would_read_it_nothing_is_promised(ana, client, wagen):
    factories.make_space("leer", seats=0, hours={})
    for slug, is_linked in (("wagen", True), ("leer", False)):
        assert (f"/orte/{slug}/kaputt" in client.get(f"/orte/{slug}").text) is is_linked
    assert "richtet sich gerade ein" not in client.get("/orte/leer").text
    asked = ana.get("/orte/leer/kaputt").text
    assert "noch keinen Gastgeber" in asked
    assert "<form class" not in asked
    answer = ana.submit("/orte/leer/kaputt", {"text": "Die Lampe"})
    assert answer.status_code == 409
    assert "noch keinen Gastgeber" in answer.text


def test_a_new_space_with_a_host_is_setting_up(client, cast):
    space = factories.make_space("neu", seats=0, hours={})
    factories.make_host(cast["hana"], space_id=space.id)
    assert "richtet sich gerade ein" in client.get("/orte/neu").text
