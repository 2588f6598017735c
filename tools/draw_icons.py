"""Draw the icons that phones want as PNG: `python -m tools.draw_icons`. Run it when a drawing was changed."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS

ROOT = Path(__file__).resolve().parent.parent
ICONS = ROOT / "static" / "icons"
DRAWINGS = ROOT / "tools" / "icons"
SIZES = {
    "icon-192.png": (ICONS / "favicon.svg", 192),
    "icon-512.png": (ICONS / "favicon.svg", 512),
    "maskable-192.png": (DRAWINGS / "maskable.svg", 192),
    "maskable-512.png": (DRAWINGS / "maskable.svg", 512),
    "apple-touch-icon.png": (DRAWINGS / "apple-touch-icon.svg", 180),
    "notification.png": (DRAWINGS / "notification.svg", 96),
    "shortcut-scan.png": (DRAWINGS / "shortcut-scan.svg", 96),
    "shortcut-search.png": (DRAWINGS / "shortcut-search.svg", 96),
}


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, (drawing, size) in SIZES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{size}px}}</style>{drawing.read_text()}")
            page.screenshot(path=ICONS / name, omit_background=True)
            page.close()
            with Image.open(ICONS / name) as picture:
                picture.quantize(64, method=Image.Quantize.FASTOCTREE).save(ICONS / name, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
