"""A push service of our own, for tests and measuring: it looks at everything a real one may look at, and more.

    with Service(key.public) as service:
        ana = service.subscribe("ana")
        pusher.send(ana.target, b"hello", ttl=60, topic="greeting")
        assert ana.inbox[0].body == b"hello"

It decrypts with the keys of the browser, and what it does not like it answers with 400 or 403 and notes in `faults`.
"""

import contextlib
import os
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.messages.targets import Target
from tests.pushreading import Letter, Wrong, claims_of, encode, must, read

SLOW = 0.05


@dataclass
class Subscription:
    """One browser. `behave` is a status, or "hang", "redirect", "slow", "trickle", "flood" or "hang up"."""

    target: Target
    behave: int | str
    retry_after: str
    private: ec.EllipticCurvePrivateKey
    auth: bytes
    inbox: list[Letter] = field(default_factory=list)
    asked: int = 0


class Service:
    """Listens on a port of its own as long as the context lasts; `public` is the application server's key.

    With a `tls` context it is asked as `origin`, whatever name that is; `names` are those it was called by.
    """

    def __init__(self, public, *, tls=None, origin=None):
        self.public = public
        self.tls = tls
        self.origin = origin
        self.names = []
        self.subscriptions = {}
        self.connections = 0
        self.faults = []
        self.strayed = 0  # requests to where a redirect leads
        self._claims = {}
        self._over = threading.Event()
        self._open = set()
        self._lock = threading.Lock()

    def __enter__(self):
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listening.getsockname()[1]
        self.origin = self.origin or f"http://127.0.0.1:{self.port}"
        if self.tls:
            self.tls.sni_callback = lambda _line, name, _context: self.names.append(name)
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Stop listening and hang up; once more does nothing."""
        if self._over.is_set():
            return
        self._over.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listening.close()
        self.hang_up()

    def subscribe(self, name, behave=201, *, retry_after=""):
        """Add a browser with keys of its own."""
        private, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        target = Target(f"{self.origin}/push/{name}", encode(point), encode(auth))
        self.subscriptions[f"/push/{name}"] = made = Subscription(target, behave, retry_after, private, auth)
        return made

    def hang_up(self):
        """Close all connections, as services do with those that nobody used for a while."""
        with self._lock, contextlib.suppress(OSError):
            for line in self._open:
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self):
        while not self._over.is_set():
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                self._open.add(line)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, plain):
        line = plain
        try:
            line = self.tls.wrap_socket(plain, server_side=True) if self.tls else plain
            with line, line.makefile("rb") as stream:
                while (request := _read(stream)) is not None and self._answer(line, *request):
                    pass
        except OSError:
            pass  # the other side has gone
        finally:
            line.close()
            with self._lock:
                self._open.discard(plain)

    def _answer(self, line, path, headers, body):
        """Answer one request; return whether the connection stays open."""
        found = self.subscriptions.get(path)
        if found is None:
            self.strayed += path == "/elsewhere"
            line.sendall(_written(404))
            return True
        found.asked += 1
        if found.behave in WAYS:
            return WAYS[found.behave](self, line)
        status = found.behave if isinstance(found.behave, int) else 201
        if found.behave == "slow":
            time.sleep(SLOW)
        if status == 201:
            status = self._taken(found, headers, body)
        line.sendall(_written(status, **{"Retry-After": found.retry_after} if found.retry_after else {}))
        return True

    def _taken(self, subscription, headers, body):
        """Put a message into the inbox when all about it is right; return the status."""
        try:
            token = self._trusted(headers["authorization"], headers["host"])
        except (Wrong, KeyError, ValueError) as error:
            self.faults.append(f"authorization: {error!r}")
            return 403
        try:
            subscription.inbox.append(read(subscription, headers, body, token))
        except (Wrong, KeyError, ValueError, http_ece.ECEException) as error:
            self.faults.append(repr(error))
            return 400
        return 201

    def _trusted(self, header, host):
        """Check who sends (RFC 8292); a token that was seen before only for its time."""
        if header not in self._claims:
            self._claims[header] = claims_of(header, self.public)
        claims = self._claims[header]
        must(claims["aud"] == self.origin, "aud")
        must(self.origin.endswith(f"//{host}"), "host")
        must(time.time() < claims["exp"] < time.time() + 86400, "exp")
        must(re.fullmatch(r"mailto:[^@]+@[^@]+", claims["sub"]), "sub")
        return header

    def _hang(self, line):
        self._over.wait(60)
        return False

    def _redirect(self, line):
        line.sendall(_written(307, Location=f"{self.origin}/elsewhere"))
        return True

    def _trickle(self, line):
        for _ in range(600):
            line.sendall(b"H")
            if self._over.wait(0.05):
                break
        return False

    def _flood(self, line):
        """Talk without end; `flooded` says how much the other side has taken."""
        self.flooded = 0
        line.sendall(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while not self._over.is_set():
                line.sendall(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")
                self.flooded += 0x8000
        except OSError:
            return False
        return False

    def _hang_up(self, line):
        return False


WAYS = {
    "hang": Service._hang,
    "redirect": Service._redirect,
    "trickle": Service._trickle,
    "flood": Service._flood,
    "hang up": Service._hang_up,
}


def _read(stream):
    """Read one request: its path, headers and body; None at the end."""
    first = stream.readline().split()
    if len(first) != 3:
        return None
    headers = {}
    while (line := stream.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        headers[name.decode().lower()] = value.strip().decode("latin-1")
    return first[1].decode(), headers, stream.read(int(headers.get("content-length", 0)))


def _written(status, **headers):
    words = HTTPStatus(status).phrase.encode() if status >= 300 else b""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Content-Length: {len(words)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + words
