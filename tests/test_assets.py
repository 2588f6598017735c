"""What a phone keeps comes under one build's address, and the worker that keeps it too."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from flask import Flask
from werkzeug.test import Client

from app import assets


def _served(app: Flask, path: str):
    # Through the whole server, WhiteNoise included, as a browser meets it.
    return Client(app).get(path, buffered=True)


def test_the_worker_is_a_module_of_this_build(client):
    answer = client.get("/sw.js")
    assert answer.content_type.replace('"', "") == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert re.fullmatch(r'// .*\nimport "/assets/[0-9a-f]{12}/pwa/sw\.js";\n', answer.text)


@pytest.mark.parametrize(("name", "kind"), [("pwa/sw.js", "text/javascript"), ("shell.de.html", "text/html")])
def test_a_file_names_its_charset_once(app, name, kind):
    answer = _served(app, f"/assets/{app.extensions['assets'].build}/{name}")
    assert (answer.status_code, answer.content_type) == (200, f'{kind}; charset="utf-8"')


def test_the_list_of_what_is_kept_names_only_what_is_there(app, client):
    build = re.search("/assets/([0-9a-f]+)/", client.get("/sw.js").text)[1]
    listing = _served(app, f"/assets/{build}/precache.json").json
    assert listing["build"] == build
    assert f"/assets/{build}/pwa/sw.js" in listing["urls"]
    for url in listing["urls"]:
        answer = _served(app, url)
        assert answer.status_code == 200, url
        assert "immutable" in answer.headers["Cache-Control"], url


def test_kept_pages_carry_the_headers_of_every_page(app, client):
    everywhere = client.get("/sw.js").headers
    build = re.search("/assets/([0-9a-f]+)/", client.get("/sw.js").text)[1]
    listing = _served(app, f"/assets/{build}/precache.json").json
    pages = [url for url in listing["urls"] if url.endswith(".html")]
    assert f"/assets/{build}/shell.de.html" in pages
    for url in pages:
        kept = _served(app, url).headers
        for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"):
            assert kept[name] == everywhere[name], url


def test_processes_that_start_together_do_not_disturb_each_other(tmp_path):
    command = [sys.executable, "-c", "import app; app.create_app()"]
    environment = {**os.environ, "SECRET_KEY": "only for tests", "DATA_DIR": str(tmp_path), "LOG_LEVEL": "ERROR"}
    old = tmp_path / "assets" / "0123456789ab"
    older = tmp_path / "assets" / "ba9876543210"
    for age, folder in ((100, old), (200, older)):
        folder.mkdir(parents=True)
        os.utime(folder, (folder.stat().st_mtime - age,) * 2)
    started = [subprocess.Popen(command, cwd=assets.ROOT, env=environment) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]
    # The new build and the one before it.
    assert len(list((tmp_path / "assets").iterdir())) == 2
    assert (old.exists(), older.exists()) == (True, False)


def test_a_command_leaves_the_servers_files_alone(tmp_path):
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "routes"]
    environment = {**os.environ, "SECRET_KEY": "only for tests", "DATA_DIR": str(tmp_path), "LOG_LEVEL": "ERROR"}
    done = subprocess.run(command, cwd=assets.ROOT, env=environment, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "assets").exists()


# Nobody waits for the service worker, and it has no way to load a part of itself later as pages do.
@pytest.mark.parametrize(("entry", "most"), [("page", 25_000), ("meine", 25_000), ("host", 25_000), ("sw", 32_000)])
def test_an_entry_loads_few_and_small_modules(entry, most):
    names = assets.modules(f"pwa/{entry}.js")
    assert len(names) <= 10
    assert sum((assets.ROOT / name).stat().st_size for name in names) <= most


def test_what_is_only_spoken_of_is_not_loaded():
    names = assets.modules("pwa/sw.js")
    assert "pwa/outbox.js" in names
    assert "pwa/lib/event.js" not in names  # its types are named in comments
