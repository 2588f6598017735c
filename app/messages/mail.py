"""A message becomes a mail: templates in the reader's language, text and HTML, one lasting Message-ID."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from app import i18n
from app.config import Config
from app.messages import invitations, leaving
from app.messages.queries import Claimed
from app.messages.topics import TOPIC_OF


def compose(message: Claimed) -> EmailMessage:
    """Write the mail. The same message always becomes the same mail, so that a second copy is recognised as one."""
    settings: Config = current_app.config["NAHPLATZ"]
    payload = revive(message.payload)
    mail = EmailMessage(policy=SMTP)
    topic = TOPIC_OF.get(message.kind)
    leave = leaving.address(settings, message.person_id, topic) if topic and message.person_id else None
    subject, text, html = _render(message, {**payload, "leave": leave})
    sender_name, sender = parseaddr(settings.mail_from)
    mail["From"] = Address(sender_name or "Nahplatz", addr_spec=sender)
    mail["To"] = Address(addr_spec=message.to)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(message.made_at)
    mail["Message-ID"] = _message_id(message, settings)
    # Holiday notices of the reader would reach nobody.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.payload.get("from_email"):
        mail["Reply-To"] = Address(addr_spec=message.payload["from_email"])
    if leave:
        mail["List-Unsubscribe"] = f"<{leave}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Quoted-printable stays legible where somebody opens the file.
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    with i18n.speaking(message.language):
        invitations.attach(mail, message, payload, settings)
    mail["Content-Language"] = message.language  # last: setting the content drops what was said about it
    return mail


def _render(message: Claimed, payload: dict[str, Any]) -> tuple[str, str, str]:
    """Return subject, text and HTML. No request is needed: the worker has none."""
    templates = current_app.jinja_env
    words = {"name": None, **payload, "language": message.language}
    with i18n.speaking(message.language):
        plain = templates.get_template(f"messages/{message.kind}.txt").render(words)
        html = templates.get_template(f"messages/{message.kind}.html").render(words)
    subject, _, text = plain.lstrip().partition("\n")
    return " ".join(subject.split()), text.strip() + "\n", html


def revive(value: Any, name: str = "") -> Any:
    """Undo what writing the payload as JSON did to days and moments; a moment keeps the zone's offset."""
    if isinstance(value, dict):
        return {key: revive(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [revive(inner, name) for inner in value]
    if isinstance(value, str) and name == "date":
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if isinstance(value, str) and name.endswith("_at") else value


def _message_id(message: Claimed, settings: Config) -> str:
    """Name the mail for ever. Keyed, so that it does not tell how many mails there were."""
    what = f"message {message.id} {message.made_at.isoformat()}"
    name = hmac.new(settings.secret_key.encode(), what.encode(), hashlib.sha256).hexdigest()[:32]
    return f"<{name}@{urlsplit(settings.public_url).hostname}>"
