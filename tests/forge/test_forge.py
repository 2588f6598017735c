"""No forged or altered pass is accepted, in either language. `make forge` tries a million."""

import random

from app.checkins import passes
from tests.forge import attempt, forgeries


def test_of_20_000_forged_or_altered_passes_none_is_accepted():
    outcome = attempt.attempt(20_000, 20, seed=20)
    print(outcome.report)

    assert outcome.troubles == []
    assert (outcome.tried, outcome.genuine) == (20_000, 20)
    assert outcome.verdicts["bad_signature"] > 10_000
    assert {"malformed", "unknown_version", "unknown_key"} < set(outcome.verdicts)


def test_control_a_reader_that_skips_the_signature_is_found(monkeypatch):
    monkeypatch.setattr("app.checkins.passes._is_signed", lambda signed, key: True)
    outcome = attempt.attempt(1_000, 1, seed=20)

    assert len(outcome.accepted["python"]) > 500
    assert outcome.accepted["webcrypto"] == []
    assert any("accepted" in trouble for trouble in outcome.troubles)
    assert any("differently" in trouble for trouble in outcome.troubles)


def test_control_a_reader_that_takes_the_second_signature_is_found(monkeypatch):
    """Mathematics alone would accept it: this is what the rule about the lower s is for."""
    lots = random.Random(20)
    by = forgeries.issuer(lots)
    (genuine,) = forgeries.issued(by, 1, lots)
    text = forgeries._mirrored(genuine, genuine, by, lots)

    assert passes.check(text, forgeries.ORIGIN, by.public).verdict == "bad_signature"
    monkeypatch.setattr(passes, "ORDER", passes.ORDER * 2)
    assert passes.check(text, forgeries.ORIGIN, by.public).verdict == "valid"
