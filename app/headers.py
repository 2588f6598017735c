"""Security headers on every answer: nothing foreign loads, nothing frames us, nothing guesses a type."""

from __future__ import annotations

from flask import Flask, Response, current_app

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def install(app: Flask) -> None:
    app.after_request(_add)


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


def _add(response: Response) -> Response:
    for name, value in every(is_secure=current_app.config["NAHPLATZ"].is_secure).items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
