"""A cookie is proved once for many requests: what one of them changes concerns no other, and time goes on."""

from __future__ import annotations

import pytest
from flask import Flask
from itsdangerous import BadSignature, TimestampSigner

from app.cookies import Cookies

DAY = 86_400


@pytest.fixture
def signer():
    app = Flask(__name__)
    app.secret_key = "a key"
    return Cookies(app).get_signing_serializer(app)


def test_it_holds_what_was_put_in_and_nobody_changes_it_for_others(signer):
    cookie = signer.dumps({"asker": "x", "_flashes": [("success", "saved")]})
    first = signer.loads(cookie, max_age=DAY)
    first["_flashes"].append(("error", "lost"))
    first["asker"] = "somebody else"
    assert signer.loads(cookie, max_age=DAY) == {"asker": "x", "_flashes": [("success", "saved")]}


def test_a_forged_one_is_refused_however_often_it_comes(signer):
    cookie = signer.dumps({"asker": "x"})
    assert signer.loads(cookie, max_age=DAY)
    for _ in range(2):
        with pytest.raises(BadSignature):
            signer.loads(f"x{cookie}", max_age=DAY)


def test_one_that_was_good_grows_too_old(signer, monkeypatch):
    cookie = signer.dumps({"asker": "x"})
    assert signer.loads(cookie, max_age=DAY)
    present = TimestampSigner(b"").get_timestamp()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: present + DAY + 2)
    with pytest.raises(BadSignature):
        signer.loads(cookie, max_age=DAY)
