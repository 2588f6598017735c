"""Photos of spaces: what pages need to show them, and the pictures themselves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.errors import NotFound
from app.extensions import execute
from app.spaces.models import Photo, Space


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """A photo without its content; sizes in pixels, so that a page leaves room for it."""

    id: int
    digest: str
    alt: str
    width: int
    height: int


def photos(space_id: int) -> list[PhotoFacts]:
    """Return the photos of a space in their order."""
    rows = execute(
        select(Photo.id, Photo.digest, Photo.alt, Photo.width, Photo.height)
        .where(Photo.space_id == space_id)
        .order_by(Photo.rank, Photo.id)
    )
    return [PhotoFacts(*row) for row in rows]


def photo_content(slug: str, digest: str) -> bytes:
    """Return a photo of a public space as WebP. Refuses: `NotFound`."""
    row = execute(
        select(Photo.content)
        .join(Space, Space.id == Photo.space_id)
        .where(Space.slug == slug, Space.state != "applied", Photo.digest == digest)
    ).first()
    if row is None:
        raise NotFound
    return bytes(row.content)
