"""Settings that make no sense stop the start with their name."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app import config
from tests.race import server, wire

ROOT = Path(__file__).parent.parent

ENOUGH = {"SECRET_KEY": "only for tests"}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"PORT": "achtzig"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"DEMO": "ja"}, "DEMO"),
        ({"DEMO": "1", "HOST": "0.0.0.0"}, "DEMO"),  # noqa: S104 - what is refused here
        ({"DEMO": "1", "PUBLIC_URL": "https://nahplatz.example"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "nahplatz.example"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://nahplatz.example/app"}, "PUBLIC_URL"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"MAIL_FROM": "garbage"}, "MAIL_FROM"),
        ({"MAIL_FROM": ""}, "MAIL_FROM"),
        ({"MAIL_FROM": "Nah, platz <a@b.example>"}, "MAIL_FROM"),
        ({"LOG_LEVEL": "laut"}, "LOG_LEVEL"),
        ({"WEB_CONCURRENCY": "viele"}, "WEB_CONCURRENCY"),
        ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY"),
        ({"PUBLIC_URL": "https://[::1"}, "PUBLIC_URL"),
        ({"SMTP_URL": "mail.example.org"}, "SMTP_URL"),
        ({"SMTP_URL": "smtps://[mail"}, "SMTP_URL"),
        ({"SMTP_URL": "smtps://mail.example.org:viele"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://ana:secret@mail.example.org"}, "SMTP_URL"),
        ({"DATA_DIR": "/dev/null/var"}, "DATA_DIR"),
        ({"DATA_DIR": "/proc/var"}, "DATA_DIR"),
        ({"PUSH_TEST_SERVICE": "http://push.example:9999"}, "PUSH_TEST_SERVICE"),
        ({"PUSH_TEST_SERVICE": "http://10.0.0.1:9999"}, "PUSH_TEST_SERVICE"),
        ({"PUSH_TEST_SERVICE": "http://127.0.0.1:9999/"}, "PUSH_TEST_SERVICE"),
        ({"PUSH_TEST_SERVICE": "http://127.0.0.1:9999@push.example"}, "PUSH_TEST_SERVICE"),
        ({"PUSH_TEST_SERVICE": "http://127.0.0.1:9999\n"}, "PUSH_TEST_SERVICE"),
    ],
)
def test_wrong_settings_are_named(change, name, tmp_path):
    with pytest.raises(config.ConfigError, match=name):
        config.from_env({**ENOUGH, "DATA_DIR": str(tmp_path), **change})


def test_the_demo_can_be_forced(tmp_path):
    env = {**ENOUGH, "DATA_DIR": str(tmp_path), "DEMO": "1", "PUBLIC_URL": "https://messe.example", "DEMO_FORCE": "1"}
    assert config.from_env(env).demo


def test_a_push_service_for_tests_lies_on_this_machine(tmp_path):
    env = {**ENOUGH, "DATA_DIR": str(tmp_path), "PUSH_TEST_SERVICE": "http://127.0.0.1:9999"}
    assert config.from_env(env).push_test_service == "http://127.0.0.1:9999"


def test_commands_find_the_key_that_the_demo_made(tmp_path):
    (tmp_path / "secret_key").write_text("kept\n", "ascii")
    assert config.from_env({"DATA_DIR": str(tmp_path)}).secret_key == "kept"


def test_plain_postgresql_addresses_get_our_driver(tmp_path):
    env = {**ENOUGH, "DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql://u@h/d"}
    assert config.from_env(env).database_url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [("WEB_CONCURRENCY", "0"), ("DATA_DIR", "/dev/null/var"), ("SMTP_URL", "mail.example.org"), ("PORT", "0")],
)
@pytest.mark.parametrize("command", [["gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"], ["flask", "worker"]])
def test_web_server_and_commands_do_not_start_with_them(command, name, value, tmp_path):
    environment = {"PATH": os.environ["PATH"], "FLASK_APP": "wsgi", "DATA_DIR": str(tmp_path), **ENOUGH, name: value}
    program = [sys.executable, "-m", *command]
    done = subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("Nahplatz does not start: " + name)
    assert done.stderr.count("\n") == 1


def test_the_web_server_starts_with_good_ones(tmp_path):
    with server.running(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path, WEB_CONCURRENCY="3") as serving:
        connection = wire.Connection(serving.port)
        assert connection.send(wire.request("GET", "/healthz")).status == 200
        connection.close()
        deadline = time.monotonic() + 20  # they are started one after the other
        while len(serving.workers) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(serving.workers) == 3
