"""What officers type about programmes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from app.errors import N_
from app.fields import Reading
from app.funding.forms.quotas import MOST_UNITS, WRONG_UNITS, ids, read_euros, read_places, read_start
from app.funding.operations import Correction, ProgrammeDraft, ProgrammeRules, Terms
from app.funding.steps import LEAST_DAYS, MOST_DAYS, TOO_SHORT

ALL, INVITED = "all", "invited"
WRONG_SHARE = N_("Das ist kein Anteil (gemeint ist eine Zahl von 1 bis 100).")


@dataclass(frozen=True)
class Known:
    """What can be chosen, as ids."""

    offices: Collection[int]
    employers: Collection[int]
    towns: Collection[int]
    spaces: Collection[int]


def read_programme(form: MultiDict[str, str], known: Known, *, today: date) -> ProgrammeDraft:
    """Read a new programme. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    town_id = reading.choice("town_id", [str(each) for each in known.offices])
    starts_on = read_start(reading, today)
    ends_on = read_end(reading, starts_on)
    if ends_on < starts_on + timedelta(days=LEAST_DAYS - 1):
        reading.refuse("ends_on", TOO_SHORT)
    draft = ProgrammeDraft(
        town_id=int(town_id) if town_id.isdecimal() else 0,
        starts_on=starts_on,
        ends_on=ends_on,
        terms=_terms(reading),
        rules=_rules(reading, known),
    )
    reading.close()
    return draft


def read_rules(form: MultiDict[str, str], known: Known) -> ProgrammeRules:
    """Read other rules of a programme. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    rules = _rules(reading, known)
    reading.close()
    return rules


def _rules(reading: Reading, known: Known) -> ProgrammeRules:
    towns, spaces = read_places(reading, known.towns, known.spaces)
    return ProgrammeRules(
        name=reading.line("name", 120, needed=N_("Gib dem Programm einen Namen, etwa: Pilot Frühjahr.")) or "",
        funder=reading.line("funder", 120, needed=N_("Schreib bitte dazu, wer das Geld gibt.")) or "",
        is_for_all=reading.choice("eligible", (ALL, INVITED)) == ALL,
        share_percent=reading.whole("share", 1, 100, WRONG_SHARE, needed=True) or 100,
        has_rooms=reading.is_ticked("has_rooms"),
        pays_no_show=reading.is_ticked("pays_no_show"),
        pays_late=reading.is_ticked("pays_late"),
        employers=ids(reading, "employer", known.employers),
        towns=towns,
        spaces=spaces,
    )


def read_correction(form: MultiDict[str, str], paid: tuple[int, int] | None = None) -> tuple[Correction, uuid.UUID]:
    """Read a correction by hand, with the token that names it. Refuses: `InvalidInput`, naming each field.

    With what is `paid` by now, half-days and gross cents, also less than nothing; a form that is sent twice is no less.
    """
    reading = Reading(form)
    units, cents = _signed(reading, "units"), _signed_cents(reading)
    note = reading.line("note", 300, needed=N_("Schreib den Grund dazu: Er steht neben den Summen.")) or ""
    if not units and not cents and not reading.wrong:
        reading.refuse("units", N_("Sag bitte, um wie viel: halbe Tage, Euro oder beides."))
    for name, change, sum_now in zip(("units", "euros"), (units, cents), paid or (), strict=False):
        if change < 0 and sum_now + change < 0:
            reading.refuse(name, N_("So viel ist nicht gezahlt: Danach wären es weniger als null."))
    try:
        token = uuid.UUID(form.get("token", ""))
    except ValueError:
        token = uuid.UUID(int=0)
        reading.refuse("note", N_("Lade die Seite neu und versuch es noch einmal."))
    reading.close()
    return Correction(units, cents, note), token


def _signed(reading: Reading, name: str) -> int:
    typed = (reading.line(name, 8) or "0").replace("\N{MINUS SIGN}", "-")
    if not re.fullmatch("[-+]?[0-9]{1,6}", typed, re.ASCII):
        reading.refuse(name, N_("Das ist keine Zahl halber Tage (gemeint ist etwa 3 oder -3)."))
        return 0
    return int(typed)


def _signed_cents(reading: Reading) -> int:
    typed = (reading.line("euros", 20) or "").replace("\N{MINUS SIGN}", "-")
    sign = -1 if typed.startswith("-") else 1
    plain = Reading(MultiDict({"euros": re.sub("^[-+]", "", typed)}))
    cents = 0 if typed in {"0", "0,00"} else read_euros(plain, "euros") or 0
    if plain.wrong:
        reading.refuse("euros", N_("Das ist kein Betrag (gemeint ist etwa 27,50 oder -27,50)."))
    return sign * cents


def read_terms(form: MultiDict[str, str]) -> Terms:
    """Read other terms of a programme. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    terms = _terms(reading)
    reading.close()
    return terms


def read_end(reading: Reading, starts_on: date) -> date:
    """Read the last day, on or after the first."""
    ends_on = reading.day("ends_on", needed=N_("Wähl den letzten Tag aus."))
    if ends_on is None:
        return starts_on
    if ends_on < starts_on:
        reading.refuse("ends_on", N_("Der letzte Tag liegt vor dem ersten."))
    if ends_on > starts_on + timedelta(days=MOST_DAYS):
        reading.refuse("ends_on", N_("Das Ende liegt zu weit in der Zukunft: höchstens fünf Jahre nach dem Anfang."))
    return ends_on


def _terms(reading: Reading) -> Terms:
    units = reading.whole("units", 1, MOST_UNITS, WRONG_UNITS, needed=True)
    budget = reading.whole("budget_units", 1, MOST_UNITS, WRONG_UNITS)
    cents = read_euros(reading, "euros")
    if budget is None and cents is None and not {"budget_units", "euros"} & set(reading.wrong):
        reading.refuse("budget_units", N_("Ein Programm braucht eine Grenze: halbe Tage, Euro oder beides."))
    return Terms(units or 1, budget, cents)
