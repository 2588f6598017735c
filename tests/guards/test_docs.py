"""What is written about the project is true and complete."""

from __future__ import annotations

import ast
import re
import subprocess
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import app
from app import config
from app.errors import DomainError

ROOT = Path(__file__).parent.parent.parent
ADRS = sorted(path for path in (ROOT / "docs" / "adr").glob("*.md") if path.name != "README.md")
# Folders of one machine; they mean nothing on another.
MACHINE_PATHS = re.compile(r"(?<![\w./}])/(?:home|Users|root|work)/\w")
# Packages come from wherever the machine gets its packages; a lock that knows the place works only there.
PLACES = re.compile(r"https?://|\"resolved\"|--index-url|--find-links")


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _settings() -> set[str]:
    """Names that app/config.py asks the environment for."""
    tree = ast.parse(_read("app/config.py"))
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    legal = {f"LEGAL_{field.upper()}" for field in config.LegalBody.__annotations__}
    return {word for word in words if re.fullmatch(r"[A-Z][A-Z_]+[A-Z]", word)} - {"INFO"} | legal


@pytest.mark.parametrize("name", sorted(_settings()))
def test_every_setting_is_explained(name):
    assert f"`{name}`" in _read("README.md")


def test_settings_are_found():
    assert {"HOST", "DATABASE_URL", "SECRET_KEY", "DEMO_FORCE", "LEGAL_NAME"} <= _settings()


def _refusals() -> list[type[DomainError]]:
    for module in walk_packages(app.__path__, "app."):
        import_module(module.name)
    found, queue = [], DomainError.__subclasses__()
    while queue:
        kind = queue.pop()
        found.append(kind)
        queue += kind.__subclasses__()
    return sorted(found, key=lambda kind: kind.__qualname__)


REFUSALS = _refusals()


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda kind: kind.__name__)
def test_every_refusal_says_something_to_people_and_to_machines(refusal):
    assert re.fullmatch(r"[a-z][a-z0-9_]+", refusal.code)
    assert refusal.message[0].isupper() or refusal.message[0] == "{"
    assert refusal.message.endswith((".", "!", "?"))
    assert 400 <= refusal.status < 600


def test_no_two_refusals_share_a_code():
    codes = [kind.code for kind in REFUSALS if "code" in vars(kind)]

    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("adr", ADRS, ids=lambda path: path.name)
def test_every_decision_is_listed(adr):
    assert f"]({adr.name})" in _read("docs/adr/README.md")


def test_decisions_are_numbered_without_gaps():
    assert [int(path.name[:4]) for path in ADRS] == list(range(1, len(ADRS) + 1))


def _texts() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    endings = (".cfg", ".css", ".html", ".in", ".ini", ".js", ".json", ".md", ".py", ".toml", ".txt", ".typ", ".yml")
    return [name for name in listed.splitlines() if name.endswith(endings) or "." not in name]


def test_nothing_points_into_one_machine():
    files = [name for name in _texts() if (ROOT / name).exists()]

    assert [name for name in files if MACHINE_PATHS.search(_read(name))] == []


def test_the_guard_knows_a_machine_path():
    assert MACHINE_PATHS.search('open("' + "/home" + '/ana/x")')
    assert not MACHINE_PATHS.search("https://example.org" + "/home" + "/plan and app/home/x")


@pytest.mark.parametrize("name", [path.name for path in ROOT.glob("requirements*.txt")])
def test_locks_of_python_packages_name_no_place(name):
    assert PLACES.findall(_read(name)) == []


@pytest.mark.parametrize("name", ["package-lock.json", "bench/package-lock.json"])
def test_locks_of_browser_packages_name_no_place(name):
    assert '"resolved"' not in _read(name)


def _dependencies() -> list[str]:
    return re.findall(r"^([a-z0-9-]+)==", _read("requirements.txt"), re.MULTILINE)


@pytest.mark.parametrize("name", _dependencies())
def test_every_dependency_is_thanked(name):
    assert re.search(rf"^  {re.escape(name)} ", _read("NOTICE"), re.MULTILINE)


def _links() -> list[tuple[str, str]]:
    pages = [name for name in _texts() if name.endswith(".md")]
    found = {(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)", _read(page))}
    return [(page, link) for page, link in sorted(found) if "://" not in link and not link.startswith("mailto:")]


@pytest.mark.parametrize(("page", "link"), _links())
def test_links_lead_somewhere(page, link):
    assert (ROOT / page).parent.joinpath(link).exists()


def test_contributing_is_short():
    assert _read("CONTRIBUTING.md").count("\n") <= 80


def test_one_version_everywhere():
    newest = re.search(r"^## (\d+\.\d+\.\d+)", _read("CHANGELOG.md"), re.MULTILINE)

    assert newest is not None
    assert f'softwareVersion: "{newest[1]}"' in _read("publiccode.yml")
