"""Security headers on every answer: nothing foreign loads, nothing frames us, nothing guesses a type."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def install(app: Flask) -> None:
    app.wsgi_app = Headed(app.wsgi_app, is_secure=app.config["NAHPLATZ"].is_secure)  # type: ignore[method-assign]


class Headed:
    """Puts the same headers on every answer of `inner`; unless an answer says more, nobody keeps it unasked."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], *, is_secure: bool) -> None:
        self.inner = inner
        self.headers = list(every(is_secure=is_secure).items())

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, found: list[tuple[str, str]], *error: Any) -> Any:
            if all(name != "Cache-Control" for name, _ in found):
                found = [*found, ("Cache-Control", "private, no-cache")]
            return start_response(status, [*found, *self.headers], *error)

        return self.inner(environ, start)


def every(*, is_secure: bool) -> dict[str, str]:
    """Return the headers that every page carries, also one that is kept for the time without network."""
    policies = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if is_secure:
        policies["Strict-Transport-Security"] = "max-age=31536000"
    return policies
