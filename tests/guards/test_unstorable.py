"""An address that names what no database can hold is unknown, whatever it asks for: nobody gets a failure."""

from __future__ import annotations

import re

import pytest

from tests.factories import make_host, make_officer
from tests.guards.knocking import address, furnish, rules

OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Nahplatz-Client": "1"}
TEXT = re.compile(r"<(?:path:)?[a-z_]+>")
NUMBER = re.compile(r"<int:[a-z_]+>")


def _said(client, method, path):
    if method == "GET":
        return client.get(path).status_code
    if path.startswith("/api/"):
        return client.open(path, method=method, json={}, headers=OWN_PAGE).status_code
    return client.submit(path, {}).status_code


@pytest.fixture
def hana(as_, cast, now):
    """Somebody who may see everything, so that nothing else turns her away."""
    space = furnish(cast["ana"], now)
    make_host(cast["hana"], operator_id=space.operator_id)
    make_officer(cast["hana"])
    return as_("hana")


def test_a_nul_in_an_address_leads_nowhere(app, hana):
    found = {}
    for method, rule in rules(app):
        if TEXT.search(rule):
            path = address(TEXT.sub("a\0b", rule))
            found[method, path] = _said(hana, method, path)
    assert len(found) > 40, "the control: there are such addresses"
    assert {where: said for where, said in found.items() if said != 404} == {}


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_that_no_row_can_have_leads_nowhere(app, hana, number):
    found = {}
    for method, rule in rules(app):
        if NUMBER.search(rule):
            path = address(NUMBER.sub(str(number), rule))
            found[method, path] = _said(hana, method, path)
    assert len(found) > 5, "the control: there are such addresses"
    assert {where: said for where, said in found.items() if said != 404} == {}


def test_control_what_can_be_stored_is_looked_for(hana):
    assert hana.get("/gastgeber/wagen/ort").status_code == 200
