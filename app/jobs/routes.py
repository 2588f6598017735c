"""Two addresses for whoever watches over the service: does it live, and can it serve."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, json

from app import access, clock
from app.jobs import queries

blueprint = Blueprint("jobs", __name__)


@blueprint.get("/healthz")
@access.public
def lives() -> Any:
    """Answer without asking anybody, so that only a dead process fails."""
    return _plain({"status": "ok"}, 200)


@blueprint.get("/readyz")
@access.public
def can_serve() -> Any:
    """Say how the database, the tables, the workers and the mail do; 503 only when no page could be served."""
    health = queries.health(clock.now())
    body = {
        "status": "ok" if health.is_ready else "unavailable",
        "warnings": health.warnings,
        "database": health.database,
        "migrations": health.migrations,
        "worker": health.worker,
        "worker_seen_seconds_ago": health.worker_seen_seconds_ago,
        "messages_waiting": health.messages_waiting,
        "messages_oldest_seconds": health.messages_oldest_seconds,
        "releases_waiting": health.releases_waiting,
        "releases_oldest_seconds": health.releases_oldest_seconds,
        "night": health.night,
    }
    return _plain(body, 200 if health.is_ready else 503)


def _plain(body: dict[str, Any], status: int) -> Response:
    response = Response(json.dumps(body), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
