"""The forms about a space: what it is, who runs it, what its fact sheet says."""

from __future__ import annotations

import re
from datetime import date

from stdnum import exceptions, iban
from werkzeug.datastructures import MultiDict

from app.errors import N_
from app.fields import PLZ, WRONG_PLZ, Reading
from app.spaces.models import EXEMPT, SMALL, STANDARD
from app.spaces.operations import OperatorDraft, PlaceDraft
from app.spaces.queries import SAFETY

PHONE = r"[+]?[0-9][0-9 /()-]{3,38}"
WRONG_PHONE = N_("Eine Telefonnummer besteht aus Ziffern, Leerzeichen, / - ( ) und vorn höchstens einem +.")
MOST_EQUIPMENT = 40
# What an operator says about VAT, for desks and for rooms.
VAT = {"": (None, None), "all": (STANDARD, STANDARD), "desks": (STANDARD, EXEMPT), "small": (SMALL, SMALL)}


def read_place(form: MultiDict[str, str]) -> PlaceDraft:
    """Read what a host says about a place. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    draft = place_of(reading)
    reading.close()
    return draft


def place_of(reading: Reading) -> PlaceDraft:
    """Read the part of a form that is about the place."""
    lat, lon = _position(reading)
    return PlaceDraft(
        name=reading.line("name", 120, needed=N_("Wie heißt der Ort? So steht er dann in der Liste.")) or "",
        address=reading.line("address", 200, needed=N_("Schreib bitte Straße und Hausnummer.")),
        plz=reading.like("plz", PLZ, WRONG_PLZ, needed=WRONG_PLZ),
        lat=lat,
        lon=lon,
        offer=reading.text("offer", 2000),
        arrival=reading.text("arrival", 2000),
        phone=reading.like("phone", PHONE, WRONG_PHONE),
        url=reading.web_address("url"),
        stop=reading.line("stop", 200),
        bike_box=reading.line("bike_box", 200),
        equipment=_equipment(reading),
    )


def _position(reading: Reading) -> tuple[float | None, float | None]:
    """Read a position as maps copy it: 51.929, 7.354, also with decimal commas and a semicolon between."""
    typed = reading.line("position", 60)
    if typed is None:
        return None, None
    wrong = N_("Das ist keine Position (gemeint ist etwa 51.929, 7.354). Lass das Feld leer, wenn du sie nicht kennst.")
    parts = [part.replace(",", ".") for part in re.split(r"\s*;\s*|,\s+|\s+", typed)]
    parts = typed.split(",") if len(parts) == 1 and typed.count(",") == 1 else parts
    if len(parts) != 2 or not all(re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,9})?", part.strip()) for part in parts):
        reading.refuse("position", wrong)
        return None, None
    lat, lon = (float(part) for part in parts)
    if not 47 <= lat <= 56 or not 5 <= lon <= 16:
        reading.refuse("position", N_("Diese Position liegt nicht in Deutschland. Zuerst kommt die Breite, etwa 51.9."))
        return None, None
    return lat, lon


def _equipment(reading: Reading) -> list[str]:
    """Read what was ticked, and what was typed beside it, separated by commas."""
    more = reading.line("equipment_more", 300) or ""
    words = [*reading.form.getlist("equipment"), *(word.strip() for word in more.split(","))]
    chosen = list(dict.fromkeys(word[:80] for word in words if word))
    if len(chosen) > MOST_EQUIPMENT:
        reading.refuse("equipment_more", N_("Das ist zu viel. Nenn nur, was für die Arbeit wichtig ist."))
    return chosen


def read_operator(form: MultiDict[str, str]) -> OperatorDraft:
    """Read who runs a space. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    draft = operator_of(reading)
    reading.close()
    return draft


def operator_of(reading: Reading) -> OperatorDraft:
    """Read the part of a form that is about the operator."""
    tax_id = reading.like(
        "tax_id", r"[0-9][0-9 /]{8,18}", N_("Eine Steuernummer besteht aus Ziffern und Strichen, etwa 333/5678/1234.")
    )
    desk_vat, room_vat = VAT.get(reading.choice("vat", VAT), (None, None))
    return OperatorDraft(
        legal_name=reading.line("legal_name", 120, needed=N_("Wie heißt der Betreiber genau, mit Rechtsform?")) or "",
        address=reading.line("operator_address", 200, needed=N_("Schreib bitte Straße und Hausnummer.")) or "",
        plz=reading.like("operator_plz", PLZ, WRONG_PLZ, needed=WRONG_PLZ) or "",
        town=reading.line("operator_town", 80, needed=N_("Schreib bitte den Ort der Anschrift.")) or "",
        email=reading.email("email", needed=N_("Schreib bitte, wie wir den Betreiber erreichen.")) or "",
        phone=reading.like("operator_phone", PHONE, WRONG_PHONE),
        tax_id=tax_id,
        vat_id=reading.vat_id("vat_id"),
        iban=_iban(reading),
        desk_vat=desk_vat,
        room_vat=room_vat,
    )


def _iban(reading: Reading) -> str | None:
    typed = reading.line("iban", 50)
    if typed is None:
        return None
    try:
        return str(iban.validate(typed))
    except exceptions.ValidationError:
        reading.refuse("iban", N_("Diese IBAN stimmt nicht. Vergleich sie bitte Ziffer für Ziffer mit der Bankkarte."))
        return None


def read_safety(form: MultiDict[str, str], today: date) -> tuple[dict[str, str], date | None]:
    """Read the fact sheet and the day of the last check. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    facts = {}
    for name in SAFETY:
        known = reading.choice(name, ("", "yes", "no"))
        note = reading.line(f"{name}_note", 200)
        if known:
            facts[name] = known
        if note and known:
            facts[f"{name}_note"] = note
        elif note:
            reading.refuse(name, N_("Sag bitte auch, ob es das gibt: ja oder nein."))
    checked_on = reading.day("checked_on")
    if checked_on is not None and checked_on > today:
        reading.refuse("checked_on", N_("Dieser Tag liegt in der Zukunft. Gemeint ist die letzte Prüfung."))
    reading.close()
    return facts, checked_on
