"""The forms of employers."""

from __future__ import annotations

from datetime import date

from werkzeug.datastructures import MultiDict

from app.employers.operations import EmployerDraft, LinkDraft
from app.errors import N_
from app.fields import Reading

NEEDED_EMAIL = N_("Schreib bitte eine E-Mail-Adresse.")
MOST_USES, MOST_DAYS = 10_000, 90
WRONG_DAYS = N_("Gib eine Zahl von 1 bis 90 an.")


def read_employer(form: MultiDict[str, str]) -> EmployerDraft:
    """Read what is known about an employer. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    street, plz, town = reading.postal()
    draft = EmployerDraft(
        name=reading.line("name", 120, needed=N_("Wie heißt der Arbeitgeber? So sehen ihn seine Leute.")) or "",
        legal_name=reading.line("legal_name", 120, needed=N_("Wie heißt er genau, mit Rechtsform?")) or "",
        street=street,
        plz=plz,
        town=town,
        vat_id=reading.vat_id("vat_id"),
        leitweg_id=reading.leitweg_id("leitweg_id"),
        invoice_email=reading.email("invoice_email"),
    )
    reading.close()
    return draft


def read_email(form: MultiDict[str, str], name: str = "email") -> str:
    """Read an address. Refuses: `InvalidInput`."""
    reading = Reading(form)
    email = reading.email(name, needed=NEEDED_EMAIL)
    reading.close()
    return email or ""


def read_invited_employer(form: MultiDict[str, str]) -> tuple[str, str]:
    """Read the name of an employer and the address of who acts for it first. Refuses: `InvalidInput`."""
    reading = Reading(form)
    name = reading.line("name", 120, needed=N_("Wie heißt der Arbeitgeber? So sehen ihn seine Leute."))
    email = reading.email("email", needed=NEEDED_EMAIL)
    reading.close()
    return name or "", email or ""


def read_codetermination(form: MultiDict[str, str]) -> tuple[date, str]:
    """Read when who agreed. Refuses: `InvalidInput`."""
    reading = Reading(form)
    on = reading.day("on", needed=N_("Sag bitte, wann zugestimmt wurde."))
    by = reading.line("by", 120, needed=N_("Sag bitte, wer zugestimmt hat; gibt es keine Vertretung, schreib das."))
    if not reading.is_ticked("confirm"):
        reading.refuse("confirm", N_("Setz bitte den Haken. Ohne Zustimmung könnt ihr niemanden einladen."))
    reading.close()
    return on or date.min, by or ""


def read_person(form: MultiDict[str, str]) -> tuple[str, str | None]:
    """Read whom to invite, and the cost centre. Refuses: `InvalidInput`."""
    reading = Reading(form)
    email, cost_centre = reading.email("email", needed=NEEDED_EMAIL), reading.line("cost_centre", 40)
    reading.close()
    return email or "", cost_centre


def read_cost_centre(form: MultiDict[str, str]) -> str | None:
    """Read a cost centre; empty means none. Refuses: `InvalidInput`."""
    reading = Reading(form)
    cost_centre = reading.line("cost_centre", 40)
    reading.close()
    return cost_centre


def read_link(form: MultiDict[str, str]) -> LinkDraft:
    """Read how many may use a link and how long. Refuses: `InvalidInput`."""
    reading = Reading(form)
    most = reading.whole("most", 1, MOST_USES, N_("Gib eine Zahl von 1 bis 10.000 an, ohne Punkt."), needed=True)
    days = reading.whole("days", 1, MOST_DAYS, WRONG_DAYS, needed=True)
    reading.close()
    return LinkDraft(most or 1, days or 1)


def read_days(form: MultiDict[str, str]) -> int:
    """Read for how many days the offer to a domain stands. Refuses: `InvalidInput`."""
    reading = Reading(form)
    days = reading.whole("domain_days", 1, MOST_DAYS, WRONG_DAYS, needed=True)
    reading.close()
    return days or 1
