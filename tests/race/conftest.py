"""Races run in real time, against a real server."""

from datetime import UTC, datetime

import pytest


@pytest.fixture(autouse=True)
def now():
    """Other tests stand still; the server of a race does not, so its sessions and days must be of today."""
    return datetime.now(UTC)
