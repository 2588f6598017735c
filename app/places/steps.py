"""Parts of a write that concern towns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select

from app.errors import N_, InvalidInput
from app.extensions import db
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
