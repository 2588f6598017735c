"""The form with which somebody offers a space, and what officers answer."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from app.errors import N_
from app.fields import Reading
from app.hosting.forms import place
from app.spaces.operations import OfferDraft

NEW = "neu"


def read_offer(form: MultiDict[str, str], towns: set[str], operators: set[str]) -> OfferDraft:
    """Read an offer: a place in one of `towns` (official keys), run by one of `operators` (ids) or a new one.

    Refuses: `InvalidInput`, naming each field.
    """
    reading = Reading(form)
    town = form.get("town", "")
    if town not in towns:
        reading.refuse("town", N_("Wähl bitte die Kommune aus der Liste."))
    chosen = form.get("operator", NEW)
    draft = OfferDraft(
        town_ags=town,
        place=place.place_of(reading),
        operator=None,
        operator_id=int(chosen) if chosen in operators else None,
        note=reading.text("message", 2000),
    )
    if draft.operator_id is None:
        draft = replace(draft, operator=place.operator_of(reading))
    reading.close()
    return draft


def read_text(form: MultiDict[str, str], name: str) -> str:
    """Read what an officer asks, or why not. Refuses: `InvalidInput`."""
    reading = Reading(form)
    text = reading.text(name, 1000, needed=N_("Schreib bitte einen Satz dazu. Er geht so an die Person."))
    reading.close()
    return text or ""
