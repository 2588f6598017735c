"""Where messages may be sent to: the push services of browsers, and nowhere else however it is written."""

import socket
from dataclasses import replace

import pytest

from app import network
from app.messages import push, targets, vapid
from app.messages.targets import Target, UnusableSubscription
from tests.pushreading import encode
from tests.pushservice import Service

GOOD = [
    "https://fcm.googleapis.com/fcm/send/dHIoDxE7Hdg:APA91bH1Zj0kNa-_x",
    "https://fcm.googleapis.com/wp/dHIoDxE7Hdg:APA91bH1Zj0kNa",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABYjzN0O5fiP10=",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAC%2f%2bx",
    "https://web.push.apple.com/QGuQyavXutnMH9hU",
    "https://web.push.apple.com:443/QGuQyavXutnMH9hU",
]
HOSTS = [
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "db5p.notify.windows.com",
    "web.push.apple.com",
    "127.0.0.1:9",
]
# All that a parser somewhere takes for this machine or its network.
MACHINES = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
    "127.0.0.1.", "127.000.000.001", "0", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",  # noqa: S104 - refused
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[fe80::1%25eth0]", "[fc00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "localhost.",
    "localhost.localdomain", "ip6-localhost", "127.0.0.1.nip.io", "metadata.google.internal", "nahplatz.example",
    "8.8.8.8", "[2606:4700::1111]", "①②⑦.0.0.1",
]  # fmt: skip
PORTS = ["0", "1", "22", "80", "444", "8443", "65536", "99999", "-1", "0443", "443.", "+443"]
PORTS += ["٤٤٣", "443:443", "", "4 43"]
SCHEMES = [
    "http", "HTTPS", "Https", "ws", "wss", "ftp", "file", "gopher", "javascript", "data", "about", "httpss", "ttps",
    " https", "https ", "\thttps", "\nhttps", "view-source:https", "blob:https", "https:https", "h\uff54tps", "",
]  # fmt: skip
SLASHES = [":", ":/", ":///", ":////", ":\\\\", ":/\\", "//", ":// ", ":%2f%2f", "\uff1a//"]
CONTROLS = ["\r\n", *"\n\r\t\0 \x7f\x85\xa0\u2028\u200b\ufeff\x0b\x0c"]
# The same letters from other alphabets.
LETTERS = {
    "a": "\u0430", "c": "\u0441", "e": "\u0435", "i": "\u0456", "o": "\u043e", "p": "\u0440", "s": "\u0455",
    "w": "\uff57", ".": "\u3002", "m": "\u217f",
}  # fmt: skip
EVIL = "evil.example"


def _hosts(host):
    """Return what is not `host` but looks like it to somebody or to some parser."""
    first, _, rest = host.partition(".")
    yield from (f"{host}.{EVIL}", f"{EVIL}.{host}", f"evil-{host}x", f"{host}{EVIL}", f"{host}.", f".{host}")
    yield from (f"{host}@{EVIL}", f"{EVIL}@{host}", f"u:p@{host}", f"@{host}", f"{host}:443@{EVIL}", f"{host}%40{EVIL}")
    yield from (f"{host}\\@{EVIL}", f"{host}\\.{EVIL}", f"{host}#@{EVIL}", f"{host}?@{EVIL}", f"{host};{EVIL}")
    yield from (f"{host}%00.{EVIL}", f"{host}%2e{EVIL}", f"{host}%2f.{EVIL}", f"{host},{EVIL}", f"{host}&{EVIL}")
    yield from (f"[{host}]", f"({host})", f"{host}%", f"%66{host[1:]}", f"{host}\\", f"{host}..", host.upper())
    yield from (f"{first}-{rest}", f"{first}{rest}", f"{first}..{rest}", rest, host.rpartition(".")[0], host.title())
    yield from (
        f"a.b.c.{host}",
        f"xn--{host}",
        f"_{host}",
        f"*.{host}",
        f"{'a' * 64}.{rest}",
        f"-a.{rest}",
        f"a-.{rest}",
    )
    yield from (host.replace(old, new, 1) for old, new in LETTERS.items() if old in host)
    yield from (host[:at] + sign + host[at:] for sign in CONTROLS for at in (0, 4, len(host)))


def _endpoints():
    path = "/wpush/v2/gAAAA"
    for host in HOSTS:
        yield from (f"https://{name}{path}" for name in _hosts(host))
        yield from (f"https://{host}:{port}{path}" for port in PORTS)
        yield from (f"{scheme}://{host}{path}" for scheme in SCHEMES)
        yield from (f"https{slashes}{host}{path}" for slashes in SLASHES)
        yield from (f"https://{host}/a{sign}b" for sign in [*CONTROLS, *'#\\ä"<>`{|^'])
        yield from (f"https://{host}{path}{sign}" for sign in CONTROLS)
        yield from (
            f"https://{host}",
            f"https://{host}/",
            f"https://{host}?x",
            f"https://{host}#x",
            host,
            f"//{host}/x",
        )
        yield from (f"https://{host}/{'a' * length}" for length in (2000, 4000, 100_000))
        yield f"https://{host}/\r\nHost: {EVIL}\r\n\r\nGET /"
    for machine in MACHINES:
        for scheme in ("http", "https"):
            yield from (f"{scheme}://{machine}{port}{path}" for port in ("", ":80", ":443"))
        yield from (f"https://{machine}@fcm.googleapis.com{path}", f"https://{machine}/fcm.googleapis.com{path}")
    yield from ("", " ", "/", "https://", "https:///x", "null", "undefined", "https://*/x", "\0")


def _test_endpoints(origin):
    """Return what is not `origin`, the one service that is allowed without TLS."""
    host, port = origin.removeprefix("http://").split(":")
    path = "/push/ana"
    yield from (f"https://{host}:{port}{path}", f"http://localhost:{port}{path}", f"http://127.1:{port}{path}")
    yield from (f"http://u@{host}:{port}{path}", f"http://{host}.{EVIL}:{port}{path}", f"http://{host}:0{port}{path}")
    yield from (
        origin,
        f"{origin}/",
        f"{origin}1{path}",
        f"{origin}@{EVIL}{path}",
        f"{origin}{path}#x",
        f"http://{host}{path}",
    )
    yield from (f"{origin}{path}\r\n", f" {origin}{path}", f"{origin}\\push\\ana", f"{origin}?{path}")


@pytest.fixture
def good():
    with Service("") as service:
        yield service.subscribe("good").target


def _is_usable(target, settings):
    try:
        targets.check(target, settings)
    except UnusableSubscription:
        return False
    return True


@pytest.mark.parametrize("endpoint", GOOD)
def test_what_browsers_give_is_good(good, settings, endpoint):
    target = replace(good, endpoint=endpoint)

    assert targets.check(target, settings) == target
    assert targets.place(endpoint, settings).origin == endpoint[: endpoint.index("/", 8)].removesuffix(":443")


def test_a_thousand_hostile_endpoints_cause_no_connection(settings, monkeypatch):
    key, asked, called = vapid.make(settings), [], []
    look_up, connect = socket.getaddrinfo, network.connect
    monkeypatch.setattr(socket, "getaddrinfo", lambda *words, **more: asked.append(words) or look_up(*words, **more))
    monkeypatch.setattr(network, "connect", lambda *words, **more: called.append(words) or connect(*words, **more))
    with Service(key.public) as service:
        good = service.subscribe("ana").target
        settings = replace(settings, push_test_service=service.origin)
        pusher = push.Pusher(settings, key)
        hostile = {*_endpoints(), *_test_endpoints(service.origin)}

        taken = [each for each in hostile if _is_usable(replace(good, endpoint=each), settings)]
        states = {pusher.send(replace(good, endpoint=each), b"x", ttl=1, topic="t").state for each in hostile}

        assert len(hostile) >= 1000
        assert (taken, states, asked, called, service.connections) == ([], {"refused"}, [], [], 0)
        # The control: the same way finds a connection where there is one.
        assert pusher.send(good, b"x", ttl=1, topic="t").state == "sent"
        assert (len(asked), len(called), service.connections) == (1, 1, 1)
        pusher.close()


def test_the_test_service_is_none_unless_it_is_set(settings):
    with Service("") as service:
        target = service.subscribe("ana").target

        assert not _is_usable(target, settings)
        assert not _is_usable(target, replace(settings, push_test_service="http://127.0.0.1:1"))
        assert _is_usable(target, replace(settings, push_test_service=service.origin))


def test_an_endpoint_may_be_long_but_not_longer(good, settings):
    start = "https://fcm.googleapis.com/fcm/send/"
    fits = start + "a" * (2000 - len(start))

    assert _is_usable(replace(good, endpoint=fits), settings)
    assert not _is_usable(replace(good, endpoint=fits + "a"), settings)


@pytest.mark.parametrize(
    "wrong",
    [
        {"p256dh": ""},
        {"p256dh": encode(b"\4" + bytes(64))},  # not on the curve
        {"p256dh": encode(b"\4" + b"\xff" * 64)},
        {"p256dh": encode(bytes(65))},
        {"p256dh": encode(b"\0")},  # the point at infinity
        {"p256dh": "BBBB"},
        {"p256dh": "B" * 100_000},
        {"p256dh": "BÄ"},
        {"p256dh": "BB BB"},
        {"auth": ""},
        {"auth": encode(bytes(15))},
        {"auth": encode(bytes(17))},
        {"auth": "A" * 21 + "B"},  # bits beyond the last byte
        {"auth": "A" * 20 + "+/"},
        {"auth": "A" * 22 + "\n"},
    ],
)
def test_keys_that_are_none_are_refused(good, settings, wrong):
    endpoint = GOOD[0]

    with pytest.raises(UnusableSubscription):
        targets.check(replace(good, endpoint=endpoint, **wrong), settings)
    assert _is_usable(replace(good, endpoint=endpoint), settings)


def test_compressed_points_are_refused(good, settings):
    point = encode(b"\2" + targets._bytes(good.p256dh)[1:33])

    assert not _is_usable(replace(good, endpoint=GOOD[0], p256dh=point), settings)


def test_padding_is_taken_off(good, settings):
    padded = Target(GOOD[0], good.p256dh + "=", good.auth + "==")

    assert targets.check(padded, settings) == replace(good, endpoint=GOOD[0])
