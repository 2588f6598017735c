"""What push services and browsers check of a message: who sends it (RFC 8292), and that it can be read (RFC 8291)."""

import base64
import json
import re
from dataclasses import dataclass

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

MOST_BYTES = 4096
URGENCIES = {"very-low", "low", "normal", "high"}


@dataclass(frozen=True)
class Letter:
    """What arrived: the message as the browser reads it, and what was said beside it; `size` as it was sent."""

    body: bytes
    ttl: int
    topic: str | None
    urgency: str | None
    size: int
    token: str


class Wrong(Exception):
    """What a push service would not take."""


def encode(data):
    """Write base64url as browsers do."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def must(is_so, what):
    if not is_so:
        raise Wrong(what)


def claims_of(header, public):
    """Check the signature of a token and return what it says."""
    found = re.fullmatch(r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)", header)
    must(found, "form")
    head, claims, signature, key = found.groups()
    must(key == public, "key")
    must(json.loads(decode(head))["alg"] == "ES256", "alg")
    r, s = decode(signature)[:32], decode(signature)[32:]
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(key))
    made = utils.encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    try:
        point.verify(made, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise Wrong("signature") from error
    return json.loads(decode(claims))


def read(subscription, headers, body, token):
    """Decrypt a message as the browser does. Raises `Wrong`, and what the library raises."""
    must(headers["content-encoding"] == "aes128gcm", "content-encoding")
    must(len(body) <= MOST_BYTES, "size")
    topic, urgency = headers.get("topic"), headers.get("urgency")
    must(topic is None or re.fullmatch(r"[A-Za-z0-9_-]{1,32}", topic), "topic")
    must(urgency is None or urgency in URGENCIES, "urgency")
    key, auth = subscription.private, subscription.auth
    text = http_ece.decrypt(body, private_key=key, auth_secret=auth, version="aes128gcm")
    return Letter(text, int(headers["ttl"]), topic, urgency, len(body), token)
