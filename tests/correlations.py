"""Questions inside questions that ask about other rows than were meant.

SQLAlchemy takes a table for that of an outer question only one level around. Named two levels deeper it is read anew,
all of its rows: a condition about one booking becomes one about any.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Engine, event

_seen: set[str] = set()


def strays(statement: str) -> list[str]:
    """Return each EXISTS within another SELECT's own subquery that reads several tables side by side."""
    found, around = [], []
    for mark in re.finditer(r"\(SELECT\b|\(|\)", statement):
        if mark[0] != ")":
            around.append(mark.start() if mark[0] != "(" else None)
        elif around and (start := around.pop()) is not None and any(each is not None for each in around):
            part = re.sub(r"\s+", " ", statement[start : mark.end()])
            side_by_side = re.match(r"\(SELECT .*? FROM ([^()]*?) WHERE", part)
            if side_by_side and "," in side_by_side[1] and re.search(r"EXISTS\s*$", statement[:start]):
                found.append(part)
    return found


def watch() -> None:
    """Refuse such questions from now on, in every test."""
    event.listen(Engine, "before_cursor_execute", _refuse)


def _refuse(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement in _seen:
        return
    assert not strays(statement), strays(statement)
    _seen.add(statement)
