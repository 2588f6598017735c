"""The words that prove who we are: one token for each push service, good for half a day, never shown to another."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app import config
from app.messages import vapid
from tests import pushreading

ORIGINS = ["https://fcm.googleapis.com", "https://web.push.apple.com", "http://127.0.0.1:9999"]


@pytest.fixture
def key():
    return vapid._key(ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture
def tokens(key):
    return vapid.Tokens(key, "mailto:betrieb@example.org")


def _claims(header, key):
    """Read a token, after its signature was checked."""
    return pushreading.claims_of(header, key.public)


def test_a_token_names_its_service_and_ends(tokens, key, now):
    for origin in ORIGINS:
        exp = int((now + timedelta(hours=12)).timestamp())
        expected = {"aud": origin, "exp": exp, "sub": "mailto:betrieb@example.org"}
        assert _claims(tokens.header(origin, now=now), key) == expected


def test_a_token_is_used_again_and_renewed_an_hour_before_it_ends(tokens, key, now):
    first = tokens.header(ORIGINS[0], now=now)

    assert tokens.header(ORIGINS[0], now=now + timedelta(hours=10, minutes=59)) == first
    later = tokens.header(ORIGINS[0], now=now + timedelta(hours=11))
    assert later != first
    assert _claims(later, key)["exp"] == int((now + timedelta(hours=23)).timestamp())


def test_tokens_of_services_are_never_mixed(tokens, key, now):
    asked = ORIGINS * 20

    with ThreadPoolExecutor(8) as threads:
        headers = list(threads.map(lambda origin: tokens.header(origin, now=now), asked))

    assert [_claims(header, key)["aud"] for header in headers] == asked
    assert len(set(headers)) == 3


def test_many_invented_services_do_not_fill_the_memory(tokens, now):
    for number in range(1000):
        tokens.header(f"https://n{number}.notify.windows.com", now=now)

    assert len(tokens._kept) <= 256


def test_a_key_that_was_replaced_signs_no_more(tokens, key, now):
    other = vapid._key(ec.generate_private_key(ec.SECP256R1()))

    with pytest.raises(pushreading.Wrong, match="key"):
        _claims(tokens.header(ORIGINS[0], now=now), other)


def test_a_token_that_was_changed_is_noticed(tokens, key, now):
    """The control for every signature that was found good."""
    header = tokens.header(ORIGINS[0], now=now)
    claims = header.split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    forged = pushreading.encode(json.dumps(said | {"aud": ORIGINS[1]}).encode())

    with pytest.raises(pushreading.Wrong, match="signature"):
        _claims(header.replace(claims, forged), key)


@pytest.mark.parametrize(
    ("legal", "mail_from", "contact"),
    [
        ("betrieb@example.org", "Nahplatz <nahplatz@example.org>", "mailto:betrieb@example.org"),
        ("", "Nahplatz <nahplatz@example.org>", "mailto:nahplatz@example.org"),
        ("", "nahplatz@localhost", "mailto:nahplatz@localhost"),
        ("", "nahplatz@intranet", "mailto:nahplatz@intranet"),
    ],
)
def test_services_learn_whom_to_write_to(key, now, legal, mail_from, contact):
    settings = config.Config("", "", mail_from=mail_from, legal_body=config.LegalBody(email=legal))

    assert vapid.contact(settings) == contact
    assert _claims(vapid.Tokens(key, contact).header(ORIGINS[0], now=now), key)["sub"] == contact
