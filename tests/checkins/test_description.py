"""The description of the API says what phones send and get, and anything else gets an answer that is described."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from app.checkins.schemas.answer import Answer
from app.phone.schemas import SnapshotOut
from tests.described import described

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]


@pytest.fixture
def operation(app):
    return described(app)["/api/v1/checkins"]["POST"]


def test_whatever_a_signed_in_phone_sends_is_answered_as_described(operation, phone):
    strategy = operation.as_strategy()
    answered = Counter()

    @settings(
        max_examples=150,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(some.data())
    def send(data):
        case = data.draw(strategy)
        case.headers["Nahplatz-Person"] = phone.person
        case.cookies = {"session": phone.client.get_cookie("session").value}
        answered[case.call_and_validate(checks=CHECKS).status_code] += 1

    send()
    assert answered[200] > 20, answered
    assert answered[422] > 0, answered


def test_what_phones_get_is_what_is_described(phone, code, book):
    book()
    answer = phone.post(phone.batch([phone.scan(code), phone.scan("x"), {}]))
    assert [each.verdict for each in Answer.model_validate_json(answer.data).verdicts] == [
        "accepted",
        "rejected",
        "rejected",
    ]
    snapshot = SnapshotOut.model_validate_json(phone.client.get("/api/v1/me/snapshot").data)
    assert (len(snapshot.bookings), len(snapshot.checkins)) == (1, 3)
