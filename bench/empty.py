"""The smallest thing that answers: one JSON route of plain Flask, served with the project's own gunicorn settings."""

from __future__ import annotations

from flask import Flask

app = Flask(__name__)


@app.get("/empty")
def empty() -> dict[str, bool]:
    return {"ok": True}
