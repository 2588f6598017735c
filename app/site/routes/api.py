"""Spaces as open data, for maps and mobility apps: anybody may read and show them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, current_app
from pydantic import BaseModel

from app import access, api, assets
from app.site import schemas
from app.site.routes import blueprint
from app.spaces import queries as spaces
from app.spaces.queries import SpaceFacts


@blueprint.get("/api/v1/spaces")
@access.public
@api.describe(answer=schemas.SpacesOut, errors=(503,), etag=True, security=[])
def get_spaces() -> Response:
    """All spaces that are known, with what is known about them."""
    return _answer(schemas.spaces_out, "application/json")


@blueprint.get("/api/v1/spaces.geojson")
@access.public
@api.describe(answer=schemas.FeaturesOut, errors=(503,), etag=True, security=[])
def get_features() -> Response:
    """The same as GeoJSON."""
    return _answer(schemas.features_out, "application/geo+json")


def _answer(shape: Callable[[list[SpaceFacts], str], BaseModel], content_type: str) -> Response:
    directory = spaces.directory()
    count, version = directory.state
    etag = f"{assets.build()}-{count}-{version}"
    response = api.not_modified(etag)
    if response is None:
        known = list(directory.by_id.values())
        response = api.respond(shape(known, current_app.config["NAHPLATZ"].public_url))
        response.content_type = content_type
        response.set_etag(etag)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, no-cache"
    return response
