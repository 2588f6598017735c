"""Hana hosts the Wagen by its operator, Hugo another space, Kari is the county."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.audit.models import AuditEntry
from tests import factories
from tests.counters import counter, host_of, register
from tests.phones import book, code, phone, phone_of, sign, space, state, statements

__all__ = [
    "book",
    "code",
    "counter",
    "host_of",
    "phone",
    "phone_of",
    "register",
    "sign",
    "space",
    "state",
    "statements",
]


@pytest.fixture
def wagen(cast):
    operator = factories.make_operator("Wagen eG", "wagen-eg")
    space = factories.make_space("wagen", seats=3, operator_id=operator.id)
    factories.make_host(cast["hana"], operator_id=operator.id)
    other = factories.make_operator("Anderswo GmbH", "anderswo-gmbh")
    factories.make_space("anderswo", operator_id=other.id)
    factories.make_host(cast["hugo"], operator_id=other.id)
    factories.make_officer(cast["kari"])
    return space


@pytest.fixture
def hana(wagen, as_):
    return as_("hana")


@pytest.fixture
def hugo(wagen, as_):
    return as_("hugo")


@pytest.fixture
def kari(wagen, as_):
    return as_("kari")


@pytest.fixture
def filled():
    """Return what a form on a page would send if nobody typed anything: `filled(page, action)`."""
    return _filled


def _filled(page, action):
    form = BeautifulSoup(page.text, "html.parser").find("form", action=action)
    values = {}
    for one in form.find_all(["input", "textarea", "select"]):
        is_off = one.get("type") in {"checkbox", "radio"} and not one.has_attr("checked")
        if one.get("name") not in {None, "csrf_token"} and not is_off:
            values.setdefault(one["name"], []).append(_value(one))
    return {name: typed if len(typed) > 1 else typed[0] for name, typed in values.items()}


def _value(one):
    if one.name == "select":
        chosen = one.find("option", selected=True) or one.find("option")
        return chosen["value"]
    return one.text if one.name == "textarea" else one.get("value", "")


@pytest.fixture
def wrong():
    """Return the sentence beside a field: `wrong(answer, "name")`."""
    return lambda answer, name: (
        (found := re.search(rf'id="{name}-fehler">(?:<svg.+?</svg>)?(.+?)</p>', answer.text, re.DOTALL)) and found[1]
    )


@pytest.fixture
def acts(db):
    """Return the audit of spaces and operators as (actor's name, action), oldest first."""

    def read():
        db.session.rollback()
        return db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()

    return read
