"""What the log keeps of a refusal and of a failure: the kind of address, never what was filled in."""

from __future__ import annotations

import logging

import pytest

from app.spaces import queries as spaces


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, logger="app")
    return caplog


def test_a_refusal_is_logged_without_what_was_asked_for(client, log):
    assert client.get("/orte/etwas-geheimes").status_code == 404
    assert "GET /orte/<slug> refused: unknown_space" in log.text
    assert "geheimes" not in log.text


def test_a_failure_is_logged_without_what_was_asked_for(client, log, monkeypatch):
    monkeypatch.setattr(spaces, "directory", lambda: 1 / 0)
    assert client.get("/orte/etwas-geheimes").status_code == 500
    assert "GET /orte/<slug> failed" in log.text
    assert "ZeroDivisionError" in log.text, "the traceback stays"
    assert "geheimes" not in log.text
