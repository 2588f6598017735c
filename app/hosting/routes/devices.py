"""The page of a space's devices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request

from app import access, clock, i18n
from app.checkins import operations as checkins
from app.checkins import queries
from app.errors import NotFound
from app.hosting.routes import blueprint
from app.spaces import queries as spaces


@blueprint.get("/gastgeber/<slug>/geraete")
@access.person
def get_devices(slug: str) -> str:
    """Which devices record for a space."""
    space = spaces.hosted_space(access.signed_in().person_id, slug)
    return render_template("hosting/devices.html", space=space, devices=queries.host_devices(space.id))


@blueprint.post("/gastgeber/<slug>/geraete")
@access.person
def revoke_device(slug: str) -> Any:
    """Stop a device that is lost or no more needed."""
    person = access.signed_in()
    space = spaces.hosted_space(person.person_id, slug)
    try:
        device = UUID(request.form.get("device", ""))
    except ValueError as error:
        raise NotFound from error
    checkins.revoke_host_device(device=device, space_id=space.id, actor=person.public_id, now=clock.now())
    flash(i18n.gettext("Das Gerät ist gesperrt. Es kann hier nichts mehr lesen und nichts mehr eintragen."), "success")
    return redirect(f"/gastgeber/{slug}/geraete", 303)
