"""Parts of a write that concern towns and those who act for others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from app.errors import N_, InvalidInput
from app.extensions import db
from app.people import queries as people
from app.people import steps as people_steps
from app.people.models import Person
from app.places.models import Town


@dataclass(frozen=True)
class TownDraft:
    """What is to be known about a town; `where` names the place in the file it comes from."""

    where: str
    ags: str
    slug: str
    name: str
    plz: str | None = None
    lat: float | None = None
    lon: float | None = None
    population: int | None = None
    population_on: date | None = None


@dataclass(frozen=True)
class KeptTowns:
    """Ids of the towns that were new and of those that changed."""

    new: frozenset[int]
    changed: frozenset[int]


def keep_towns(drafts: Iterable[TownDraft]) -> KeptTowns:
    """Add or change towns by their official key; towns that are not named stay.

    Refuses: `InvalidInput` when a town takes the slug of another one.
    """
    known = {town.ags: town for town in db.session.scalars(select(Town))}
    owners = {town.slug: town.ags for town in known.values()}
    new, changed = [], []
    for draft in drafts:
        if owners.get(draft.slug, draft.ags) != draft.ags:
            raise InvalidInput({f"{draft.where}.slug": N_("Diesen Kurznamen hat schon eine andere Kommune.")})
        facts = {name: value for name, value in asdict(draft).items() if name != "where"}
        town = known.get(draft.ags)
        if town is None:
            town = Town(**facts)
            db.session.add(town)
            new.append(town)
        elif any(getattr(town, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(town, name, value)
            changed.append(town)
    db.session.flush()
    return KeptTowns(frozenset(town.id for town in new), frozenset(town.id for town in changed))


def slug_of(name: str) -> str:
    """Return `name` as it is written in addresses: Kreis Höxter becomes kreis-hoexter."""
    spelled = name.casefold().translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"})
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")


def somebody_who_acts(email: str, *, now: datetime) -> int:
    """Return the id of the person at `email`, who acts for others from now on and is made when unknown.

    Refuses: `InvalidInput` when that is no address.
    """
    address = email.strip().lower()
    if len(address) > 254 or not re.fullmatch(r"[!-?A-~]+@[a-z0-9.-]+\.[a-z]{2,}", address):
        raise InvalidInput({"email": N_("Das ist keine E-Mail-Adresse (gemeint ist etwa ana@example.org).")})
    person_id = people.find_by_email(address)
    if person_id is None:
        # The name is asked for at the first sign-in.
        person_id = people_steps.add_person("", address, "de", now=now)
    db.session.execute(update(Person).where(Person.id == person_id).values(acts_for_others=True))
    return person_id
