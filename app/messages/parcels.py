"""A message becomes a push: what a lock screen shows of it, and where a tap leads."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from flask import current_app

from app import i18n
from app.errors import N_
from app.messages.mail import revive
from app.messages.queries import Claimed
from app.messages.topics import CHECK_IN, EVENING, HOUR, TOPIC_OF, TRIAL

# What is not tied to a booking's hours may wait so long for a phone that is off.
UNHURRIED = timedelta(days=1)
# What buttons do, where the system shows them; a tap on the rest opens a page that offers the same.
CHECK_IN_NOW, CANCEL = (N_("Einchecken"), "/meine?scan"), (N_("Absagen"), "/buchungen/{uuid}/absagen")
BUTTONS = {EVENING: (CANCEL,), HOUR: (CHECK_IN_NOW, CANCEL), CHECK_IN: (CHECK_IN_NOW, CANCEL)}

# What a phone shows instead when the booking was cancelled after the push had left.
ENDED = N_("Deine Buchung gilt nicht mehr.")


@dataclass(frozen=True)
class Parcel:
    """One push: `body` as its phone decrypts it, how many seconds it stays of use, the name that replaces it, and
    whether a phone that saves its battery shall be woken for it.
    """

    body: bytes
    ttl: int
    topic: str
    urgency: Literal["normal", "high"]


def compose(message: Claimed, *, now: datetime) -> Parcel:
    """Write the push. The same message always gets the same tag, so that a second copy replaces the first on screen."""
    payload = revive(message.payload)
    words = {"name": None, **payload, "language": message.language}
    with i18n.speaking(message.language):
        text = current_app.jinja_env.get_template(f"messages/{message.kind}.push.txt").render(words)
        ended = i18n.gettext(ENDED) if message.kind in BUTTONS else None
        buttons = [{"title": i18n.gettext(title), "url": url} for title, url in BUTTONS.get(message.kind, ())]
    title, _, rest = text.lstrip().partition("\n")
    uuid = _booking(payload)
    topic = TOPIC_OF.get(message.kind)
    tag = f"{topic.name if topic else message.kind}-{uuid or message.made_at.isoformat()}"
    until = message.expires_at or message.made_at + UNHURRIED
    body = {
        "title": " ".join(title.split()),
        "body": " ".join(rest.split()),
        "tag": tag,
        "url": _address(message.kind, payload),
        "actions": [{**each, "url": each["url"].format(uuid=uuid)} for each in buttons],
        "at": round(now.timestamp() * 1000),
        "until": round(until.timestamp() * 1000),
        "booking": uuid,
        "ended": ended,
    }
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    name = base64.urlsafe_b64encode(hashlib.sha256(tag.encode()).digest()[:24]).decode()
    is_urgent = message.kind in {HOUR, CHECK_IN, TRIAL}
    return Parcel(content, max(int((until - now).total_seconds()), 0), name, "high" if is_urgent else "normal")


def _booking(payload: dict[str, Any]) -> str | None:
    if "booking" in payload:
        return str(payload["booking"]["uuid"])
    return str(payload["bookings"][0]["uuid"]) if len(payload.get("bookings", ())) == 1 else None


def _address(kind: str, payload: dict[str, Any]) -> str:
    """Return the page that a tap opens."""
    uuid = _booking(payload)
    if kind == "employment_offered":
        return str(payload["path"])
    if kind == TRIAL:
        return "/profil/nachrichten"
    if kind == "payer_ended":
        return f"/buchungen/{payload['bookings'][0]['uuid']}/zahlen"
    is_over = kind in {"booking_cancelled", "bookings_cancelled", "booking_closed"}
    return "/meine" if uuid is None or is_over else f"/buchungen/{uuid}"
