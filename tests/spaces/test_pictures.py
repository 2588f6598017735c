"""Pictures come in anyhow and go out small, upright and silent about where they were made."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
from PIL import Image

from app.spaces.steps import NotAPicture, PictureTooLarge, picture_of

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def _file(image, kind="JPEG", **more):
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def _read(picture):
    image = Image.open(io.BytesIO(picture.content))
    image.load()
    return image


def _png_that_says(width, height):
    """A PNG whose few bytes promise a huge picture."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_small_webp(kind):
    picture = picture_of(_file(Image.new("RGB", (4000, 3000), "teal"), kind))
    image = _read(picture)
    assert (image.format, image.size) == ("WEBP", (1600, 1200))
    assert (picture.width, picture.height) == image.size
    assert len(picture.content) <= 300 * 1024


def test_a_small_photo_is_not_blown_up():
    assert _read(picture_of(_file(Image.new("RGB", (320, 200))))).size == (320, 200)


def test_noise_is_made_worse_until_it_fits():
    noise = Image.frombytes("RGB", (2000, 1500), random.Random(1).randbytes(2000 * 1500 * 3))
    picture = picture_of(_file(noise, quality=95))
    assert 50_000 < len(picture.content) <= 300 * 1024


def test_a_turned_photo_is_shown_upright_and_says_nothing_else():
    image = Image.new("RGB", (400, 200), "white")
    image.paste("red", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: what is left is above
    exif[0x010F] = "Kamera von Ana"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 55.0, 44.0)})
    sent = _file(image, exif=exif, comment=b"Ana war hier")
    assert b"Kamera von Ana" in sent
    kept = picture_of(sent)
    shown = _read(kept)
    assert shown.size == (200, 400)
    top, bottom = shown.getpixel((100, 50)), shown.getpixel((100, 350))
    assert top[0] > 200 > top[1]
    assert min(bottom) > 200
    assert not shown.getexif()
    assert {"exif", "xmp", "icc_profile", "comment"} & set(shown.info) == set()
    assert b"Ana" not in kept.content


def test_what_is_transparent_becomes_white():
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    assert min(_read(picture_of(_file(image, "PNG"))).getpixel((5, 5))) > 250


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "CMYK", "I;16"])
def test_pictures_of_all_kinds_are_read(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert _read(picture_of(_file(Image.new(mode, (50, 40)), kind))).size == (50, 40)


def test_a_picture_that_moves_shows_its_first_moment():
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("blue", "red")]
    sent = _file(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100)
    image = _read(picture_of(sent))
    assert getattr(image, "n_frames", 1) == 1
    assert image.getpixel((30, 30))[2] > 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        SVG,
        b"%PDF-1.7",
        b"GIF89a" + b"\0" * 50,
        _file(Image.new("RGB", (300, 300)))[:400],
        _file(Image.new("RGB", (300, 300), "red"), "PNG")[:-30],
        _file(Image.new("RGB", (30, 30)), "TIFF"),
        _file(Image.new("RGB", (30, 30)), "GIF"),
        b"\xff\xd8\xff\xe0" + b"\0" * 500,
        _png_that_says(4000, 4000),  # promises more than there is
    ],
    ids=["empty", "text", "svg", "pdf", "gif-head", "cut-jpeg", "cut-png", "tiff", "gif", "jpeg-head", "short-png"],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(NotAPicture):
        picture_of(content)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(8000, 5000), (60_000, 60_000), (1, 30_000_000), (5001, 5000)])
def test_forty_megapixels_and_bombs_are_refused_unseen(size):
    with pytest.raises(PictureTooLarge):
        picture_of(_png_that_says(*size))


def test_twenty_five_megapixels_are_taken():
    assert _read(picture_of(_file(Image.new("RGB", (5712, 4284), "olive")))).size == (1600, 1200)


@pytest.mark.filterwarnings("ignore")  # Pillow wonders about metadata
def test_broken_bytes_never_end_in_anything_else():
    whole = _file(Image.effect_noise((160, 120), 60).convert("RGB"))
    draw = random.Random(7)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(draw.randint(1, 40)):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        try:
            picture_of(bytes(broken))
            outcomes["read"] += 1
        except (NotAPicture, PictureTooLarge):
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 0
