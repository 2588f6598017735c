"""Pictures that people send: looked at with distrust, made anew without anything but their pixels."""

from __future__ import annotations

import hashlib
import io
import threading
from dataclasses import dataclass
from typing import NoReturn

from PIL import Image, ImageOps, UnidentifiedImageError

from app.errors import N_, DomainError

FORMATS = ("JPEG", "PNG", "WEBP")
# Phones make pictures of 12, 24 and 48 million pixels. Each takes four bytes while it is made anew.
MOST_PIXELS = 25_000_000
MOST_BYTES = 300 * 1024
LONGEST_EDGE = 1600
# The same picture, worse and then smaller, until it fits.
ATTEMPTS = ((1600, 82), (1600, 70), (1600, 55), (1280, 55), (1024, 50), (800, 45))
# One at a time in each process: a picture takes up to 100 MB for a moment.
_turn = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """A WebP of at most 300 kB; `digest` is the SHA-256 of its content."""

    content: bytes
    digest: str
    width: int
    height: int


class NotAPicture(DomainError):
    """No JPEG, PNG or WebP, or a broken one."""

    code = "not_a_picture"
    status = 422
    message = N_("Das ist kein Foto, das wir lesen können. Nimm eine Datei vom Typ JPEG, PNG oder WebP.")


class PictureTooLarge(DomainError):
    """More pixels than are worth unpacking."""

    code = "picture_too_large"
    status = 422
    message = N_("Dieses Foto hat zu viele Bildpunkte, höchstens 25 Millionen gehen. Mach es vorher kleiner.")


def picture_of(content: bytes) -> Picture:
    """Make a picture anew: upright, at most 1600 pixels wide and high, without place, camera or other metadata.

    What it says of its size is looked at before anything is unpacked, so that a few bytes cannot become gigabytes.

    Refuses: `NotAPicture`, `PictureTooLarge`.
    """
    try:
        with _turn:
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _check_size(image)
                image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # lets JPEG unpack a smaller one at once
                upright = _upright(image)
            return _packed(upright)
    except Image.DecompressionBombError as error:  # Pillow's own limit comes before ours
        raise PictureTooLarge from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        _refuse(error)


def _refuse(error: Exception) -> NoReturn:
    # Pillow says all this of files that are cut off, or no pictures behind the first bytes.
    raise NotAPicture from error


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise PictureTooLarge


def _upright(image: Image.Image) -> Image.Image:
    """Return the picture as it was meant to be seen, on white where it was transparent."""
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    if turned.mode in {"RGBA", "LA", "PA", "P"}:
        coloured = turned.convert("RGBA")
        ground = Image.new("RGB", coloured.size, "white")
        ground.paste(coloured, mask=coloured.getchannel("A"))
        return ground
    return turned.convert("RGB")


def _packed(image: Image.Image) -> Picture:
    for edge, quality in ATTEMPTS:
        image.thumbnail((edge, edge))
        file = io.BytesIO()
        image.save(file, "WEBP", quality=quality, method=4, exif=b"", icc_profile=b"", xmp=b"")
        if file.tell() <= MOST_BYTES:
            content = file.getvalue()
            return Picture(content, hashlib.sha256(content).hexdigest(), image.width, image.height)
    raise NotAPicture  # noise that no quality makes small; no camera makes that
