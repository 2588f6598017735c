"""Security headers on every answer: nothing foreign loads, nothing frames us, nothing guesses a type."""

from __future__ import annotations

from flask import Flask, Response, current_app

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def install(app: Flask) -> None:
    app.after_request(_add)


def _add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault(
        "Permissions-Policy",
        "camera=(self), geolocation=(self), microphone=(), payment=()",
    )
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cache-Control", "private, no-cache")
    if current_app.config["NAHPLATZ"].is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
