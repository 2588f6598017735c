"""Where a browser wants its messages to be sent: an address and two keys, and all three of them are untrusted input.

An endpoint is called by us, so it must lie on a push service of a browser that we know. It is read by one expression
that allows little, and what that finds is what gets called: there is no second reading that could find another host.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric import ec

from app.config import Config
from app.errors import N_, DomainError

MOST_SIGNS = 2000
# Chrome, Edge on Android, Samsung Internet, Opera; Firefox; Edge on Windows; Safari. Their test systems are left out.
LABEL = r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
SERVICES = (
    r"fcm\.googleapis\.com",
    rf"{LABEL}\.push\.services\.mozilla\.com",
    rf"{LABEL}\.notify\.windows\.com",
    rf"{LABEL}\.push\.apple\.com",
)
PATH = r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]+)"
ENDPOINT = re.compile(rf"https://(?P<host>{'|'.join(SERVICES)})(?P<port>:443)?{PATH}")
TEST_ENDPOINT = re.compile(rf"http://(?P<host>[a-z0-9.]+):(?P<port>[0-9]+){PATH}")


class UnusableSubscription(DomainError):
    """What a browser gave us is no place that messages can be sent to."""

    code = "unusable_subscription"
    status = 422
    message = N_(
        "An diesen Browser können wir keine Hinweise schicken. Schalte sie hier noch einmal ein,"
        " oder nimm Chrome, Edge, Firefox oder Safari."
    )


@dataclass(frozen=True)
class Target:
    """One subscription as the browser gives it; both keys are base64url."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class Place:
    """An endpoint taken apart. `origin` is the scheme, the host and a port that is not the usual one."""

    host: str
    port: int
    path: str
    origin: str
    is_test: bool


def check(target: Target, settings: Config) -> Target:
    """Return a subscription that may be kept and sent to, its keys without padding.

    Refuses: `UnusableSubscription` when the endpoint lies on no push service that we know, or a key is none.
    """
    place(target.endpoint, settings)
    point, secret = _bytes(target.p256dh), _bytes(target.auth)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise UnusableSubscription from error
    if len(point) != 65 or len(secret) != 16:  # a compressed point is one too, but not what browsers give
        raise UnusableSubscription
    return replace(target, p256dh=target.p256dh.rstrip("="), auth=target.auth.rstrip("="))


def place(endpoint: str, settings: Config) -> Place:
    """Take an endpoint apart. Refuses: `UnusableSubscription` when it lies on no push service that we know."""
    if len(endpoint) > MOST_SIGNS:
        raise UnusableSubscription
    if found := ENDPOINT.fullmatch(endpoint):
        return Place(found["host"], 443, found["path"], f"https://{found['host']}", is_test=False)
    if found := TEST_ENDPOINT.fullmatch(endpoint):
        origin = f"http://{found['host']}:{found['port']}"
        if origin == settings.push_test_service:
            return Place(found["host"], int(found["port"]), found["path"], origin, is_test=True)
    raise UnusableSubscription


def _bytes(text: str) -> bytes:
    """Read base64url in the one way to write it, with or without padding. Refuses: `UnusableSubscription`."""
    bare = text.rstrip("=")
    try:
        found = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise UnusableSubscription from error
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != bare:
        raise UnusableSubscription
    return found
