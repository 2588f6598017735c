"""What a phone signs is written the same way in both languages, and only its own key's word counts."""

import json
from pathlib import Path

import pytest

from app.checkins import signing

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "signatures.json").read_text("utf-8"))
KEY = signing.read_key(VECTORS["public_key"])


@pytest.mark.parametrize("case", VECTORS["signed"], ids=lambda case: case["about"])
def test_the_text_is_as_the_vectors_say_and_the_signature_is_right(case):
    assert signing.signed_text(case["event"]) == case["text"]
    assert signing.is_signed(case["text"], case["signature"], KEY)
    assert not signing.is_signed(case["text"], case["signature"], signing.read_key(VECTORS["other_key"]))


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["about"])
def test_whatever_is_no_signature_of_this_text_is_refused(case):
    assert not signing.is_signed(case["text"], case["signature"], KEY)


def test_every_field_is_signed():
    event = VECTORS["signed"][0]["event"]
    for name in signing.FIELDS:
        changed = signing.signed_text(event | {name: {"at": "", "boot": "", "boot_ms": 0}})
        assert changed != VECTORS["signed"][0]["text"], name


def test_no_two_events_have_one_text():
    # A quote in one field must not be able to move the border to the next.
    event = VECTORS["signed"][1]["event"]
    one = signing.signed_text(event | {"code": 'x",null', "booking": None})
    other = signing.signed_text(event | {"code": "x", "booking": None})
    assert len({one, other, VECTORS["signed"][1]["text"]}) == 3


def test_what_no_text_can_hold_is_not_signed():
    text = signing.signed_text(VECTORS["signed"][0]["event"] | {"code": "\ud800"})
    assert not signing.is_signed(text, VECTORS["signed"][0]["signature"], KEY)


@pytest.mark.parametrize("text", ["", "x", "A" * 86, VECTORS["public_key"][:-1], VECTORS["public_key"] + "=="])
def test_a_key_that_is_no_point_of_the_curve_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        signing.read_key(text)
