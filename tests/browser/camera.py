"""What a phone's camera sees: the printed sign, a little turned, blurred and in bad light."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from PIL import Image, ImageEnhance, ImageFilter

SIZE = (1280, 720)
WALL = (118, 112, 104)


def film_of_sign(pdf: Path, target: Path, *, unseen: int = 6) -> Path:
    """Write a film (motion JPEG) in which a hand brings the A4 page of `pdf` into view after `unseen` of 30 frames."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=1.4).to_pil().convert("RGB")
    height = 700
    page = page.resize((round(page.width * height / page.height), height), Image.Resampling.LANCZOS)
    frames = []
    for number in range(30):
        frame = Image.new("RGB", SIZE, WALL)
        if number >= unseen:
            turned = page.rotate(4 + number * 0.1, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=WALL)
            frame.paste(turned, (300 + number * 3, -20))
        dark = ImageEnhance.Brightness(frame).enhance(0.62)
        frames.append(dark.filter(ImageFilter.GaussianBlur(0.8)))
    with target.open("wb") as film:
        for frame in frames:
            frame.save(film, "JPEG", quality=80)
    return target
