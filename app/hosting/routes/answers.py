"""Whose pages these are, and how their forms are answered."""

from __future__ import annotations

from app.answers import Page, answer, me
from app.spaces import queries as spaces
from app.spaces.queries import HostedSpace

__all__ = ["Page", "answer", "hosted", "me"]


def hosted(slug: str) -> HostedSpace:
    """Return a space of the person who asks. Refuses: `UnknownSpace`."""
    return spaces.hosted_space(me(), slug)
