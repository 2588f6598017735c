"""Photos of a space."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from app import access, clock
from app.errors import N_, DomainError, InvalidInput
from app.fields import Reading
from app.hosting.routes import answers, blueprint
from app.spaces import operations, steps
from app.spaces import queries as spaces
from app.spaces.steps import Picture

LARGEST_FILE = 12 * 1024 * 1024


@blueprint.get("/gastgeber/<slug>/fotos")
@access.person
def show_photos(slug: str) -> str:
    return _page(slug, {}, {})


@blueprint.post("/gastgeber/<slug>/fotos")
@access.person(max_body=LARGEST_FILE + access.BODY_LIMIT)
def add_photo(slug: str) -> Any:
    def change() -> None:
        picture, alt = _read()
        operations.add_photo(slug=slug, person_id=answers.me(), picture=picture, alt=alt, now=clock.now())

    answers.hosted(slug)
    done = N_("Das Foto ist da.")
    return answers.answer(change, lambda *typed: _page(slug, *typed), done, _own_page(slug))


def _read() -> tuple[Picture, str]:
    """Read a file and what it shows. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(request.form)
    alt = _alt(reading)
    content = _content()
    if not content:
        reading.refuse("photo", N_("Wähl bitte ein Foto aus."))
    elif len(content) > LARGEST_FILE:
        reading.refuse("photo", N_("Diese Datei ist zu groß. Bis 12 Megabyte geht."))
    reading.close()
    try:
        return steps.picture_of(content), alt
    except DomainError as refusal:
        raise InvalidInput({"photo": refusal.message}) from refusal


def _content() -> bytes:
    file = request.files.get("photo")
    if file is None:
        return b""
    with file.stream:  # a large one lies on the disk until it is closed
        return file.read()


def _alt(reading: Reading) -> str:
    needed = N_("Sag bitte in ein paar Worten, was auf dem Foto zu sehen ist.")
    return reading.line("alt", 200, needed=needed) or ""


@blueprint.post("/gastgeber/<slug>/fotos/<int:number>")
@access.person
def change_photo(slug: str, number: int) -> Any:
    """Describe a photo anew, put it first, or delete it: whichever button was pressed."""

    def change() -> None:
        me, now = answers.me(), clock.now()
        if request.form.get("do") == "delete":
            operations.remove_photo(slug=slug, person_id=me, photo_id=number, now=now)
        elif request.form.get("do") == "first":
            operations.show_photo_first(slug=slug, person_id=me, photo_id=number, now=now)
        else:
            reading = Reading(request.form)
            alt = _alt(reading)
            reading.close()
            operations.describe_photo(slug=slug, person_id=me, photo_id=number, alt=alt, now=now)

    answers.hosted(slug)
    return answers.answer(change, lambda _, wrong: _page(slug, {}, wrong, number), N_("Gespeichert."), _own_page(slug))


def _own_page(slug: str) -> str:
    return f"/gastgeber/{slug}/fotos"


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str], number: int | None = None) -> str:
    """Show all photos; `number` is the one whose form came back."""
    space = answers.hosted(slug)
    return render_template(
        "hosting/photos.html",
        space=space,
        photos=spaces.photos(space.id),
        values=values,
        errors=errors,
        number=number,
        can_add=len(spaces.photos(space.id)) < operations.MOST_PHOTOS,
    )
