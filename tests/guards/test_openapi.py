"""Whatever is sent to the API, it answers what its description says: no 5xx, no undocumented status or shape."""

from __future__ import annotations

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from tests.factories import make_space

HEADERS = {"Sec-Fetch-Site": "same-origin", "Nahplatz-Client": "1"}
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]


@pytest.fixture
def api(app, as_):
    """The API as a signed-in person's page sees it."""
    make_space("wagen", seats=4)
    client = as_("ana")
    cookie = client.get_cookie("session").value
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    schema.config.update(headers={**HEADERS, "Cookie": f"session={cookie}"})
    return schema


def test_every_answer_is_described(api):
    for operation in api.get_all_operations():
        _run(operation.ok().as_strategy())


def test_the_check_finds_an_undescribed_answer(app, api):
    """The control: the same run against a description that hides a refusal must fail."""
    document = app.test_client().get("/api/v1/openapi.json").json
    del document["paths"]["/api/v1/availability"]["get"]["responses"]["422"]
    liar = schemathesis.openapi.from_dict(document)
    liar.config.update(headers=HEADERS)
    liar.app = app
    with pytest.raises((BaseExceptionGroup, schemathesis.errors.SchemathesisError, AssertionError)):
        _run(liar["/api/v1/availability"]["GET"].as_strategy())


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


@settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(some.data())
def _try(strategy, data) -> None:
    data.draw(strategy).call_and_validate(checks=CHECKS)


def _run(strategy) -> None:
    _try(strategy)
