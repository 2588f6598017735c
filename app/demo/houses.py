"""What the hosts of the cast show of their houses, and a space that waits for Kari."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from app.demo import operations as samples
from app.spaces import operations, steps
from app.spaces import queries as spaces
from app.spaces.operations import OfferDraft, OperatorDraft, PlaceDraft

FILE = Path(__file__).parents[2] / "data" / "beispiel-haeuser.json"
SIZE = (1200, 800)


def load(people: Mapping[str, int], now: datetime) -> None:
    """Hang up drawings where there are no photos, and offer a space in somebody's name who never did."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    slugs = {one["space"] for one in found["drawings"]}
    shown = {slug: spaces.photos(spaces.directory().space(slug).id) for slug in slugs}
    for one in found["drawings"]:
        if not shown[one["space"]]:
            picture, person_id = steps.picture_of(_drawn(one)), people[one["person"]]
            operations.add_photo(slug=one["space"], person_id=person_id, picture=picture, alt=one["alt"], now=now)
    offer = found["offer"]
    if not spaces.offered_by(people[offer["person"]]):
        slug = operations.offer_space(person_id=people[offer["person"]], draft=_draft(offer), now=now)
        samples.mark_sample(slug=slug)


def _draft(offer: Mapping[str, Any]) -> OfferDraft:
    place, operator = PlaceDraft(**offer["place"]), OperatorDraft(**offer["operator"])
    return OfferDraft(offer["town_ags"], place, operator, None, offer["note"])


def _drawn(drawing: Mapping[str, Any]) -> bytes:
    """Draw a room with the word Beispiel on its wall."""
    (width, height), (wall, floor), desks = SIZE, drawing["colours"], drawing["desks"]
    image = Image.new("RGB", SIZE, wall)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 2 // 3, width, height), fill=floor)
    step = width // desks
    for number in range(desks):
        left = number * step + step // 6
        right = left + step * 2 // 3
        draw.rectangle((left, 150, right, 400), fill="#cfe6f2", outline="#ffffff", width=14)
        draw.line(((left + right) // 2, 150, (left + right) // 2, 400), fill="#ffffff", width=8)
        draw.rectangle((left, 520, right, 545), fill="#6b4a2f")
        draw.line((left + 20, 545, left + 20, 700), fill="#3c3c3c", width=12)
        draw.line((right - 20, 545, right - 20, 700), fill="#3c3c3c", width=12)
        draw.rounded_rectangle((left + 40, 440, left + 160, 510), 8, fill="#26302b")
        draw.line((left + 100, 510, left + 100, 520), fill="#26302b", width=10)
    draw.text((width // 2, 80), "Beispiel", fill="#1b2320", font=ImageFont.load_default(72), anchor="mm")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
