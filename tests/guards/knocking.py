"""Knocking at every address with a plausible request, and one word for how that was received."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import quote

from itsdangerous import URLSafeSerializer

from app.billing import einvoice
from app.bookings import operations as bookings
from app.checkins import operations as checkins
from app.checkins import signing
from app.config import Config
from app.extensions import db
from app.messages import leaving
from app.messages.targets import Target
from app.messages.topics import TOPICS
from app.reminders import operations as reminders
from app.spaces.models import Operator
from tests.billing.samples import NOTHING
from tests.conftest import ROOT
from tests.factories import (
    make_closure,
    make_defect,
    make_employer,
    make_invitation,
    make_invoice,
    make_list,
    make_operator,
    make_programme,
    make_quota,
    make_seat,
    make_space,
    make_statement,
)

READING = {"GET", "HEAD"}
# A booking of Ana's, tomorrow. Everything else in an address is public knowledge.
BOOKING = "5a3c1f0e-7d2b-4c69-8e11-0d9c2b7a4f10"
# A phone of Ana's, and the key that it signs with.
DEVICE = "0c7d1c9a-3f1e-4b58-9d57-5f0f3a2f8b11"
# A tablet of the hosts of the space that addresses name.
TABLET = "0f6b7c1e-93a5-4b0e-9a53-3b1d6a7c2e44"
KEY = json.loads((ROOT / "tests" / "vectors" / "signatures.json").read_text("utf-8"))["public_key"]
# A browser of Ana's that shows her messages, and the keys that only it can open them with.
POINT = base64.urlsafe_b64encode(b"\4" + base64.urlsafe_b64decode(KEY + "==")).rstrip(b"=").decode()
PUSH_KEYS = {"p256dh": POINT, "auth": "A" * 22}
PHONE = Target("https://fcm.googleapis.com/fcm/send/one", **PUSH_KEYS)
# A link with which people join the employer that addresses name.
TOKEN = "0" * 43
# With this anybody takes part in the programme that addresses name.
INVITATION = URLSafeSerializer("only for tests", salt="programme invitation").dumps(["wagen", 1])
# With this whoever holds a mail of the first person ends such mails.
SEALED = leaving.address(Config("only for tests", "http://localhost"), 1, TOPICS["evening"]).rpartition("/")[2]
TUESDAY = date(2026, 11, 24)
# A pass that can be read; it is nobody's.
PASS = json.loads((ROOT / "tests" / "vectors" / "passes.json").read_text("utf-8"))["passes"][2]["address"][-140:]
PARTS = {
    "<slug>": "wagen",
    "<int:closure_id>": "1",
    "<int:defect_id>": "1",
    "<int:number>": "9",
    "<int:quota_id>": "1",
    "<signature>": INVITATION,
    "<sealed>": SEALED,
    "<uuid:booking_uuid>": BOOKING,
    "<uuid:device>": DEVICE,
    "<digest>": "0" * 64,
    "<path:code>": "0" * 20,
    "<code>": "0" * 20,
    "<path:written>": PASS,
    "<token>": TOKEN,
    "<int:agent>": "2",
    "<int:invitation>": "1",
    "<int:member>": "1",
    "<int:upload>": "1",
    "<month>": "2026-08",
    "<label>": "WA-00001",
    "<int:phone>": "1",
    "<int:trial>": "1",
}
# What makes a write plausible; without an entry it is sent empty and may be refused for its content.
FORMS = {
    "/profil/loeschen": {"confirm": "ja"},
    "/profil/name": {"name": "Neu"},
    "/profil/sprache": {"language": "en"},
    "/profil/adressen/loeschen": {"id": "1"},  # Ana's
    "/demo/anmelden": {"person": "ben"},
    "/gastgeber/<slug>/geraete": {"device": TABLET},
    "/gastgeber/<slug>/anzeigen/stoppen": {"id": "1"},
    "/profil/nachrichten": dict.fromkeys(TOPICS, "usual"),
    "/arbeitgeber/beitreten": {"invitation": "2"},  # Ben's
}
BODIES = {
    "/api/v1/bookings/<uuid:booking_uuid>/seat": {"seat": 2},
    "/api/v1/devices/<uuid:device>": {"public_key": KEY},
    "/api/v1/push-subscription": {"endpoint": "https://fcm.googleapis.com/fcm/send/two", **PUSH_KEYS},
    "/api/v1/push-subscription/trials": {"endpoint": PHONE.endpoint},
    "/api/v1/host/<slug>/device": {"device": TABLET, "name": "Tablet", "public_key": None},
}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Nahplatz-Client": "1"}


def furnish(guest, now):
    """Make the space and the employer that addresses name, something behind each, a booking and a phone of `guest`."""
    reminders.subscribe(person_id=guest, target=PHONE, browser="iPhone", now=now)
    reminders.try_push(person_id=guest, endpoint=PHONE.endpoint, now=now)
    end = date(2027, 12, 31)
    wagen = make_space("wagen", seats=4, operator_id=make_operator("Wagen eG", "wagen-eg").id, closes_on=end)
    make_seat(wagen, 9, kind="room")
    tablet = checkins.HostDeviceOrder(uuid.UUID(TABLET), "Tablet", None, wagen.id, guest)
    checkins.register_host_device(order=tablet, actor="shell", now=now)
    checkins.post_sign(space_id=wagen.id, now=now)
    checkins.make_display(space_id=wagen.id, name="Tablet am Eingang", actor="shell", now=now)
    make_closure(wagen, TUESDAY + timedelta(days=30))
    make_defect(wagen, photo=b"RIFF")
    order = bookings.Order(uuid.UUID(BOOKING), "wagen", TUESDAY + timedelta(days=1), "day", 1)
    bookings.book(order=order, person_id=guest, now=now)
    phone = checkins.Introduction(uuid.UUID(DEVICE), signing.read_key(KEY), None)
    checkins.register_device(introduction=phone, person_id=guest, now=now)
    proved = {"vouched_at": now, "counts_since": now}
    employer = make_employer("Wagen", guest, **proved, codetermined_on=TUESDAY, codetermined_by="Betriebsrat")
    make_invitation(employer, TOKEN)
    make_invitation(employer, "to Ben", email="ben@beispiel.example")
    make_list(employer, "neu@beispiel.example")
    make_quota(employer, ended_at=now)
    programme = make_programme("wagen", is_for_all=False)
    make_quota(programme)
    make_quota(programme, scope="pool", frame="total", ends_on=end)
    document = replace(NOTHING, number="WA-00001")
    operator = db.session.get(Operator, wagen.operator_id)
    make_invoice(make_statement(employer), operator, document, einvoice.xml(document))
    # The programme's invoice of the same name cannot be: it is asked for and not found.
    make_statement(programme)
    return wagen


def rules(app):
    """Return (method, rule) of all addresses."""
    found = []
    for rule in app.url_map.iter_rules():
        found += [(method, rule.rule) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return sorted(set(found), key=lambda pair: (pair[1], pair[0]))


def address(rule):
    for name, value in PARTS.items():
        rule = rule.replace(name, value.lower() if rule.startswith("/p/") else value)
    assert "<" not in rule, f"{rule}: tell PARTS what to put there"
    return quote(rule)


def knock(client, method, rule, *, from_own_page=True):
    """Send a plausible request."""
    path = address(rule)
    if method in READING:
        return client.get(path)
    if rule.startswith("/api/"):
        headers = {**OWN_PAGE, "Nahplatz-Person": person(client)}
        if not from_own_page:
            headers["Sec-Fetch-Site"] = "cross-site"
        return client.open(path, method=method, json=BODIES.get(rule, {}), headers=headers)
    form = FORMS.get(rule, {})
    if from_own_page:
        return client.submit(path, form)
    return client.post(path, data=form, headers={"Origin": "https://elsewhere.example"})


def person(client):
    """Return whom a phone of this visitor would name as its owner."""
    snapshot = client.get("/api/v1/me/snapshot").json
    return snapshot["person"]["id"] if "person" in snapshot else str(uuid.UUID(int=0))


def said(answer):
    """Return one word for how somebody was received."""
    try:
        if answer.status_code == 401 or (answer.location or "").startswith("/anmelden?"):
            return "sign-in"
        if answer.status_code >= 500:
            return "broken"
        # What is refused for its content was let in.
        return {400: "refused", 403: "refused", 404: "no"}.get(answer.status_code, "yes")
    finally:
        answer.close()
