"""What phones load: every import resolves, all of it is kept for offline use, and it stays small."""

import json
import re
from pathlib import PurePosixPath

import pytest

from app import assets
from tests.conftest import ROOT

ENTRIES = ("page", "meine", "host", "display")
MODULES, BYTES = 10, 25_000
# All name a file of ours by a relative address.
STATIC = r"""^\s*(?:import\s*(?:[\w*{][^"'`;()]*\bfrom\s*)?|export\s*[*{][^"'`;()]*\bfrom\s*)["']([^"']+)["']"""
LATER = r"""\b(?:import|new\s+URL)\(\s*["']([^"']+)["']"""
# Names of XML vocabularies look like addresses and are never fetched.
FOREIGN = re.compile(r"""["'(]\s*(?:https?:)?//(?!www\.w3\.org/)[\w.-]+\.[a-z]{2,}""")


def _files(pattern):
    found = (path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob(pattern)))
    return [name for name in found if "/vendor/" not in name]


SCRIPTS = _files("pwa/**/*.js")
STYLES = _files("static/**/*.css")


def _read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def _uncommented(script):
    return re.sub(r"^\s*//[^\n]*$|/\*.*?\*/", "", script, flags=re.DOTALL | re.MULTILINE)


def _static(script):
    return re.findall(STATIC, _uncommented(script), re.MULTILINE)


def _targets(script):
    """Return what a module imports, at once and later, and the workers that it starts."""
    return _static(script) + re.findall(LATER, _uncommented(script))


def _resolved(name, target):
    path = (ROOT / PurePosixPath(name).parent / target).resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else target


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_import_is_relative_and_leads_to_a_file(name):
    for target in _targets(_read(name)):
        assert target.startswith(("./", "../")), f"{target} is not relative"
        assert (ROOT / _resolved(name, target)).is_file(), f"{target} leads nowhere"


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_server_finds_the_same_imports(name):
    """Preloads come from a simpler reading of the same lines; a module it missed would be loaded late."""
    static = [_resolved(name, target) for target in _static(_read(name))]

    assert list(assets._imports(name)) == static


def _fetch(client, address):
    """Return status, caching rule and body; the file behind the answer is closed again."""
    answer = client.get(address)
    try:
        return answer.status_code, answer.headers["Cache-Control"], answer.get_data()
    finally:
        answer.close()


@pytest.fixture
def precache(client):
    """What the service worker fetches when it is installed, by path."""
    build = client.application.extensions["assets"].build
    listing = json.loads(_fetch(client, f"/assets/{build}/precache.json")[2])
    assert listing["build"] == build
    return listing["urls"]


def test_the_first_cache_is_complete(client, precache):
    build = client.application.extensions["assets"].build
    expected = {f"/assets/{build}/{name}" for name in [*SCRIPTS, *STYLES, "static/icons.svg"]}

    assert expected <= set(precache)
    assert {address for address in precache if _fetch(client, address)[0] != 200} == set()


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_an_entry_loads_later_is_in_the_first_cache_too(precache, entry):
    kept = {address.split("/", 3)[3] for address in precache}
    queue, seen = [f"pwa/{entry}.js"], set()
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue += [_resolved(name, target) for target in _targets(_read(name))]

    assert len(seen) > 1
    assert seen <= kept


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_stays_small(entry):
    own = [name for name in assets.modules(f"pwa/{entry}.js") if "/vendor/" not in name]
    size = sum(len((ROOT / name).read_bytes()) for name in own)

    assert len(own) <= MODULES, own
    assert size <= BYTES, f"{size} bytes in {own}"


@pytest.mark.parametrize("name", [*SCRIPTS, *STYLES, *_files("static/**/*.svg")])
def test_nothing_foreign_is_named(name):
    text = _uncommented(_read(name)) if name.endswith(".js") else _read(name)

    assert FOREIGN.findall(text) == []


def test_an_address_is_never_used_again_for_other_bytes(app, client):
    build = app.extensions["assets"].build

    assert "immutable" in _fetch(client, f"/assets/{build}/pwa/page.js")[1]
    assert _fetch(client, "/assets/000000000000/pwa/page.js")[0] == 404


def test_the_guards_find_what_they_look_for():
    planted = 'import { a } from "./a.js";\nexport * from "../b.js";\nconst c = () => import("./c.js");\n'
    planted += 'new Worker(new URL("./d.js", import.meta.url));\n// import x from "./never.js";\n'

    assert _targets(planted) == ["./a.js", "../b.js", "./c.js", "./d.js"]
    assert FOREIGN.findall('fetch("https://cdn.example/x")')
    assert FOREIGN.findall("url(//cdn.example/x.png)")
    assert not FOREIGN.findall('fetch("/api/v1/spaces") // and nothing else')
