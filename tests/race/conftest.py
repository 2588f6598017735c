"""Races run in real time, against a real server."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url


@pytest.fixture(autouse=True)
def now():
    """Other tests stand still; the server of a race does not, so its sessions and days must be of today."""
    return datetime.now(UTC)


@pytest.fixture
def folder(assets_folder, tmp_path):
    """Where the race's files lie: in memory if the machine has that, because keys hold on any disk."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it has a name nobody can guess
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as name:
        house = Path(name, "house")
        house.mkdir()
        for place in (Path(name), house):
            (place / "assets").symlink_to(assets_folder)
        yield Path(name)


@pytest.fixture
def race_url(database_url, folder):
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return database_url
    copy = folder / "race.sqlite3"
    copy.write_bytes(Path(url.database).read_bytes())
    return f"sqlite:///{copy}"
