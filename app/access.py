"""Deny by default: every view says who may open it, and nothing else lets anybody in.

A view carries exactly one of `@access.public`, `@access.person`, `@access.device` (a person or what shows a token),
`@access.sealed` (its address proves who may, as mail programs need it) and `@access.demo`; one without is an error at
start-up. Writes through the API come from our own pages; forms carry a CSRF
token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, redirect, request, session
from flask_login import UserMixin, current_user, login_user, logout_user
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import NotFound as UnknownAddress
from werkzeug.http import parse_accept_header

from app import cookies, i18n
from app.errors import N_, DomainError
from app.extensions import csrf

BODY_LIMIT = 64 * 1024
HOME = "/meine"
# A longer way back is dropped: it may wait in the cookie, and browsers refuse cookies above 4096 bytes.
NEXT_LENGTH = 512
# Where the cookie keeps the page that a newcomer wanted to see before we asked for a name.
AFTERWARDS = "afterwards"
READING = {"GET", "HEAD", "OPTIONS"}
LARGEST_ID = 2**31 - 1  # where PostgreSQL's integer ends
View = Callable[..., Any]


@dataclass(frozen=True)
class Declared:
    """Who may open a view, and how large a body it takes (bytes)."""

    level: str
    max_body: int = BODY_LIMIT


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The person behind the present request."""

    session_id: int
    person_id: int
    public_id: str
    name: str
    language: str
    version: int
    token: str
    acts_for_others: bool = False

    @property
    def home(self) -> str:
        """Where the person begins: whoever acts for others at the list of their spaces."""
        return "/gastgeber" if self.acts_for_others else HOME

    def get_id(self) -> str:
        return self.token


class SignInNeeded(DomainError):
    """The address is for people who are signed in."""

    code = "sign_in_needed"
    status = 401
    message = N_("Melde dich bitte zuerst an.")


class ForeignOrigin(DomainError):
    """A write that another site's page may have caused."""

    code = "foreign_origin"
    status = 403
    message = N_("Diese Anfrage kam nicht aus der App. Öffne die App neu und versuch es noch einmal.")


class JsonOnly(DomainError):
    """Writes to the API carry JSON."""

    code = "json_only"
    status = 415
    message = N_("Hier wird JSON erwartet (Content-Type: application/json).")


def _declare(level: str) -> Callable[..., Any]:
    def declare(view: View | None = None, *, max_body: int = BODY_LIMIT) -> Any:
        def mark(view: View) -> View:
            cast("Any", view).access = Declared(level, max_body)
            return view

        return mark if view is None else mark(view)

    return declare


public = _declare("public")
person = _declare("person")
device = _declare("device")
sealed = _declare("sealed")
demo = _declare("demo")


def current() -> SignedIn | None:
    """Return who is signed in, or None. Asks the database at most once a request."""
    return cast("SignedIn", current_user._get_current_object()) if current_user.is_authenticated else None  # noqa: SLF001


def signed_in() -> SignedIn:
    """Return who is signed in. Refuses: `SignInNeeded`."""
    found = current()
    if found is None:
        raise SignInNeeded
    return found


def bearer() -> str | None:
    """Return the token that a device shows for itself, unproved: the view asks whose it is."""
    return request.headers.get("Authorization", "").partition("Bearer ")[2] or None


def begin(visitor: SignedIn) -> None:
    """Tie this browser to a new session. What the cookie held before goes, so that nobody can have planted it."""
    session.clear()
    session.permanent = True
    login_user(visitor)


def end() -> None:
    """Untie this browser from its session; what the cookie held goes too."""
    logout_user()
    session.clear()


def declared(app: Flask, endpoint: str) -> Declared | None:
    return getattr(app.view_functions[endpoint], "access", None)


def guard(app: Flask) -> None:
    """Refuse to start with an undeclared view, and put the rules in front of every request."""
    missing = sorted(endpoint for endpoint in app.view_functions if declared(app, endpoint) is None)
    if missing:
        message = f"views without declared access: {', '.join(missing)}"
        raise RuntimeError(message)
    app.session_interface = cookies.Cookies(app)
    app.before_request(_enforce)
    app.after_request(_keep_language)


def is_api() -> bool:
    return request.path.startswith("/api/")


def _enforce() -> Any:
    i18n.speak(preferred_language())
    if request.endpoint is None:
        return None
    if not _names_what_can_be():
        raise UnknownAddress
    rule = cast("Declared", declared(current_app, request.endpoint))
    request.max_content_length = rule.max_body
    if rule.level == "demo" and not current_app.config["NAHPLATZ"].demo:
        raise UnknownAddress
    shows_token = rule.level == "device" and bearer()
    if rule.level in {"person", "device"} and not shows_token and current() is None:
        if is_api():
            raise SignInNeeded
        back = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(f"/anmelden?{urlencode({'next': back})}", 303)
    if request.method not in READING:
        _check_origin(rule)
    return None


def _names_what_can_be() -> bool:
    """Whether a database can be asked for what the address names: PostgreSQL takes no NUL, none of them any number."""
    named = (request.view_args or {}).values()
    return "\0" not in request.path and not any(isinstance(each, int) and each > LARGEST_ID for each in named)


def _check_origin(rule: Declared) -> None:
    if is_api():
        if not _is_own_page() or "Nahplatz-Client" not in request.headers:
            raise ForeignOrigin
        if request.method != "DELETE" and request.mimetype != "application/json":
            raise JsonOnly
    elif rule.level == "demo":
        # The cast signs in by a plain form post, from scripts too; only a foreign page is refused.
        if request.headers.get("Origin") and not _is_own_page():
            raise ForeignOrigin
    elif rule.level != "sealed":
        csrf.protect()


def _is_own_page() -> bool:
    """Whether the browser says that one of our own pages sent this (Fetch Metadata, else an exact Origin)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    own = {current_app.config["NAHPLATZ"].public_url, request.host_url.rstrip("/")}
    return request.headers.get("Origin") in own


def safe_next(target: str | None, default: str = HOME) -> str:
    """Return `target` when it is a path of this site and not too long, else `default` (no open redirect)."""
    if not target or len(target) > NEXT_LENGTH:
        return default
    if not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc or any(ord(sign) < 32 for sign in target) else target


def preferred_language() -> str:
    """Return the language chosen on this device, else what the browser prefers, else German."""
    asked = request.args.get("lang") or request.cookies.get("lang")
    if asked in i18n.LANGUAGES:
        return asked
    return _preferred(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=256)
def _preferred(header: str) -> str:
    """Read an Accept-Language header; there are few different ones, and reading one takes long."""
    return parse_accept_header(header, LanguageAccept).best_match(i18n.LANGUAGES) or "de"


def _keep_language(response: Response) -> Response:
    """Keep a language that was picked by its link, so that the next page speaks it too."""
    asked = request.args.get("lang")
    if request.method == "GET" and asked in i18n.LANGUAGES and asked != request.cookies.get("lang"):
        remember_language(response, asked)
    return response


def remember_language(response: Response, language: str) -> Response:
    """Keep the chosen language on the device, because the person asked for it."""
    is_secure = current_app.config["NAHPLATZ"].is_secure
    response.set_cookie("lang", language, max_age=365 * 86400, samesite="Lax", secure=is_secure)
    return response
