"""Open a door that is not ours: one signed request to the address that a host gave, and to nothing else.

The address is somebody's input, so it may point into our own network, to a machine that never answers, or to one that
sends us on. Therefore: https only, never to an address that is not public, no redirects, nothing read but the first
line, and a time that all of it together may take. Proxies of the environment are ignored.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import re
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from app import network

SECONDS = 5.0
MOST_BYTES = 4096
# A name that can be looked up, in ASCII: labels of 1 to 63 signs, 253 in all.
NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})\b")


class Unusable(Exception):
    """The address of a door is none that we call; says why."""


class Silent(Exception):
    """The door did not say that it opens; says what happened, for the log."""


@dataclass(frozen=True)
class Request:
    """Whom to open for: a booking, at a space, asked for at a moment (UTC)."""

    booking: UUID
    space: str
    at: datetime

    @property
    def body(self) -> bytes:
        said = {"booking": str(self.booking), "space": self.space, "at": self.at.isoformat(timespec="seconds")}
        return json.dumps(said, separators=(",", ":")).encode()


def signature(secret: str, body: bytes, at: datetime) -> str:
    """Return the header that proves a request: its time, and HMAC-SHA256 over time, a dot and the body."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def check(url: str, *, is_loopback_allowed: bool) -> SplitResult:
    """Split an address that we may call. Refuses: `Unusable`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Unusable("not an address") from error
    is_plain = url.isascii() and not re.search(r"\s", url) and not parts.username and not parts.fragment
    if not is_plain or not parts.hostname or port == 0:
        raise Unusable("not an address")
    if not _is_address(parts.hostname) and not NAME.fullmatch(parts.hostname):
        raise Unusable("no name of a machine")
    if parts.scheme != "https" and not (is_loopback_allowed and parts.scheme == "http"):
        raise Unusable("not https")
    return parts


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def open_door(url: str, secret: str, request: Request, *, is_loopback_allowed: bool = False) -> None:
    """Ask a door to open, and wait for its word. Refuses: `Unusable`, `Silent`."""
    parts = check(url, is_loopback_allowed=is_loopback_allowed)
    until = time.monotonic() + SECONDS
    try:
        with _connect(parts, until, is_loopback_allowed=is_loopback_allowed) as line:
            line.sendall(_written(parts, secret, request))
            status = _status(line, until)
    except (OSError, ValueError) as error:  # what TLS refuses is the first, a name that IDNA refuses the second
        raise Silent(f"{type(error).__name__}: {error}") from error
    if not 200 <= status < 300:
        raise Silent(f"answered {status}")


def _connect(parts: SplitResult, until: float, *, is_loopback_allowed: bool) -> socket.socket:
    host = parts.hostname or ""

    def may_be_called(address: str) -> bool:
        if network.is_loopback(address):
            return is_loopback_allowed
        return network.is_public(address) and parts.scheme == "https"

    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        line = network.connect(host, port, until=until, may_be_called=may_be_called)
    except network.NotCalled as error:
        raise Unusable(str(error)) from error
    if parts.scheme == "http":
        return line
    try:
        line.settimeout(network.left(until))
        return ssl.create_default_context().wrap_socket(line, server_hostname=host)
    except BaseException:
        line.close()
        raise


def _written(parts: SplitResult, secret: str, request: Request) -> bytes:
    body = request.body
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = (
        f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nNahplatz-Signature: {signature(secret, body, request.at)}\r\n"
        "User-Agent: Nahplatz\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


def _status(line: socket.socket, until: float) -> int:
    """Read the first line of the answer and no more; it must be there in time, however it trickles in."""
    heard = b""
    while b"\r\n" not in heard:
        line.settimeout(network.left(until))
        part = line.recv(MOST_BYTES - len(heard))
        heard += part
        if not part or len(heard) >= MOST_BYTES:
            break
    found = STATUS.match(heard)
    if found is None:
        raise Silent("answered something that is no HTTP")
    return int(found[1])
