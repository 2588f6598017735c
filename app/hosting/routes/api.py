"""What the devices of hosts ask for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from flask import Response

from app import access, api, clock, i18n
from app.checkins import operations as checkins
from app.checkins import queries as devices
from app.checkins.operations import HostDeviceOrder
from app.hosting import queries, schemas
from app.hosting.routes import blueprint
from app.spaces import queries as spaces
from app.spaces.queries import UnknownSpace


@blueprint.put("/api/v1/host/<slug>/device")
@access.person
@api.describe(json=schemas.DeviceIn, answer=schemas.TokenOut, errors=(401, 403, 404, 409, 415, 422, 503))
def put_device(slug: str) -> Response:
    """Let a device read and record for a space that its person acts for; the token before this one is void."""
    person = access.signed_in()
    space = spaces.hosted_space(person.person_id, slug)
    body = api.read(schemas.DeviceIn)
    order = HostDeviceOrder(body.device, body.name, schemas.key_of(body), space.id, person.person_id)
    token = checkins.register_host_device(order=order, actor=person.public_id, now=clock.now())
    return api.respond({"token": token})


@blueprint.get("/api/v1/host/<slug>/snapshot")
@access.device
@api.describe(answer=schemas.HostSnapshotOut, errors=(401, 404, 503), etag=True)
def get_host_snapshot(slug: str) -> Response:
    """All that a host's device needs without network. Names only with the session of a host of this space."""
    now = clock.now()
    visitor = _visitor(slug)
    found = queries.snapshot(slug, now=now, is_today_only=not visitor.is_host)
    body = schemas.snapshot_out(found, with_names=visitor.is_host, now=now)
    said = json.dumps(body | {"server_time": None, "language": i18n.language()}, sort_keys=True)
    etag = hashlib.sha256(said.encode()).hexdigest()[:32]
    response = api.not_modified(etag) or api.respond(body)
    response.set_etag(etag)
    return response


@dataclass(frozen=True)
class _Visitor:
    """Who asks: a host who is signed in, or only a device of the space."""

    is_host: bool


def _visitor(slug: str) -> _Visitor:
    """Find out who asks. Refuses: `HostDeviceRevoked`, `UnknownSpace` for the device or person of another space."""
    token, person = access.bearer(), access.current()
    if token is not None and devices.host_device(token).place.slug != slug:
        raise UnknownSpace
    try:
        if person is not None:
            spaces.hosted_space(person.person_id, slug)
            return _Visitor(is_host=True)
    except UnknownSpace:
        if token is None:
            raise
    return _Visitor(is_host=False)
