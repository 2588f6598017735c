"""What officers type about programmes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from app.errors import N_
from app.fields import Reading
from app.funding.forms.quotas import MOST_DAYS, MOST_UNITS, WRONG_UNITS, ids, read_euros, read_places, read_start
from app.funding.operations import ProgrammeDraft, Terms

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
    towns, spaces = read_places(reading, known.towns, known.spaces)
    eligible = reading.choice("eligible", (ALL, INVITED))
    draft = ProgrammeDraft(
        name=reading.line("name", 120, needed=N_("Gib dem Programm einen Namen, etwa: Pilot Frühjahr.")) or "",
        funder=reading.line("funder", 120, needed=N_("Schreib bitte dazu, wer das Geld gibt.")) or "",
        town_id=int(town_id) if town_id.isdecimal() else 0,
        starts_on=starts_on,
        ends_on=ends_on,
        is_for_all=eligible == ALL,
        share_percent=reading.whole("share", 1, 100, WRONG_SHARE, needed=True) or 100,
        terms=_terms(reading),
        has_rooms=reading.is_ticked("has_rooms"),
        pays_no_show=reading.is_ticked("pays_no_show"),
        pays_late=reading.is_ticked("pays_late"),
        employers=ids(reading, "employer", known.employers),
        towns=towns,
        spaces=spaces,
    )
    reading.close()
    return draft


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
