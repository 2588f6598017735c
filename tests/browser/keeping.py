"""Everything a host can keep, put into a house over its own pages: something to see on each of them."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import APIRequestContext, APIResponse, FilePayload, Playwright

TOWN = "05558008"
QUIET_TOWN = "05558032"  # nobody offers a space there
ROOM, TABLE_GONE = 5, 4
# An employer and a programme of the sample data.
ACME, PILOT = "beispiel-acme", "pilot-naehe-beispiel"
CLOSED_DAYS = {"first_on": 20, "last_on": 24}
OFFER = {
    "town": TOWN, "name": "Scheune am Browser", "address": "Beispielweg 9", "plz": "48727", "arrival": "Durchs Tor.",
    "equipment": "wifi", "legal_name": "Beispiel-Scheune UG", "operator": "neu",
    "operator_address": "Beispielweg 9", "operator_plz": "48727", "operator_town": "Billerbeck",
    "email": "scheune@beispiel.example", "message": "Wir würden gern im Januar anfangen.",
}  # fmt: skip
PLACE = {
    "name": "Beispielhaus am Browser", "address": "Beispielweg 1", "plz": "48301", "position": "51.93, 7.35",
    "offer": "Vier ruhige Schreibtische im Erdgeschoss, alle mit Blick in den Garten. Kaffee und Wasser sind dabei.",
    "arrival": "Eingang an der Hofseite, zweite Tür links.", "stop": "Nottuln, Rathaus (Beispiel): 3 Minuten zu Fuß",
    "equipment": "wifi", "equipment_more": "kitchen, coffee, garden, bike_rack, step_free",
}  # fmt: skip
SAFETY = {"desk": "yes", "desk_note": "höhenverstellbar", "chair": "yes", "screen": "no", "first_aid": "yes"}
PHOTOS = (("#e7dfcf", "Zwei Schreibtische am Fenster."), ("#7f8f86", "Die Küche mit dem langen Tisch."))
LIST: FilePayload = {
    "name": "leute.csv",
    "mimeType": "text/csv",
    "buffer": b"E-Mail;Kostenstelle;Name\neva@beispiel.example;4711;Eva\nneu@beispiel.example;;\nniemand;0815;\n",
}
Form = Mapping[str, str | FilePayload]
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Kept:
    """What the addresses of the pages need to know: a booking of Ana's, the slug of Hana's offer, an employer.

    Of the employer: the secret of a link, the numbers of a list, of Ana's employment and of a quota. Of a programme:
    its slug and the signature of its invitation. `today` is the space's.
    """

    booking: str
    offered: str
    employer: str
    token: str
    upload: str
    member: str
    quota: str
    programme: str
    signature: str
    today: date


def keep(playwright: Playwright, url: str, slug: str, zone: str) -> Kept:
    """Fill the pages of a space whose host Hana is, and of an offer that waits for Kari."""
    today = datetime.now(ZoneInfo(zone)).date()
    page = f"/gastgeber/{slug}"
    with signed_in(playwright, url, "hana") as hana:
        _submit(
            hana, f"{page}/plaetze/neu", {"kind": "room", "count": "1", "name": "Besprechungsraum", "capacity": "6"}
        )
        _submit(hana, f"{page}/plaetze/{TABLE_GONE}/entfernen", {"how": "now"})
        _submit(hana, f"{page}/plaetze", {"half_day": "9,00", "half_hour": "6,00"}, to=f"{page}/preise")
        for colour, alt in PHOTOS:
            _submit(hana, f"{page}/fotos", {"photo": _photo(colour), "alt": alt})
        days = {name: (today + timedelta(days=n)).isoformat() for name, n in CLOSED_DAYS.items()}
        closing = {**days, "reason": "Die Heizung wird erneuert."}
        _submit(hana, f"{page}/schliessen?{urlencode(closing)}", closing, to=f"{page}/schliessen")
        _submit(hana, f"{page}/schilder", {"name": "Altes Tablet am Eingang"}, to=f"{page}/anzeigen")
        _submit(hana, f"{page}/personen", {"email": "vertretung@beispiel.example", "scope": "one"})
        _submit(hana, f"{page}/tuer", {"kind": "webhook", "url": "https://tuer.beispiel.example/auf",
                                       "wifi_name": "Beispielhaus", "wifi_password": "nur ein Beispiel"})  # fmt: skip
        agreed = {"prefix": "BW", "days": "14", "contact": "Hana Host", "agree": "ja"}
        _submit(hana, f"{page}/abrechnung", agreed | {"from_month": today.replace(day=1).isoformat()})
        _register(hana, slug)
        _submit(hana, "/ort-anbieten", OFFER)
        offered = re.search(r'href="/ort-anbieten/([^"]+)"', hana.get("/ort-anbieten").text())
    with signed_in(playwright, url, "ana") as ana:
        _submit(ana, f"/orte/{slug}/kaputt", {"text": "Am Platz 3 geht die Lampe nicht.", "photo": _photo("#333")})
        _submit(ana, f"/orte/{slug}/kaputt", {"text": "Die Tür zum Hof klemmt."})
        _submit(ana, "/profil/kalender", {})
        booking = _book(ana, slug, today)
    for person, days in (("cleo", 0), ("kari", 0), ("kari", 1), ("hugo", 1)):
        with signed_in(playwright, url, person) as guest:
            _book(guest, slug, today + timedelta(days=days))
    assert offered is not None
    funded = _employer(playwright, url, today) | _programme(playwright, url, today)
    return Kept(booking=booking, offered=offered[1], today=today, **funded)


def _employer(playwright: Playwright, url: str, first: date) -> dict[str, str]:
    """Let Hana act for an employer where Ana works; it has invited others too, as has another one that asks Ana."""
    page = "/arbeitgeber/beispielwerk"
    with signed_in(playwright, url, "kari") as kari:
        for name in ("Beispielwerk", "Beispielamt"):
            order = {"name": name, "email": "hana@beispiel.example"}
            _submit(kari, "/kreis/arbeitgeber", order)
    with signed_in(playwright, url, "paula") as paula:
        _submit(paula, f"/arbeitgeber/{ACME}/vertretung", {"email": "hana@beispiel.example"})
    with signed_in(playwright, url, "hana") as hana:
        settled = {"on": "2026-01-12", "by": "Betriebsrat, Frau Beispiel", "confirm": "ja"}
        for slug in ("beispielwerk", "beispielamt"):
            _submit(hana, f"/arbeitgeber/{slug}/mitbestimmung", settled)
        _submit(hana, "/arbeitgeber/beispielamt/einladen", {"email": "ana@beispiel.example"})
        _submit(hana, f"{page}/einladen", {"email": "neu@beispiel.example", "cost_centre": "4711"})
        link = _answer(hana, f"{page}/einladen", {"most": "20", "days": "30"}, to=f"{page}/einladen/link")
        token = re.search(r"/arbeitgeber/einladung/([\w-]+)", link.text())
        upload = _submit(hana, f"{page}/einladen", {"file": LIST}, to=f"{page}/einladen/liste")
    assert token is not None
    with signed_in(playwright, url, "ana") as ana:
        _submit(ana, f"/arbeitgeber/einladung/{token[1]}", {"do": "accept", "email": "ana@beispiel.example"})
    with signed_in(playwright, url, "hana") as hana:
        member = re.search(rf'href="{page}/leute/(\d+)"', hana.get(f"{page}/leute").text())
        granted = {"name": "Büro in der Nähe", "scope": "person", "frame": "month", "units": "8", "euros": "200",
                   "starts_on": first.replace(day=1).isoformat(), "where": "all", "cost_centre": "4711"}  # fmt: skip
        _submit(hana, f"{page}/kontingente/neu", granted)
        quota = re.search(rf'href="{page}/kontingente/(\d+)"', hana.get(f"{page}/kontingente").text())
    assert member is not None
    assert quota is not None
    return {
        "employer": "beispielwerk",
        "token": token[1],
        "upload": upload.rpartition("/")[2],
        "member": member[1],
        "quota": quota[1],
    }


def _programme(playwright: Playwright, url: str, today: date) -> dict[str, str]:
    """Let Kari run a programme to which people are invited."""
    page, end = "/kreis/programme", (today + timedelta(days=200)).isoformat()
    form = {"name": "Pilot am Browser", "funder": "Land", "starts_on": today.isoformat(), "ends_on": end, "units": "8",
            "budget_units": "400", "euros": "12.000", "share": "60", "eligible": "invited", "where": "all"}  # fmt: skip
    with signed_in(playwright, url, "kari") as kari:
        county = re.search(r'<option value="(\d+)"', kari.get(f"{page}/neu").text())
        assert county is not None
        _submit(kari, f"{page}/neu", {**form, "town_id": county[1]})
        signature = re.search(r"/mitmachen/pilot-am-browser/([^\"<]+)", kari.get(f"{page}/pilot-am-browser").text())
    assert signature is not None
    return {"programme": "pilot-am-browser", "signature": signature[1]}


@contextmanager
def signed_in(playwright: Playwright, url: str, person: str) -> Iterator[APIRequestContext]:
    """Sign one of the cast in, without a browser."""
    requests = playwright.request.new_context(base_url=url)
    assert requests.post("/demo/anmelden", form={"person": person}).ok
    yield requests
    requests.dispose()


def _submit(requests: APIRequestContext, page: str, form: Form, to: str | None = None) -> str:
    """Fill in a form of a page and send it. Returns the address it led to."""
    return _answer(requests, page, form, to).url


def _answer(requests: APIRequestContext, page: str, form: Form, to: str | None = None) -> APIResponse:
    token = TOKEN.search(requests.get(page).text())
    assert token is not None, page
    answer = requests.post(to or page, multipart={"csrf_token": token[1], **form})
    assert answer.ok, (page, answer.status, answer.text()[-3000:])
    return answer


def _book(requests: APIRequestContext, slug: str, day: date) -> str:
    """Book a desk for a whole day. Returns the booking's uuid."""
    form = {"uuid": str(uuid.uuid4()), "date": day.isoformat(), "period": "day"}
    return _submit(requests, f"/orte/{slug}/buchen?date={day}", form, to=f"/orte/{slug}/buchen").partition("neu=")[2]


def _register(requests: APIRequestContext, slug: str) -> None:
    """Let a tablet record for the space."""
    headers = {"Sec-Fetch-Site": "same-origin", "Nahplatz-Client": "1"}
    person = requests.get("/api/v1/me/snapshot", headers=headers).json()["person"]["id"]
    order = {"device": str(uuid.uuid4()), "name": "Tablet am Empfang", "public_key": None}
    headers["Nahplatz-Person"] = person
    answer = requests.put(f"/api/v1/host/{slug}/device", headers=headers, data=order)
    assert answer.ok, answer.text()


def _photo(colour: str) -> FilePayload:
    file = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(file, "JPEG")
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
