"""Phones and servers of a simulation live in real time."""

from tests.race.conftest import folder, now, race_url

__all__ = ["folder", "now", "race_url"]
