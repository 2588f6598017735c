"""What visitors ask for on public pages, checked word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from app.bookings.models import PERIODS
from app.bookings.queries import DAYS_AHEAD
from app.errors import N_, InvalidInput
from app.places.queries import TownFacts, UnknownTown

# Two decimals are about a kilometre: near enough to sort by, too coarse to find somebody's house.
POSITION = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,2})?),(-?[0-9]{1,3}(?:\.[0-9]{1,2})?)")
SLUG = re.compile(r"[a-z0-9-]{1,60}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
EMAIL = re.compile(rf"{_ATOM}(\.{_ATOM})*@([A-Za-z0-9-]+\.)+[A-Za-z]{{2,}}")
LONGEST = {"name": 100, "email": 254, "message": 4000}


@dataclass(frozen=True)
class Origin:
    """Where distances are measured from: a town's centre, or somebody's rounded position (then without a label)."""

    lat: float | None
    lon: float | None
    label: str | None


@dataclass(frozen=True)
class Search:
    """Which day and part of it, and from where. `date` is None when nobody said."""

    date: date | None
    period: str
    town: TownFacts | None
    origin: Origin | None
    near: str | None
    is_all: bool


def read_search(
    args: MultiDict[str, str], towns: Iterable[TownFacts], *, remembered: str | None, today: date
) -> Search:
    """Read the words of a search. `remembered` is the town that this device keeps.

    Refuses: `InvalidInput` and `UnknownTown`. A remembered town that is gone is no mistake of the visitor.
    """
    by_slug = {town.slug: town for town in towns}
    wrong = {}
    try:
        day = _day(args.get("date") or None, today)
    except ValueError:
        wrong["date"] = N_("Wähl einen Tag der nächsten zwölf Wochen.")
    period = args.get("period") or "day"
    if period not in PERIODS:
        wrong["period"] = N_("Wähl morning (vormittags), afternoon (nachmittags) oder day (ganztags).")
    word = args.get("near") or None
    position = POSITION.fullmatch(word) if word else None
    if word and not position and not SLUG.fullmatch(word):
        wrong["near"] = N_("Gib einen Ort oder eine Position mit höchstens zwei Nachkommastellen an: 51.93,7.35.")
    if wrong:
        raise InvalidInput(wrong)
    town = _town(args.get("town"), by_slug, remembered)
    return Search(day, period, town, _origin(word, position, by_slug) or _centre(town), word, args.get("all") == "1")


def read_day(args: MultiDict[str, str], today: date) -> date:
    """Return the day around which a page shows what is free: today, when nobody said or nobody can book then."""
    try:
        return _day(args.get("date") or None, today) or today
    except ValueError:
        return today


def _day(text: str | None, today: date) -> date | None:
    if text is None:
        return None
    day = date.fromisoformat(text)
    if not DATE.fullmatch(text) or not -366 < (day - today).days <= DAYS_AHEAD:
        raise ValueError(text)
    return day


def read_town(slug: str | None, towns: Iterable[TownFacts]) -> TownFacts | None:
    """Return the town that a list is narrowed to. Refuses: `UnknownTown`."""
    return _town(slug, {town.slug: town for town in towns}, None)


def _town(slug: str | None, by_slug: dict[str, TownFacts], remembered: str | None) -> TownFacts | None:
    if slug is None:
        return by_slug.get(remembered or "")
    if slug and slug not in by_slug:
        raise UnknownTown
    return by_slug.get(slug)


def _origin(word: str | None, position: re.Match[str] | None, by_slug: dict[str, TownFacts]) -> Origin | None:
    if word is None:
        return None
    if position is not None:
        lat, lon = float(position[1]), float(position[2])
        if abs(lat) > 90 or abs(lon) > 180:
            raise InvalidInput({"near": N_("Diese Position liegt nicht auf der Erde.")})
        return Origin(lat, lon, None)
    if word not in by_slug:
        raise UnknownTown
    return _centre(by_slug[word])


def _centre(town: TownFacts | None) -> Origin | None:
    return Origin(town.lat, town.lon, town.name) if town is not None else None


@dataclass(frozen=True)
class Feedback:
    """What somebody says about barriers; name and address are theirs to give."""

    name: str
    email: str
    message: str
    is_trapped: bool


def read_feedback(form: MultiDict[str, str]) -> Feedback:
    """Read the feedback form. Refuses: `InvalidInput`, naming each field."""
    values = {name: _plain(form.get(name, "")) for name in LONGEST}
    wrong = {name: N_("Das ist zu lang.") for name, most in LONGEST.items() if len(values[name]) > most}
    if not values["message"]:
        wrong["message"] = N_("Schreib bitte, was nicht geht.")
    if values["email"] and not EMAIL.fullmatch(values["email"]):
        wrong["email"] = N_("Das ist keine E-Mail-Adresse. Prüf sie, oder lass das Feld leer.")
    if wrong:
        raise InvalidInput(wrong)
    return Feedback(**values, is_trapped=bool(form.get("website")))


def _plain(text: str) -> str:
    """Return what was typed without what no keyboard types: control characters other than line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign == "\n" or sign.isprintable() or sign == "\t").strip()
