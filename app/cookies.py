"""How a browser's signed cookie is read and written."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache, partial
from typing import Any, cast

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookies. Its own would make a new signer for each request that reads or writes one."""

    def __init__(self, app: Flask) -> None:
        self._signer = _Signer(super().get_signing_serializer(app))

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        del app
        return cast("URLSafeTimedSerializer", self._signer)


class _Signer:
    """A signer that proves a cookie once: proving takes an eighth of a request that is told "unchanged"."""

    def __init__(self, inner: URLSafeTimedSerializer | None) -> None:
        assert inner is not None  # noqa: S101 - there is no app without a key
        self.dumps = inner.dumps
        self._proved = lru_cache(maxsize=1024)(partial(inner.loads, return_timestamp=True))
        self._seconds = TimestampSigner(b"").get_timestamp

    def loads(self, cookie: str, max_age: int) -> dict[str, Any]:
        """Return what a cookie holds. Refuses: `BadSignature`, also when it is older than `max_age` (seconds)."""
        held, signed_at = self._proved(cookie)
        if self._seconds() - signed_at.timestamp() > max_age:
            message = "too old"
            raise SignatureExpired(message)
        return cast("dict[str, Any]", deepcopy(held))  # a request may change what it finds
