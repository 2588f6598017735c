"""Photos of a space."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app import transaction
from app.errors import N_, DomainError, NotFound
from app.extensions import db
from app.spaces import steps
from app.spaces.models import Photo
from app.spaces.steps import Picture

MOST_PHOTOS = 12


class TooManyPhotos(DomainError):
    """A dozen shows a house."""

    code = "too_many_photos"
    message = N_("Mehr als 12 Fotos gehen nicht. Lösch zuerst eines, das nicht mehr stimmt.")


class PhotoKnown(DomainError):
    """The same picture is there already."""

    code = "photo_known"
    message = N_("Dieses Foto gibt es hier schon.")


@transaction.write
def add_photo(*, slug: str, person_id: int, picture: Picture, alt: str, now: datetime) -> None:
    """Add a photo behind the others; `alt` says what it shows.

    Refuses: `UnknownSpace`, `TooManyPhotos`, `PhotoKnown`.
    """
    kept = steps.lock_hosted(slug, person_id)
    photos = _photos(kept.space.id)
    if any(photo.digest == picture.digest for photo in photos):
        raise PhotoKnown
    if len(photos) >= MOST_PHOTOS:
        raise TooManyPhotos
    rank = db.session.scalar(select(func.max(Photo.rank)).where(Photo.space_id == kept.space.id))
    db.session.add(
        Photo(
            space_id=kept.space.id,
            digest=picture.digest,
            rank=0 if rank is None else rank + 1,
            alt=alt,
            width=picture.width,
            height=picture.height,
            content=picture.content,
            made_at=now,
        )
    )
    steps.write_down(kept, "add_photo", {"alt": alt}, now=now)


@transaction.write
def describe_photo(*, slug: str, person_id: int, photo_id: int, alt: str, now: datetime) -> None:
    """Say anew what a photo shows. Refuses: `UnknownSpace`, `NotFound`."""
    kept = steps.lock_hosted(slug, person_id)
    photo = _photo(kept.space.id, photo_id)
    if photo.alt != alt:
        before, photo.alt = photo.alt, alt
        steps.write_down(kept, "describe_photo", {"before": before, "after": alt}, now=now)


@transaction.write
def show_photo_first(*, slug: str, person_id: int, photo_id: int, now: datetime) -> None:
    """Put a photo before all others. Refuses: `UnknownSpace`, `NotFound`."""
    kept = steps.lock_hosted(slug, person_id)
    first = _photo(kept.space.id, photo_id)
    others = [photo for photo in _photos(kept.space.id) if photo.id != first.id]
    for rank, photo in enumerate([first, *others]):
        photo.rank = rank
    steps.write_down(kept, "order_photos", {"first": first.alt}, now=now)


@transaction.write
def remove_photo(*, slug: str, person_id: int, photo_id: int, now: datetime) -> None:
    """Delete a photo. Refuses: `UnknownSpace`, `NotFound`."""
    kept = steps.lock_hosted(slug, person_id)
    photo = _photo(kept.space.id, photo_id)
    db.session.delete(photo)
    steps.write_down(kept, "remove_photo", {"alt": photo.alt}, now=now)


def _photos(space_id: int) -> list[Photo]:
    rows = select(Photo).where(Photo.space_id == space_id).order_by(Photo.rank, Photo.id)
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def _photo(space_id: int, photo_id: int) -> Photo:
    found = next((photo for photo in _photos(space_id) if photo.id == photo_id), None)
    if found is None:
        raise NotFound
    return found
