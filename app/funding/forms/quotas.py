"""What employers type about quotas."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from app.errors import N_
from app.fields import Reading
from app.funding.forms import months
from app.funding.models import MONTH, PERSON, POOL, QUARTER, TOTAL
from app.funding.operations import Grant, QuotaDraft, Rules

FRAMES, SCOPES = (MONTH, QUARTER, TOTAL), (PERSON, POOL)
EVERYWHERE, TOWNS, SPACES = "all", "towns", "spaces"
MOST_UNITS = 100_000
MOST_CENTS = 100_000_000
MOST_DAYS = 5 * 366
WRONG_UNITS = N_("Das ist keine Zahl halber Tage (gemeint ist etwa 8).")
NO_LIMIT = N_("Sag bitte, wie viel es ist: halbe Tage, Euro oder beides.")


def read_quota(
    form: MultiDict[str, str], employer_id: int, towns: Collection[int], spaces: Collection[int], *, today: date
) -> QuotaDraft:
    """Read a new quota for some of these towns and spaces (ids). Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    frame = reading.choice("frame", FRAMES)
    starts_on = read_start(reading, today)
    if not months.is_first(starts_on) and "starts_on" not in reading.wrong:
        reading.refuse("starts_on", months.WHOLE)
    grant = _grant(reading, frame, starts_on)
    draft = QuotaDraft(
        employer_id=employer_id,
        programme_id=None,
        scope=reading.choice("scope", SCOPES),
        frame=frame,
        starts_on=starts_on,
        grant=grant,
        rules=_rules(reading, frame, towns, spaces),
    )
    reading.close()
    return draft


def read_rules(form: MultiDict[str, str], frame: str, towns: Collection[int], spaces: Collection[int]) -> Rules:
    """Read other rules of a quota. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    rules = _rules(reading, frame, towns, spaces)
    reading.close()
    return rules


def read_version(form: MultiDict[str, str]) -> int:
    """Read which state of something somebody looked at; 0, which none has, when that cannot be told."""
    typed = form.get("version", "")
    return int(typed) if re.fullmatch("[0-9]{1,9}", typed, re.ASCII) else 0


def read_grant(form: MultiDict[str, str], frame: str, starts_on: date, ends_on: date | None) -> Grant:
    """Read another amount of a quota, and its present or another end. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    grant = _grant(reading, frame, starts_on, ends_on)
    reading.close()
    return grant


def read_start(reading: Reading, today: date) -> date:
    """Read the first day: not before this month, at most a year ahead."""
    starts_on = reading.day("starts_on", needed=N_("Wähl den ersten Tag aus."))
    if starts_on is None:
        return today
    if not today.replace(day=1) <= starts_on <= today + timedelta(days=366):
        reading.refuse("starts_on", N_("Der erste Tag liegt in diesem Monat oder höchstens ein Jahr voraus."))
        return today  # nobody counts on from a day of the year 9999
    return starts_on


def read_places(
    reading: Reading, towns: Collection[int], spaces: Collection[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Read where it can be used, as ids of towns and of spaces; neither means everywhere."""
    where = reading.choice("where", (EVERYWHERE, TOWNS, SPACES))
    chosen = {TOWNS: ids(reading, "town", towns), SPACES: ids(reading, "space", spaces)}
    if where == TOWNS and not chosen[TOWNS]:
        reading.refuse("where", N_("Wähl mindestens eine Kommune aus."))
    if where == SPACES and not chosen[SPACES]:
        reading.refuse("where", N_("Wähl mindestens einen Ort aus."))
    return chosen[TOWNS] if where == TOWNS else (), chosen[SPACES] if where == SPACES else ()


def read_euros(reading: Reading, name: str) -> int | None:
    """Read an amount of at most a million euros as cents, written as 1200, 1.200 or 1200,50."""
    typed = (reading.line(name, 20) or "").removesuffix("€").strip()
    if not typed:
        return None
    found = re.fullmatch(r"([0-9]{1,7}|[0-9]{1,3}(?:\.[0-9]{3}){1,2})(?:,([0-9]{1,2}))?", typed, re.ASCII)
    cents = int(found[1].replace(".", "")) * 100 + int((found[2] or "0").ljust(2, "0")) if found else -1
    if not 0 < cents <= MOST_CENTS:
        reading.refuse(name, N_("Das ist kein Betrag (gemeint ist etwa 1200 oder 1200,50)."))
        return None
    return cents


def ids(reading: Reading, name: str, known: Collection[int]) -> tuple[int, ...]:
    """Read which of the known ids are ticked."""
    typed = {int(each) for each in reading.form.getlist(name) if each.isascii() and each.isdecimal() and len(each) < 10}
    return tuple(sorted(typed & set(known)))


def _rules(reading: Reading, frame: str, towns: Collection[int], spaces: Collection[int]) -> Rules:
    chosen_towns, chosen_spaces = read_places(reading, towns, spaces)
    rules = Rules(
        name=reading.line("name", 80, needed=N_("Gib dem Kontingent einen Namen, etwa: Büro in der Nähe.")) or "",
        has_rooms=reading.is_ticked("has_rooms"),
        carries=reading.is_ticked("carries"),
        pays_no_show=reading.is_ticked("pays_no_show"),
        pays_late=reading.is_ticked("pays_late"),
        cost_centre=reading.line("cost_centre", 40),
        towns=chosen_towns,
        spaces=chosen_spaces,
    )
    if rules.carries and frame == TOTAL:
        reading.refuse("carries", N_("Mitnehmen geht nur von Monat zu Monat oder von Quartal zu Quartal."))
    return rules


def _grant(reading: Reading, frame: str, starts_on: date, present: date | None = None) -> Grant:
    units = reading.whole("units", 1, MOST_UNITS, WRONG_UNITS)
    cents = read_euros(reading, "euros")
    ends_on = reading.day("ends_on")
    if units is None and cents is None and not {"units", "euros"} & set(reading.wrong):
        reading.refuse("units", NO_LIMIT)
    if ends_on is None and frame == TOTAL and "ends_on" not in reading.wrong:
        reading.refuse("ends_on", N_("Wähl den letzten Monat aus: Ein Kontingent für die ganze Zeit braucht ein Ende."))
    if ends_on is None or ends_on == present:
        return Grant(units, cents, ends_on)
    if ends_on < starts_on:
        reading.refuse("ends_on", N_("Der letzte Monat liegt vor dem ersten."))
    elif ends_on - starts_on > timedelta(days=MOST_DAYS):
        reading.refuse("ends_on", N_("Das Ende liegt zu weit in der Zukunft: höchstens fünf Jahre nach dem Anfang."))
    elif not months.is_last(ends_on):
        reading.refuse("ends_on", months.WHOLE)
    return Grant(units, cents, ends_on)
