"""The server reads signs as the phone does: both are bound by the same vectors."""

import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checkins import codes

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "codes.json").read_text("utf-8"))
ORIGIN = VECTORS["origin"]
CODES = st.binary(min_size=12, max_size=12).map(codes.encode)


@pytest.mark.parametrize("row", VECTORS["texts"], ids=lambda row: repr(row["text"]))
def test_every_text_of_the_vectors_is_read_as_they_say(row):
    reading = codes.read(row["text"], row.get("origin", ORIGIN))
    assert (reading.verdict, reading.code) == (row["verdict"], row["code"])


@pytest.mark.parametrize("row", VECTORS["codes"], ids=lambda row: row["code"])
def test_every_code_of_the_vectors_is_made_as_they_say(row):
    code = codes.encode(bytes.fromhex(row["bits"]))
    assert code == row["code"]
    assert codes.check_of(code[:8]) == row["check"]
    assert codes.hash_of(code) == row["hash"]
    if row["short"] is not None:
        assert codes.short(code) == row["short"]
        assert codes.hash_of(row["short"]) == row["short_hash"]


def test_the_vectors_know_codes_whose_short_form_cannot_be_typed():
    assert {row["check"] for row in VECTORS["codes"] if row["short"] is None} == set("*~$=U")


@given(CODES, st.data())
def test_any_spelling_of_any_code_is_read_as_that_code(code, data):
    spelled = _spell(code, data)
    assert codes.read(spelled, ORIGIN) == codes.Reading("sign", code)
    if codes.check_of(code[:8]) in codes.DIGITS:
        short = codes.short(code)
        assert codes.read(_spell(short, data), ORIGIN) == codes.Reading("short", short)


def _spell(code, data):
    twins = {"0": "0oO", "1": "1iIlL"}
    text = ""
    for character in code:
        text += data.draw(st.sampled_from(twins.get(character, character + character.lower())))
        text += data.draw(st.sampled_from(["", "", "-", " ", "–", "\u00a0"]))
    return text


@pytest.mark.parametrize("place", range(9))
def test_one_wrong_character_in_a_short_form_is_always_noticed(place):
    for row in VECTORS["codes"]:
        short = row["short"] or ""
        for other in set(codes.DIGITS if short else "") - {short[place : place + 1]}:
            typed = short[:place] + other + short[place + 1 :]
            assert codes.read(typed, ORIGIN).verdict == "malformed", typed


@given(st.text(max_size=80))
def test_no_text_makes_the_reader_fail(text):
    reading = codes.read(text, ORIGIN)
    assert (reading.code is not None) == (reading.verdict in {"sign", "short"})


@given(CODES, st.text(string.printable + "äöü@\\", max_size=12), st.text(string.printable, max_size=6))
def test_only_our_own_origin_is_ours(code, before, after):
    address = f"{before}{ORIGIN}{after}/c/{code}"
    reading = codes.read(address, ORIGIN)
    if reading.verdict == "sign":
        assert address.strip().lower().startswith(f"{ORIGIN}/c/") or after == ":443"


def test_drawing_goes_on_until_the_check_character_can_be_typed():
    untypable = [bytes.fromhex(row["bits"]) for row in VECTORS["codes"] if row["short"] is None]
    typable = bytes.fromhex("66e662042e82be84941631eb")
    draws = iter([*untypable, typable])
    assert codes.draw(lambda _: next(draws)) == "CVK6411EGAZ8950P67NG"
    assert next(draws, None) is None


def test_codes_are_printed_in_groups():
    assert codes.printed("CVK6411E8") == "CVK6-411E-8"
