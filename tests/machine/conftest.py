"""The machine has a clock of its own, one house for all its runs, and one app."""

import pytest

from app import clock
from tests.machine.world import World


@pytest.fixture(autouse=True)
def now():
    """Time goes on only when the machine says so; what runs around it is measured by the real clock."""
    return


@pytest.fixture
def world(app, monkeypatch):
    world = World(app)
    monkeypatch.setattr(clock, "now", lambda: world.now)
    return world
