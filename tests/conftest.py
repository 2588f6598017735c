"""The ground every test stands on: a migrated database of its own, the cast, a frozen clock, warnings as errors."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from itsdangerous import URLSafeTimedSerializer
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import make_url

from app import config, create_app, extensions, i18n
from app.demo import cast as demo_cast
from tests import correlations
from tests.copies import Copies, create

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
# A Monday in the week before Advent: no holiday near, winter time.
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


class _Compiled(BytecodeCache):
    """Templates compiled once for all tests: they are most of what making an app costs."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": _Compiled()}
correlations.watch()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", default="sqlite", choices=["sqlite", "postgresql"], help="what carries the tests")


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    return request.config.getoption("--db")


@pytest.fixture(scope="session")
def cluster(database_kind: str) -> Iterator[str | None]:
    """Address of a PostgreSQL cluster of our own; it belongs to this run and is stopped with it."""
    if database_kind == "sqlite":
        yield None
        return
    shared = os.environ.get("TEST_CLUSTER_URL")
    if shared:
        yield shared
        return
    from tests import cluster as clusters  # noqa: PLC0415 - only where PostgreSQL is asked for

    with clusters.running(fsync=False) as url:
        yield url


def settings_for(database_url: str, data_dir: Path) -> config.Config:
    return config.Config(
        secret_key="only for tests",
        public_url="http://localhost",
        data_dir=data_dir,
        database_url=database_url,
        demo=True,
        log_level="WARNING",
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, cluster: str | None) -> str:
    """Make one migrated database, of which every test gets a copy. Returns its address."""
    folder = tmp_path_factory.mktemp("template")
    url = f"sqlite:///{folder / 'template.sqlite3'}" if cluster is None else create(cluster, "template")
    app = create_app(settings_for(url, folder))
    with app.app_context():
        upgrade()
        extensions.disconnect()
    return url


@pytest.fixture(scope="session")
def copies(template: str, cluster: str | None) -> Iterator[Copies | None]:
    if cluster is None:
        yield None
        return
    found = Copies(cluster, template)
    yield found
    found.close()


@pytest.fixture
def database_url(template: str, copies: Copies | None, tmp_path: Path) -> Iterator[str]:
    """A copy of the migrated template for one test."""
    if copies is None:
        source = make_url(template).database
        target = tmp_path / "test.sqlite3"
        shutil.copyfile(source, target)
        yield f"sqlite:///{target}"
        return
    url = copies.lend()
    yield url
    copies.give_back(url)


@pytest.fixture(scope="session")
def assets_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compressing the assets takes a moment, so all tests share one folder for them."""
    return tmp_path_factory.mktemp("assets")


class Browser(FlaskClient):
    """A client whose every request has a context of its own, as in production.

    Flask would share the test's context, and with it who is signed in: all clients would be the last who signed in.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)

    def submit(self, path: str, data: dict[str, Any] | None = None) -> Any:
        """Post a form as our own page would: with the CSRF token of this browser."""
        secret = self.application.config["SECRET_KEY"]
        with self.session_transaction() as session:
            seed = session.setdefault("csrf_token", "of this browser")
        token = URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(seed)
        return self.post(path, data={"csrf_token": token} | (data or {}))


@pytest.fixture(scope="session")
def shared_app(template: str, tmp_path_factory: pytest.TempPathFactory, assets_folder: Path) -> Flask:
    """Making an app costs more than most tests, so they share one and change its database and settings."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "assets").symlink_to(assets_folder)
    return create_app(settings_for(template, folder))


@pytest.fixture
def app(shared_app: Flask, database_url: str, tmp_path: Path, assets_folder: Path) -> Iterator[Flask]:
    (tmp_path / "var").mkdir(exist_ok=True)
    (tmp_path / "var" / "assets").symlink_to(assets_folder)
    _move_into(shared_app, settings_for(database_url, tmp_path / "var"))
    yield from _opened(shared_app)


@pytest.fixture
def own_app(database_url: str, tmp_path: Path, assets_folder: Path) -> Iterator[Flask]:
    """An app of its own, for tests that add views to it."""
    (tmp_path / "var").mkdir(exist_ok=True)
    (tmp_path / "var" / "assets").symlink_to(assets_folder)
    yield from _opened(create_app(settings_for(database_url, tmp_path / "var")))


def _opened(app: Flask) -> Iterator[Flask]:
    app.test_client_class = Browser
    i18n.speak("de")  # a test before this one may have ended in another language
    with app.app_context():
        yield app
        extensions.db.session.remove()
        extensions.disconnect()


def _move_into(app: Flask, settings: config.Config) -> None:
    app.config["NAHPLATZ"] = settings
    options = {**app.config["SQLALCHEMY_ENGINE_OPTIONS"], "url": settings.database_url}
    with app.app_context():
        extensions.disconnect()
        extensions.db._app_engines[app] = {None: extensions.db._make_engine(None, options, app)}


@pytest.fixture
def db(app: Flask) -> extensions.SQLAlchemy:
    return extensions.db


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def cast(app: Flask) -> dict[str, int]:
    """The people of the demo, known and without roles: ids by key ("ana", "ben", …, see app/demo/cast.py)."""
    return demo_cast.load(NOW)


@pytest.fixture
def as_(app: Flask, cast: dict[str, int]) -> Callable[[str], FlaskClient]:
    """Sign a member of the cast in: `as_("ana").get("/profil")`."""

    def sign_in(person: str) -> FlaskClient:
        client = app.test_client()
        assert client.post("/demo/anmelden", data={"person": person}).status_code == 303
        return client

    return sign_in


@pytest.fixture(autouse=True)
def now() -> Iterator[datetime]:
    """Every test lives at the same moment; `time_machine.travel` inside a test moves on."""
    with time_machine.travel(NOW, tick=False):
        yield NOW
