"""Doors open for one signed request to a public address, tried against a real server on this machine."""

from __future__ import annotations

import re
import socket
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import UUID

import pytest

from app import network, transaction
from app.spaces import doors, steps
from app.spaces.doors import Request, Silent, Unusable
from app.spaces.queries import DoorFacts
from app.spaces.steps import DoorSilent
from tests.conftest import ROOT

SECRET = "only for this door"
BOOKING = UUID("5a3c1f0e-7d2b-4c69-8e11-0d9c2b7a4f10")
AT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
# What the page tells whoever builds a control is what the control of this test does.
SAMPLE: dict = {}
exec(re.search(r"```python\n(.+?)```", (ROOT / "docs" / "door.md").read_text("utf-8"), re.DOTALL)[1], SAMPLE)  # noqa: S102


@pytest.fixture
def control():
    """A door control; `behaves` may be an answer's status, or a function that answers."""
    seen = []

    class Control(BaseHTTPRequestHandler):
        behaves = 204

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_ours = SAMPLE["is_ours"](SECRET, self.headers["Nahplatz-Signature"], body, AT.timestamp())
            seen.append((self.path, is_ours, body))
            if callable(Control.behaves):
                Control.behaves(self)
                return
            self.send_response(Control.behaves if is_ours else 403)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Control)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Control.seen, Control.url = seen, f"http://127.0.0.1:{server.server_port}/open?door=1"
    yield Control
    server.shutdown()
    server.server_close()
    thread.join()


def _open(control, secret=SECRET, **changes):
    doors.open_door(control.url, secret, Request(BOOKING, "kontor", AT), **{"is_loopback_allowed": True, **changes})


def test_a_right_signature_opens_by_the_documented_check(control):
    _open(control)
    ((path, is_ours, body),) = control.seen
    assert (path, is_ours) == ("/open?door=1", True)
    assert body == f'{{"booking":"{BOOKING}","space":"kontor","at":"2026-11-24T07:00:00+00:00"}}'.encode()


def test_control_a_wrong_key_an_altered_body_and_an_old_request_do_not_open(control):
    with pytest.raises(Silent, match="403"):
        _open(control, secret="another one")
    assert [is_ours for _, is_ours, _ in control.seen] == [False]
    body = Request(BOOKING, "kontor", AT).body
    header = doors.signature(SECRET, body, AT)
    check, now = SAMPLE["is_ours"], AT.timestamp()
    assert check(SECRET, header, body, now)
    assert not check(SECRET, header, body.replace(b"kontor", b"wagens"), now)
    assert not check(SECRET, header, body, now + 61)
    assert not check(SECRET, header.replace("t=1", "t=2"), body, now)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 500, 503])
def test_everything_but_success_is_silence_and_redirects_lead_nowhere(control, status):
    control.behaves = status
    with pytest.raises(Silent, match=f"answered {status}"):
        _open(control)
    assert len(control.seen) == 1


def _trickle(handler):
    for sign in b"HTTP/1.1 200 OK":
        handler.wfile.write(bytes([sign]))
        time.sleep(0.1)


@pytest.mark.parametrize("behaves", [lambda handler: time.sleep(1), _trickle])
def test_a_door_that_takes_too_long_is_given_up_however_it_trickles(control, monkeypatch, behaves):
    control.behaves = behaves
    monkeypatch.setattr(doors, "SECONDS", 0.4)
    began = time.monotonic()
    with pytest.raises(Silent):
        _open(control)
    assert time.monotonic() - began < 0.9


@pytest.mark.parametrize("words", [b"hello\r\n", b"x" * 9000, b""])
def test_what_is_no_http_is_silence(control, words):
    control.behaves = lambda handler: handler.wfile.write(words)
    with pytest.raises(Silent):
        _open(control)


def test_nobody_there_is_silence():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Silent, match="Refused"):
        doors.open_door(f"http://127.0.0.1:{port}/", SECRET, Request(BOOKING, "k", AT), is_loopback_allowed=True)


def test_without_tls_it_is_silence_and_nothing_is_sent(control):
    control.url = control.url.replace("http:", "https:")
    with pytest.raises(Silent, match="SSL"):
        _open(control)
    assert control.seen == []


def test_this_machine_is_called_only_when_that_is_set(control):
    with pytest.raises(Unusable):
        _open(control, is_loopback_allowed=False)
    control.url = control.url.replace("http:", "https:")
    with pytest.raises(Unusable, match="not public"):
        _open(control, is_loopback_allowed=False)
    assert control.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "http://door.example/open",
        "ftp://door.example/",
        "https://",
        "https:///open",
        "https://user:word@door.example/",
        "https://door.example/#x",
        "https://door.example:0/",
        "https://door.example:99999/",
        "https://door.example/a b",
        "https://door.example/a\r\nHost: x",
        "https://tür.example/",
        "https://a..b/",
        "https://...../",
        "https://.example/",
        f"https://{'a' * 71}.example/",
        "https://" + "a." * 126 + "example/",
        "https://[::1/",
        "https://door!.example/",
        "door.example",
    ],
)
def test_other_addresses_are_refused_before_anything_is_looked_up(url):
    with pytest.raises(Unusable):
        doors.check(url, is_loopback_allowed=False)
    assert not steps.may_be_called(url, is_loopback_allowed=False)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 - refused
     "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
     "::ffff:127.0.0.1", "::7f00:1", "::a00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::1"],
)  # fmt: skip
def test_names_that_lead_into_our_own_network_are_not_called(monkeypatch, address):
    called = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (address, 443))])
    monkeypatch.setattr(socket, "socket", lambda *_: called.append(1))
    with pytest.raises(Unusable, match="not public"):
        doors.open_door("https://door.example/", SECRET, Request(BOOKING, "k", AT))
    assert called == []


@pytest.mark.parametrize(
    "url",
    [
        "https://door.example/",
        "https://a-b_c.xn--tr-xka.example.:8443/open?door=1",
        f"https://{'a' * 63}.example/",
        "https://203.0.113.9/",
        "https://[2606:4700::1111]:8443/",
    ],
)
def test_control_ordinary_addresses_may_be_called(url):
    assert steps.may_be_called(url, is_loopback_allowed=False)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111"])
def test_control_public_addresses_are_called(address):
    assert network.is_public(address)


def test_a_name_that_cannot_be_encoded_is_silence(monkeypatch):
    monkeypatch.setattr(doors, "NAME", re.compile(".*"))  # as one that was kept before names were looked at
    with pytest.raises(Silent, match="UnicodeError"):
        doors.open_door("https://a..b/", SECRET, Request(BOOKING, "k", AT))


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Unusable, match=r"10\.0\.0\.1"):
        doors.open_door("https://door.example/", SECRET, Request(BOOKING, "k", AT))


def _door(url):
    return DoorFacts(1, "webhook", None, None, url, SECRET, None, None, None)


def test_the_step_says_it_in_a_sentence_and_logs_no_secret(app, control, caplog):
    control.behaves = 500
    with pytest.raises(DoorSilent):
        steps.open_door(_door(control.url), booking=BOOKING, space="kontor", is_loopback_allowed=True, now=AT)
    assert "the door of kontor did not open: answered 500" in caplog.text
    assert SECRET not in caplog.text
    assert str(BOOKING) not in caplog.text


def test_it_is_never_asked_inside_a_transaction(app, control):
    @transaction.write
    def careless():
        steps.open_door(_door(control.url), booking=BOOKING, space="kontor", is_loopback_allowed=True, now=AT)

    with pytest.raises(RuntimeError, match="inside an operation"):
        careless()
    assert control.seen == []
