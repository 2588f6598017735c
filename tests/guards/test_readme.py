"""README knows every setting, every package, every command and every word of the house."""

import re

import click
import pytest

from app import PACKAGES, config
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def _section(title):
    """Return what stands under a heading."""
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)[1]


def _settings():
    """Return the names that are read from the environment, by the app and by the web server."""
    sources = [ROOT / "app" / "config.py", ROOT / "gunicorn.conf.py"]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    named = set(re.findall(r"""(?:env(?:iron)?\.get\(|_flag\(env, )"([A-Z_]+)\"""", texts))
    return named | {f"LEGAL_{field.upper()}" for field in config.LegalBody.__annotations__}


def test_every_setting_is_explained_and_no_other():
    rows = re.findall(r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|", _section("Settings"), re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"[A-Z_]+", row)}

    assert len(explained) > 10
    assert explained == _settings()


def test_every_field_of_the_settings_is_one_of_them(monkeypatch):
    fields = set(config.Config.__annotations__) - {"legal_body"}

    assert {name.upper() for name in fields} <= _settings()


def _commands(group, words=("flask",)):
    """Return our own commands, as they are typed. What Flask and its extensions bring is named where it is needed."""
    found = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += _commands(command, (*words, name))
        else:
            found.append(" ".join((*words, name)))
    return [line for line in found if line.split()[1] not in {"run", "shell", "routes", "db"}]


def test_every_command_is_listed(app):
    commands = _commands(app.cli)

    assert len(commands) >= 8
    assert [line for line in commands if f"`{line}" not in README] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_on_the_map(package):
    assert re.search(rf"\b{package}\b", _section("The map of the house"))


def test_every_table_has_its_word(db):
    """The glossary is the authority: what has a table has a word there, or belongs to one that has."""
    parts = {"Address", "SignInCode", "Session", "BookingSlot", "Hours", "Closure", "Worker", "NightlyTask"}
    parts |= {"Photo", "PassKey", "GoneEvent", "Restore", "Announced"}
    parts |= {"ProgrammeEmployer", "ProgrammePerson", "QuotaPlace"}
    parts |= {"StatementEntry", "StatementLine", "StatementCentre", "InvoiceSeries"}
    words = set(re.findall(r"`([A-Z]\w+)`", _section("Glossary")))
    tables = {mapper.class_.__name__ for mapper in db.Model.registry.mappers}

    assert tables - parts - words == set()


def test_it_stays_a_page_to_read():
    assert README.count("\n") <= 260
