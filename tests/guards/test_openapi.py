"""Whatever is sent to the API, it answers what its description says: no 5xx, no undocumented status or shape."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from tests.described import HEADERS, described
from tests.factories import make_space

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]


@pytest.fixture
def session(as_):
    """The session cookie of a signed-in person."""
    make_space("wagen", seats=4)
    return as_("ana").get_cookie("session").value


@pytest.fixture
def api(app):
    """The API as our own pages see it."""
    return described(app)


def test_every_answer_is_described(api, session):
    answered = Counter()
    for operation in api.get_all_operations():
        _try(operation.ok().as_strategy(), session, answered)
    # Signed in: what is answered is about the request, not about who asks.
    assert answered[401] < answered[422], answered
    assert answered[200] > 0, answered


def test_strangers_get_described_answers_too(api, session):
    answered = Counter()
    for operation in api.get_all_operations():
        _try(operation.ok().as_strategy(), None, answered)
    assert answered[401] > 20, answered


def test_the_check_finds_an_undescribed_answer(app):
    """The control: the same run against a description that hides a refusal must fail."""
    document = app.test_client().get("/api/v1/openapi.json").json
    del document["paths"]["/api/v1/availability"]["get"]["responses"]["422"]
    liar = schemathesis.openapi.from_dict(document)
    liar.config.update(headers=HEADERS)
    liar.app = app
    with pytest.raises((BaseExceptionGroup, schemathesis.errors.SchemathesisError, AssertionError)):
        _try(liar["/api/v1/availability"]["GET"].as_strategy(), None, Counter())


def test_every_address_of_the_api_is_described(app):
    document = app.test_client().get("/api/v1/openapi.json").json
    described = {(path, method.upper()) for path, found in document["paths"].items() for method in found}
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "openapi"
    }
    assert described == served


def _try(strategy, session, answered) -> None:
    @settings(
        max_examples=40,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(some.data())
    def send(data) -> None:
        case = data.draw(strategy)
        if session is not None:
            case.cookies = {"session": session}
        answered[case.call_and_validate(checks=CHECKS).status_code] += 1

    send()
