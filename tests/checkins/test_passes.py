"""The server reads passes as hosts' devices do: both are bound by the same vectors."""

import dataclasses
import json
import string
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from app.checkins import codes, passes

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "passes.json").read_text("utf-8"))
ORIGIN = VECTORS["origin"]
PRIVATE = {row["kid"]: ec.derive_private_key(int(row["private_key"], 16), ec.SECP256R1()) for row in VECTORS["keys"]}
KNOWN = {row["kid"]: bytes.fromhex(row["public_key"]) for row in VECTORS["keys"] if row["kid"] in VECTORS["known"]}
FIELDS = ("kid", "space", "seat", "start_minute", "duration", "flags")
PASSES = [
    passes.Pass(booking=bytes.fromhex(row["booking"]), **{name: row[name] for name in FIELDS})
    for row in VECTORS["passes"]
]


def _numbers(bits):
    return st.integers(0, 2**bits - 1)


CONTENTS = st.builds(
    passes.Pass,
    kid=st.sampled_from(sorted(KNOWN)),
    booking=st.binary(min_size=8, max_size=8),
    space=_numbers(32),
    seat=_numbers(16),
    start_minute=_numbers(32),
    duration=_numbers(16),
    flags=_numbers(8),
)


@pytest.mark.parametrize("number", range(len(PASSES)))
def test_every_pass_of_the_vectors_is_made_and_proved(number):
    row, content = VECTORS["passes"][number], PASSES[number]
    assert passes.address(content, PRIVATE[content.kid], ORIGIN) == row["address"]
    assert passes.read(row["address"], ORIGIN) == passes.Reading("read", content)
    assert passes.check(row["address"], ORIGIN, KNOWN) == passes.Reading("valid", content)


TEXTS = [pytest.param(row, id=f"{number} {row['verdict']}") for number, row in enumerate(VECTORS["texts"])]


@pytest.mark.parametrize("row", TEXTS)
def test_row_38_only_exactly_our_origin_and_grammar_are_ours(row):
    reading = passes.check(row["text"], row.get("origin", ORIGIN), KNOWN)
    expected = PASSES[row["pass"]] if "pass" in row else None
    assert (reading.verdict, reading.content) == (row["verdict"], expected)


@given(CONTENTS)
def test_whatever_fits_the_layout_comes_back(content):
    address = passes.address(content, PRIVATE[content.kid], ORIGIN)
    assert passes.check(address, ORIGIN, KNOWN) == passes.Reading("valid", content)
    assert passes.check(address.lower(), ORIGIN, KNOWN) == passes.Reading("valid", content)
    assert set(address) <= set(string.digits + string.ascii_uppercase + "$%*+-./: ")


def test_it_fits_a_qr_code_of_version_7_at_level_m():
    """It holds 178 characters of those that QR codes pack tightly, so a host's name may have 27."""
    assert len(passes.address(PASSES[2], PRIVATE[3], f"https://{'h' * 27}")) == 178


@given(CONTENTS, st.integers(0, 140 * 5 - 1))
def test_no_bit_of_a_pass_can_be_flipped(content, bit):
    code = passes.spell(passes.seal(content, PRIVATE[content.kid]))
    place = bit // 5
    digit = codes.DIGITS[codes.DIGITS.index(code[place]) ^ 1 << bit % 5]
    altered = f"{ORIGIN}/P/{code[:place]}{digit}{code[place + 1 :]}"
    assert passes.check(altered, ORIGIN, KNOWN).content is None


@given(st.text(max_size=200) | st.text(codes.DIGITS, max_size=320).map(lambda code: f"{ORIGIN}/P/{code}"))
def test_no_text_makes_the_reader_fail_and_none_is_a_pass(text):
    reading = passes.check(text, ORIGIN, KNOWN)
    assert reading.verdict in {"foreign", "malformed", "unknown_version", "unknown_key", "bad_signature"}
    assert reading.content is None


@pytest.mark.parametrize(
    "changes",
    [
        {"kid": 16},
        {"kid": -1},
        {"booking": b"1234567"},
        {"booking": b"123456789"},
        {"space": 2**32},
        {"seat": 2**16},
        {"seat": -1},
        {"start_minute": 2**32},
        {"duration": 2**16},
        {"flags": 256},
    ],
    ids=str,
)
def test_what_does_not_fit_is_not_signed(changes):
    content = dataclasses.replace(PASSES[2], **changes)
    with pytest.raises(ValueError):
        passes.seal(content, PRIVATE[3])
