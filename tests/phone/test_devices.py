"""My devices: what is known of each, and the end of one that is lost."""

from app.checkins.models import Device
from app.extensions import db


def test_a_device_is_shown_with_what_waits_on_it(phone, code):
    phone.introduce(name="Anas Telefon")
    phone.post(phone.batch([phone.scan(code)], pending=2))
    page = phone.client.get("/profil/geraete").text
    assert "Anas Telefon" in page
    assert "2 Check-ins warteten" in page
    assert "/profil/geraete" in phone.client.get("/profil").text


def test_row_28_a_lost_device_is_revoked_by_its_person_alone(phone, phone_of, code, now):
    phone.introduce()
    ben = phone_of("ben")
    address = f"/profil/geraete/{phone.device}/sperren"
    assert ben.client.submit(address).status_code == 404
    assert "Gerät ohne Namen" not in ben.client.get("/profil/geraete").text
    assert phone.client.submit(address).location == "/profil/geraete"
    page = phone.client.get("/profil/geraete").text
    assert "gesperrt" in page
    assert "/sperren" not in page
    db.session.rollback()
    assert db.session.query(Device).one().revoked_at == now


def test_without_devices_the_page_says_how_one_comes(as_):
    assert "Noch kein Gerät" in as_("ana").get("/profil/geraete").text
