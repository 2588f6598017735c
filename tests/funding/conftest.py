"""A space where there is room for everybody, and an employer for whom they all work."""

import pytest

from tests.factories import make_employer, make_people, make_space


@pytest.fixture
def people(app):
    make_space("wagen", seats=12, price_cents=600)
    return make_people(12)


@pytest.fixture
def employer(people):
    return make_employer("Beispiel GmbH", *people)
