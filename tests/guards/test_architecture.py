"""The plan of the house holds: one order of packages, narrow doors between them, rules that know no request."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
APP = ROOT / "app"
PACKAGES = sorted(folder.name for folder in APP.iterdir() if (folder / "__init__.py").exists())
DOORS = {"models", "queries", "operations", "steps"}
RULES = DOORS | {"schemas"}
WEB = {"flask", "flask_login", "flask_wtf", "werkzeug"}
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "base", "manager", "managers", "misc", "core"}
FOREIGN_WORDS = {"admin", "manager", "tenant", "resource", "reservation", "nonce"}


@dataclass(frozen=True)
class Source:
    """One module of the house, and where it stands."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def package(self) -> str | None:
        first = self.path.relative_to(APP).parts[0]
        return first if first in PACKAGES else None

    @property
    def kind(self) -> str:
        """`operations` for app/bookings/operations.py and for app/bookings/operations/book.py alike."""
        return Path(self.path.relative_to(APP).parts[1]).stem if self.package else ""

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def imports(self) -> list[str]:
        """Dotted names of all that is imported, wherever in the file."""
        names = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names += [f"{node.module}.{alias.name}" for alias in node.names]
        return names


def _sources() -> list[Source]:
    return [Source(path, path.read_text(encoding="utf-8")) for path in sorted(APP.glob("**/*.py"))]


SOURCES = _sources()
RULE_SOURCES = [source for source in SOURCES if source.kind in RULES]
OPERATIONS = [source for source in SOURCES if source.kind == "operations"]
of_each = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
of_each_rule = pytest.mark.parametrize("source", RULE_SOURCES, ids=lambda source: source.name)
of_each_operation = pytest.mark.parametrize("source", OPERATIONS, ids=lambda source: source.name)


def test_packages_stand_in_one_order():
    # In a process of its own, because it sets up logging for everybody.
    command = [Path(sys.executable).parent / "lint-imports", "--no-logo"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)

    assert done.returncode == 0, done.stdout


@of_each
def test_other_packages_are_entered_by_their_doors(source):
    assert _side_entrances(source) == []


def _side_entrances(source: Source) -> list[str]:
    if source.path == APP / "__init__.py":  # it puts the house together
        return []
    found = []
    for name in source.imports():
        parts = name.split(".")
        is_foreign = parts[0] == "app" and len(parts) > 2 and parts[1] in PACKAGES and parts[1] != source.package
        if is_foreign and parts[2] not in DOORS:
            found.append(name)
    return found


@of_each_rule
def test_rules_know_no_request(source):
    assert [name for name in source.imports() if name.split(".")[0] in WEB] == []


@of_each_operation
def test_operations_do_not_call_operations(source):
    # What the files of one folder share is no transaction; calling one would be refused when it runs.
    own = f"app.{source.package}.operations"
    found = [name for name in source.imports() if "operations" in name.split(".")[2:3]]

    assert [name for name in found if not name.startswith(own)] == []


@of_each_operation
def test_operations_are_transactions_with_named_arguments(source):
    for function in source.tree.body:
        if isinstance(function, ast.FunctionDef) and function.name in _verbs(source):
            decorators = {ast.unparse(decorator) for decorator in function.decorator_list}
            # What is only tried is taken back.
            assert decorators & {"transaction.write", "transaction.trial"}, f"{function.name} is no transaction"
            assert not function.args.args, f"{function.name} takes arguments by position"


def _verbs(source: Source) -> set[str]:
    """What a package offers: all that a file does not hide, and of a folder what its `__init__.py` names."""
    if source.path.name == "operations.py":
        functions = [node.name for node in source.tree.body if isinstance(node, ast.FunctionDef)]
        return {name for name in functions if not name.startswith("_")}
    front = Source(source.path.parent / "__init__.py", (source.path.parent / "__init__.py").read_text(encoding="utf-8"))
    return {name.rpartition(".")[2] for name in front.imports()}


@of_each
def test_only_transactions_commit(source):
    if source.name != "app/transaction.py":
        assert re.findall(r"\.commit\(", source.text) == []


def test_names_say_what_a_thing_is():
    files = [*APP.glob("**/*.py"), *(path for path in ROOT.glob("pwa/**/*.js") if "vendor" not in path.parts)]
    names = [path.relative_to(ROOT) for path in files]

    assert [str(name) for name in names if EMPTY_NAMES & _words(name.as_posix())] == []


@of_each
def test_words_of_other_houses_are_not_used(source):
    kinds = (ast.ClassDef, ast.FunctionDef)
    names = [node.name for node in ast.walk(source.tree) if isinstance(node, kinds)]

    assert [name for name in names if FOREIGN_WORDS & _words(name)] == []


def _words(name: str) -> set[str]:
    """`LoginManager`, `login_manager` and `login/manager.py` all consist of login and manager."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def test_the_guards_find_what_they_look_for():
    text = "import flask\nfrom app.spaces import routes\nfrom app.spaces.operations import close\n"
    planted = Source(APP / "bookings" / "operations" / "planted.py", text)

    assert planted.kind == "operations"
    assert _side_entrances(planted) == ["app.spaces.routes"]
    assert "flask" in planted.imports()
    assert _words("app/login_manager.py") & EMPTY_NAMES
