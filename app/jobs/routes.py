"""For whoever watches over the service: does it live, can it serve, and how did the last night go."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, json, render_template

from app import access, clock
from app.answers import me
from app.errors import NotFound
from app.jobs import queries
from app.places import queries as places

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


@blueprint.get("/kreis/betrieb")
@access.person
def show_running() -> str:
    """The last result of the work of the night, the workers, and what waits for them."""
    if not any(len(each.ags) == places.COUNTY_KEY_LENGTH for each in places.officers([me()])):
        raise NotFound
    now = clock.now()
    return render_template(
        "jobs/running.html",
        tasks=queries.nightly_tasks(),
        workers=queries.workers(),
        health=queries.health(now),
        now=now,
    )


def _plain(body: dict[str, Any], status: int) -> Response:
    response = Response(json.dumps(body), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
