"""The API as its own description shows it, for tests that send whatever the description allows."""

from __future__ import annotations

from typing import Any

import schemathesis
from flask import Flask

# What our own pages send with every request.
HEADERS = {"Sec-Fetch-Site": "same-origin", "Nahplatz-Client": "1"}


def described(app: Flask) -> Any:
    """Read the description of `app` and return what it offers, to be asked as our own pages ask."""

    def server(environ: Any, start_response: Any) -> Any:
        with app.app_context():  # else all requests would share the test's, and who was signed in first
            return app(environ, start_response)

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", server)
    schema.config.update(headers=HEADERS)
    return schema
