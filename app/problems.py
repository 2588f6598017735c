"""How refusals look: RFC 9457 problem details for programs, a page or a line with the same sentence for people."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask, Response, json, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.exceptions import HTTPException

from app import i18n
from app.access import is_api
from app.errors import N_, DomainError, InvalidInput
from app.extensions import db

log = logging.getLogger(__name__)

# What people read for errors that Flask raises itself.
SENTENCES = {
    400: N_("Mit dieser Anfrage stimmt etwas nicht. Lade die Seite neu und versuch es noch einmal."),
    403: N_("Das darfst du hier nicht. Melde dich mit der richtigen Adresse an oder frag uns über die Hilfe."),
    404: N_("Das gibt es hier nicht (mehr). Geh zurück zur Startseite und such von dort aus weiter."),
    405: N_("So lässt sich diese Adresse nicht öffnen. Geh zurück und benutz den Knopf auf der Seite."),
    413: N_("Das ist zu groß. Schick weniger auf einmal."),
    415: N_("Dieses Format verstehen wir hier nicht."),
    429: N_("Das waren zu viele Versuche. Warte ein wenig und versuch es dann noch einmal."),
    500: N_("Da ist bei uns etwas schiefgegangen. Versuch es noch einmal; wenn es bleibt, melde dich über die Hilfe."),
    503: N_("Gerade geht es nicht. Versuch es in ein paar Minuten noch einmal."),
}
# Statuses with a page of their own, and how many seconds to wait before trying again.
PAGES = {400, 403, 404, 413, 422, 429, 500, 503}
RETRY_AFTER = {429: 60, 503: 5}
CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
}


def sentence(error: DomainError) -> str:
    """Say a refusal in the present language."""
    return i18n.gettext(error.message).format_map(error.values)


def field_sentences(error: DomainError) -> dict[str, str]:
    """Say what is wrong with which field; empty for refusals that are not about a field."""
    if not isinstance(error, InvalidInput):
        return {}
    return {name: i18n.gettext(text) for name, text in error.fields.items()}


@contextmanager
def said_in_shell() -> Iterator[None]:
    """Let a command end with a sentence instead of a traceback; in English, as everything in the shell."""
    try:
        yield
    except DomainError as error:
        with i18n.speaking("en"):
            fields = [f"{name}: {text}" for name, text in field_sentences(error).items()]
            raise click.ClickException("\n".join(fields) or sentence(error)) from error
    except IntegrityError as error:
        message = "Somebody else changed the same in this moment, so nothing was changed here. Run the command again."
        raise click.ClickException(message) from error
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        message = f"The database cannot be used ({reason}). If it is new, or Nahplatz was updated: flask db upgrade"
        raise click.ClickException(message) from error


def install(app: Flask) -> None:
    app.register_error_handler(DomainError, _refusal)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def problem(status: int, code: str, detail: str, **extra: Any) -> Response:
    """Make a problem-details answer (RFC 9457) with a stable `code`."""
    body = {
        "type": "about:blank",
        "title": code,
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
    }
    response = Response(json.dumps(body), status, content_type="application/problem+json")
    return _retry_later(response)


def _retry_later(response: Response) -> Response:
    if response.status_code in RETRY_AFTER:
        response.headers.setdefault("Retry-After", str(RETRY_AFTER[response.status_code]))
    return response


def _answer(status: int, code: str, text: str, fields: dict[str, str] | None = None) -> Response:
    if is_api():
        return problem(status, code, text, **({"fields": fields} if fields else {}))
    template = f"errors/{status if status in PAGES else 400}.html"
    page = render_template(
        template,
        code=code,
        message=text,
        fields=fields,
        retry_after=RETRY_AFTER.get(status),
    )
    return _retry_later(Response(page, status, content_type="text/html; charset=utf-8"))


def _refusal(error: DomainError) -> Response:
    log.info("%s %s refused: %s", request.method, _where(), error.code)
    return _answer(error.status, error.code, sentence(error), field_sentences(error))


def _where() -> str:
    """Name an address without what is filled in: that may be a secret, and who reads logs could open it."""
    return request.url_rule.rule if request.url_rule else "an unknown address"


def _csrf(error: CSRFError) -> Response:
    del error
    text = N_("Die Seite war zu lange offen. Lade sie neu und schick das Formular noch einmal ab.")
    return _answer(400, "form_expired", i18n.gettext(text))


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    answer = _answer(
        status,
        CODES.get(status, "error"),
        i18n.gettext(SENTENCES.get(status, SENTENCES[400])),
    )
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _unforeseen(error: Exception) -> Response:
    log.error("%s %s failed", request.method, _where(), exc_info=error)
    db.session.rollback()
    return _answer(500, "internal_error", i18n.gettext(SENTENCES[500]))
