"""What hosts type about their door."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from app.errors import N_
from app.fields import Reading
from app.spaces import steps
from app.spaces.operations import DoorDraft

FIELDS = ("kind", "code", "hint", "url", "wifi_name", "wifi_password", "emergency_contact")
ADDRESS = N_(
    "Das ist keine Adresse, die wir aufrufen dürfen. "
    "Sie beginnt mit https:// und nennt dann einen Rechner im Netz, etwa https://tuer.example.org/auf."
)


def read(form: MultiDict[str, str], *, is_loopback_allowed: bool) -> DoorDraft:
    """Read the form. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    kind = form.get("kind", "")
    if kind not in {"none", "code", "webhook"}:
        reading.refuse("kind", N_("Wähl aus, wie man hineinkommt."))
    code = reading.line("code", 40, needed=N_("Gib den Code an.") if kind == "code" else None)
    url = reading.line("url", 300, needed=ADDRESS if kind == "webhook" else None)
    if url is not None and not steps.may_be_called(url, is_loopback_allowed=is_loopback_allowed):
        reading.refuse("url", ADDRESS)
    draft = DoorDraft(
        kind=kind,
        code=code,
        hint=reading.line("hint", 200),
        url=url,
        wifi_name=reading.line("wifi_name", 32),
        wifi_password=reading.line("wifi_password", 63),
        emergency_contact=reading.line("emergency_contact", 120),
    )
    reading.close()
    return draft
