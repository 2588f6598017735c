"""An operator with a space, an employer with twelve people, and a quota that pays for all."""

import pytest

from app.billing.models import InvoiceSeries
from app.extensions import db
from tests.billing.services import BUYER, DAY_15, NOVEMBER, know, seller
from tests.factories import make_employer, make_people, make_quota, make_space


@pytest.fixture
def operator(app):
    return seller()


@pytest.fixture
def people(operator):
    make_space("wagen", seats=12, price_cents=950, operator_id=operator.id)
    return make_people(12)


@pytest.fixture
def employer(people):
    return make_employer("Beispiel GmbH", *people)


@pytest.fixture
def quota(employer):
    return make_quota(employer, units=40, scope="pool")


@pytest.fixture
def series(operator, employer):
    """The operator lets its invoices be issued here, and all that they need is known."""
    know(employer, **BUYER)
    row = InvoiceSeries(operator_id=operator.id, prefix="BB", last=0, days=14, contact="Hana Host", from_month=NOVEMBER)
    row.agreed_by, row.agreed_at = "hana", DAY_15
    db.session.add(row)
    db.session.commit()
    return row
