"""One build id for everything a phone keeps: scripts, styles, images, the offline shell and the legal pages.

At start the files are laid out once under `DATA_DIR/assets/<build>/`, compressed, and served from there for ever;
a changed byte makes a new build and so a new address. The last build stays, because open pages still load from it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from wsgiref.headers import Headers

from flask import Flask, Response, current_app
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from app import access, headers, i18n

ROOT = Path(__file__).parent.parent
SOURCES = ("pwa", "static")
ALIAS = re.compile(r"""^\s*(?:import|export)\b(?:[^"'`;()]*?\bfrom)?\s*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)
# Loaded later or by other means, so kept out of the first cache: store pictures.
NOT_PRECACHED = ("static/screens/",)

Page = Callable[[], str]


class Assets:
    """The build of this process: where its files lie and which there are."""

    def __init__(self, app: Flask, pages: dict[str, Page]) -> None:
        self.files = {
            path.relative_to(ROOT).as_posix(): path.read_bytes()
            for source in SOURCES
            for path in sorted((ROOT / source).rglob("*"))
            if path.is_file() and path.suffix not in {".md", ".txt"}
        }
        self.build = self._name({**self.files, **{name: page().encode() for name, page in pages.items()}})
        app.extensions["assets"] = self
        i18n.forget()
        # Pages name the build in their addresses, so they are made again now that it is known.
        self.pages = {name: page().encode() for name, page in pages.items()}
        self.folder = app.config["NAHPLATZ"].data_dir / "assets"

    @staticmethod
    def _name(files: dict[str, bytes]) -> str:
        digest = hashlib.sha256()
        for name in sorted(files):
            digest.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
        return digest.hexdigest()[:12]

    def url(self, path: str) -> str:
        return f"/assets/{self.build}/{path}"

    def precache(self) -> list[str]:
        kept = [name for name in (*self.files, *self.pages) if not name.startswith(NOT_PRECACHED)]
        return [self.url(name) for name in kept]

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let processes that start together take turns: none lists what another one writes or clears away."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder.parent / ".assets.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # let go when the file is closed, even by a crash
            yield

    def lay_out(self) -> None:
        """Write and compress the build's files, atomically, once; keep one build before it. Call it `alone`."""
        target = self.folder / self.build
        if target.exists():
            os.utime(target)  # in use again: not the one to be cleared away
            return
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=self.folder))
        draft.chmod(0o755)
        listing = json.dumps({"build": self.build, "urls": self.precache()}).encode()
        compressor = Compressor(quiet=True)
        for name, content in {
            **self.files,
            **self.pages,
            "precache.json": listing,
        }.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if compressor.should_compress(path.name):
                list(compressor.compress(str(path)))
        draft.rename(target)
        self._clear_away()

    def _clear_away(self) -> None:
        """Remove all builds but the two latest, and what a process that died has left half done."""
        paths = sorted(self.folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        builds = [path for path in paths if not path.name.startswith(".")]
        drafts = [path for path in paths if path.name.startswith(".")]
        for old in (*builds[2:], *drafts):
            shutil.rmtree(old, ignore_errors=True)


def install(app: Flask, pages: dict[str, Page]) -> None:
    """Build the assets and serve them. `pages` are the offline HTML pages by file name."""
    app.jinja_env.globals.update(asset_url=url, preloads=preloads, build=build)
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        return  # a command serves nothing, and with other settings its build would push out the server's
    assets = Assets(app, pages)
    with assets.alone():
        assets.lay_out()
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=str(assets.folder),
            prefix="assets/",
            max_age=31536000,
            immutable_file_test=lambda *_: True,
            mimetypes={
                ".js": "text/javascript",
                ".html": "text/html",
            },
            # A kept page answers for other addresses and takes its headers along: they must be those of every page.
            add_headers_function=partial(_secure, is_secure=app.config["NAHPLATZ"].is_secure),
        )
    app.add_url_rule("/sw.js", "service_worker", _service_worker)


def _secure(found: Headers, path: str, address: str, *, is_secure: bool) -> None:
    del path
    if address.endswith(".html"):
        for name, value in headers.every(is_secure=is_secure).items():
            found[name] = value


@access.public
def _service_worker() -> Response:
    """Two generated lines: a new build has new bytes here, which is how browsers notice it."""
    lines = f'// Nahplatz, build {build()}\nimport "{url("pwa/sw.js")}";\n'
    response = Response(lines, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


def build() -> str:
    assets = current_app.extensions.get("assets")
    return assets.build if assets else "-"


def url(path: str) -> str:
    """Return the address of a file under `pwa/` or `static/`, or of an offline page."""
    assets = current_app.extensions.get("assets")
    return assets.url(path) if assets else f"/assets/-/{path}"


def preloads(entry: str) -> list[str]:
    """Return the addresses of all modules that the entry `pwa/<entry>.js` loads at once, itself first."""
    return [url(name) for name in modules(f"pwa/{entry}.js")]


@lru_cache(maxsize=16)
def modules(entry: str) -> tuple[str, ...]:
    """Return an entry module and all that it imports statically, by path, in loading order."""
    found: dict[str, None] = {}
    _follow(entry, found)
    return tuple(found)


def _follow(name: str, found: dict[str, None]) -> None:
    if name in found:
        return
    found[name] = None
    for target in _imports(name):
        _follow(target, found)


def _imports(name: str) -> Iterable[str]:
    folder = PurePosixPath(name).parent
    for relative in ALIAS.findall((ROOT / name).read_text("utf-8")):
        parts: list[str] = []
        for part in (*folder.parts, *PurePosixPath(relative).parts):
            if part == "..":
                parts.pop()
            elif part != ".":
                parts.append(part)
        yield "/".join(parts)
