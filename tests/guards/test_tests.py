"""Tests that cannot lie: what stands in a test file runs, and nothing is set aside."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
FILES = sorted(TESTS.glob("**/test_*.py"))
of_each = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
SET_ASIDE = {"skip", "skipif", "xfail", "importorskip"}


@of_each
def test_every_function_is_a_test_a_fixture_or_private(path):
    assert _strangers(path.read_text(encoding="utf-8")) == []


def _strangers(text: str) -> list[str]:
    functions = [node for node in _members(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    return [function.name for function in functions if not _is_known(function)]


def _members(tree: ast.Module) -> list[ast.stmt]:
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name.startswith("Test")]
    return tree.body + [member for node in classes for member in node.body]


def _is_known(function: ast.FunctionDef) -> bool:
    decorators = " ".join(ast.unparse(decorator) for decorator in function.decorator_list)
    return function.name.startswith(("test_", "_")) or "fixture" in decorators


@of_each
def test_no_test_has_the_name_of_another(path):
    names = [
        node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)
    ]

    assert sorted(names) == sorted(set(names)), "the later one would replace the earlier"


@of_each
def test_nothing_is_set_aside(path):
    assert _set_aside(path.read_text(encoding="utf-8")) == []


def _set_aside(text: str) -> list[str]:
    attributes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)]
    return [ast.unparse(node) for node in attributes if node.attr in SET_ASIDE and "pytest" in ast.unparse(node)]


def test_the_guards_find_what_they_look_for():
    planted = "import pytest\n@pytest.mark.skip\ndef past_bookings_are_kept(): ...\n"

    assert _strangers(planted) == ["past_bookings_are_kept"]
    assert _set_aside(planted) == ["pytest.mark.skip"]
