"""Signing in and out."""

from __future__ import annotations

import logging
import secrets
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, session

from app import access, clock, i18n, problems
from app.access import SignedIn
from app.errors import Busy, DomainError, InvalidInput
from app.extensions import login_manager
from app.people import forms, operations, queries, steps

log = logging.getLogger(__name__)
blueprint = Blueprint("people", __name__)

# The library would else keep a hash of address and browser in the cookie; phones change both all day.
login_manager.session_protection = None
login_manager._session_identifier_generator = str  # noqa: SLF001 - it would be worked out all the same
# Where the cookie keeps the address that a code is on its way to.
PENDING = "sign_in_email"
# Where the cookie keeps a random id, so that a code is good only in the browser that has asked for it.
ASKER = "asker"


@login_manager.user_loader
def load(token: str) -> SignedIn | None:
    """Find who is behind the cookie's token, and renew a session that is in use."""
    now = clock.now()
    visit = queries.visit(token=token, now=now)
    if visit is None:
        return None
    if visit.is_due:
        try:
            operations.renew_session(session_id=visit.signed_in.session_id, now=now)
            session.modified = True  # sends the cookie again, so that it lasts as long as the session
        except Busy:
            log.info("session %s is renewed another time", visit.signed_in.session_id)
    return visit.signed_in


@blueprint.get("/anmelden")
@access.public
def ask_address() -> Any:
    if access.current():
        return redirect(_next(), 303)
    return _address_page()


@blueprint.post("/anmelden")
@access.public
def send_code() -> Any:
    typed = request.form.get("email", "")
    try:
        operations.send_code(
            email=typed,
            browser=session.setdefault(ASKER, secrets.token_urlsafe(16)),
            language=i18n.language(),
            secret=_secret(),
            now=clock.now(),
        )
    except InvalidInput as error:
        return _address_page(error.status, typed, problems.field_sentences(error))
    except steps.TooManyCodes as error:
        return _address_page(error.status, typed, {"email": problems.sentence(error)}, error.values)
    session.permanent = True  # iPhones may end the app while its person reads the mail
    session[PENDING] = typed.strip()
    return redirect(f"/anmelden/code?{urlencode({'next': _next()})}", 303)


@blueprint.get("/anmelden/code")
@access.public
def ask_code() -> Any:
    return _code_page() if PENDING in session else _asked_elsewhere()


@blueprint.post("/anmelden/code")
@access.public
def sign_in() -> Any:
    if PENDING not in session:
        return _asked_elsewhere()
    proof = steps.Proof(session[PENDING], request.form.get("code", ""), _secret(), session.get(ASKER, ""))
    visitor = operations.Visitor(forms.browser(request.headers.get("User-Agent", "")), i18n.language())
    try:
        answer = operations.sign_in(proof=proof, visitor=visitor, now=clock.now())
    except InvalidInput as error:
        return _code_page(error.status, problems.field_sentences(error))
    if isinstance(answer, DomainError):
        return _code_page(answer.status, {"code": problems.sentence(answer)}, answer.values)
    return _welcome(answer)


@blueprint.post("/abmelden")
@access.public
def sign_out() -> Any:
    visitor = access.current()
    if visitor:
        operations.sign_out(session_id=visitor.session_id)
    access.end()
    flash(i18n.gettext("Du bist abgemeldet."), "success")
    return redirect("/", 303)


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _next() -> str:
    return access.safe_next(request.values.get("next"))


def _asked_elsewhere() -> Any:
    """Lead whoever has no code on its way in this browser to where one is asked for."""
    if not access.current():  # else it is the way back after signing in
        flash(problems.sentence(steps.AskedElsewhere()), "info")
    return redirect(f"/anmelden?{urlencode({'next': _next()})}", 303)


def _welcome(visitor: SignedIn) -> Response:
    """Tie the browser to its new session. Who has no name yet is asked for it first."""
    wanted = visitor.home if _next() == access.HOME else _next()
    access.begin(visitor)
    if not visitor.name:
        session[access.AFTERWARDS] = wanted
    response = cast("Response", redirect(wanted if visitor.name else "/profil/name", 303))
    return access.remember_language(response, visitor.language)


def _address_page(
    status: int = 200,
    typed: str = "",
    errors: dict[str, str] | None = None,
    values: dict[str, Any] | None = None,
) -> Response:
    wanted = request.values.get("next")
    page = render_template(
        "people/sign_in.html",
        values={"email": typed},
        errors=errors or {},
        next=access.safe_next(wanted) if wanted else None,
        reason="needed" if wanted and request.method == "GET" else None,
    )
    response = Response(page, status)
    if values and "minutes" in values:
        response.headers["Retry-After"] = str(60 * values["minutes"])
    return response


def _code_page(status: int = 200, errors: dict[str, str] | None = None, values: dict[str, Any] | None = None) -> Any:
    page = render_template(
        "people/code.html",
        email=session[PENDING],
        errors=errors or {},
        values={"code": request.form.get("code", "")},
        minutes=steps.CODE_MINUTES,
        tries_left=(values or {}).get("left"),
        next=_next(),
    )
    return Response(page, status)
