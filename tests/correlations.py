"""Questions inside questions that ask about other rows than were meant.

SQLAlchemy takes a table for that of an outer question only one level around. Named two levels deeper it is read anew,
all of its rows: a condition about one booking becomes one about any. Such a table stands beside the others of its FROM,
behind a comma; whoever means to read several tables joins them.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Engine, event

_seen: set[str] = set()
_ENDS = re.compile(r"(WHERE|GROUP BY|ORDER BY|LIMIT|HAVING|UNION|EXCEPT|INTERSECT|FOR UPDATE|RETURNING|SET)\b")


def strays(statement: str) -> list[str]:
    """Return what each SELECT inside another one reads side by side, be it asked for a value, a list or for existence.

    The same table twice is meant: nobody names it twice by mistake.
    """
    found = []
    for mark in re.finditer(r"(?<!DISTINCT )\bFROM\b", statement):
        parts = _side_by_side(statement, mark.end())
        if len({part.split()[0] for part in parts}) > 1 and _is_inside(statement[: mark.start()]):
            found.append(" ".join(", ".join(parts).split()))
    return found


def _side_by_side(statement: str, start: int) -> list[str]:
    """Return what stands between commas from here to the end of a FROM."""
    parts, depth, begun, at = [], 0, start, start
    while at < len(statement):
        sign = statement[at]
        depth += (sign == "(") - (sign == ")")
        is_word = depth == 0 and sign.isalpha() and not re.match(r"\w", statement[at - 1])
        if depth < 0 or (is_word and _ENDS.match(statement, at)):
            break
        if sign == "," and depth == 0:
            parts.append(statement[begun:at])
            begun = at + 1
        at += 1
    return [*parts, statement[begun:at]]


def _is_inside(before: str) -> bool:
    """Whether a FROM belongs to a SELECT in parentheses."""
    depth = 0
    for sign in reversed(before):
        depth += (sign == ")") - (sign == "(")
        if depth < 0:
            return True
    return False


def watch() -> None:
    """Refuse such questions from now on, in every test."""
    event.listen(Engine, "before_cursor_execute", _refuse)


def _refuse(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement in _seen:
        return
    assert not strays(statement), strays(statement)
    _seen.add(statement)
