"""What a person sees of who pays: what is left, and each day in plain words, only their own."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from app.bookings import operations, queries
from app.checkins import operations as checkins
from tests import factories
from tests.funding.coming import book, come

PAGE = "/profil/kontingente"
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def quota(app, cast):
    factories.make_space("wagen", price_cents=600)
    return factories.make_quota(factories.make_employer("Beispiel GmbH", cast["ana"], cast["ben"]), pays_late=True)


def _text(client):
    return " ".join(client.get(PAGE).text.split())


def test_who_has_no_payer_reads_what_to_do(as_):
    assert "Du zahlst selbst." in _text(as_("ana"))


def test_what_may_be_used_is_told_before_the_first_booking(as_, cast, quota):
    text = _text(as_("ana"))
    assert "Du zahlst selbst." not in text
    assert 'Beispiel GmbH<br><span class="meta">1. November 2026 – 30. November 2026' in text
    assert "<dt>halbe Tage übrig</dt><dd>8</dd>" in text
    assert "Du zahlst selbst." in _text(as_("hana"))


def test_a_shared_quota_is_told_without_figures(as_, cast):
    factories.make_quota(factories.make_employer("Beispiel GmbH", cast["ana"]), scope="pool", name="Topf", units=40)
    text = _text(as_("ana"))
    assert "Topf" in text
    assert "solange davon etwas übrig ist" in text
    assert "<dd>" not in text


def test_of_a_programme_its_name_is_told_once_and_not_its_budget(as_, cast):
    programme = factories.make_programme("pilot", name="Pilot Winter")
    factories.make_quota(programme, name="Pilot Winter")
    factories.make_quota(programme, name="Budget", scope="pool", units=300)
    text = _text(as_("ana"))
    assert text.count("Pilot Winter") == 1
    assert "Budget" not in text


@pytest.mark.parametrize(("carries", "said"), [(False, "verfallen"), (True, "wird übertragen")])
def test_the_newest_month_comes_first_and_what_is_over_has_nothing_left(as_, cast, quota, db, now, carries, said):
    quota.carries = carries
    db.session.add(quota)
    db.session.commit()
    book(cast["ana"], now)
    with time_machine.travel(datetime(2026, 12, 2, 9, tzinfo=UTC), tick=False):
        text = _text(as_("ana"))
    assert text.index("1. Dezember 2026") < text.index("1. November 2026")
    assert f"<dt>{said}</dt><dd>6</dd>" in text
    assert text.count("halbe Tage übrig") == 1


def test_each_day_is_told_from_booking_to_billing(as_, cast, quota, db, now):
    booking = book(cast["ana"], now)
    text = _text(as_("ana"))
    assert "<dt>halbe Tage übrig</dt><dd>6</dd>" in text
    assert f"<li>gebucht am {now.day}. November</li> <li>2 halbe Tage bei Beispiel GmbH reserviert</li> </ol>" in text
    at = booking.starts_at + timedelta(minutes=15)
    come(db, booking, at)
    with time_machine.travel(at, tick=False):
        assert "eingecheckt, wird gleich abgerechnet" in _text(as_("ana"))
        checkins.settle_charge(booking_id=booking.id, now=at)
        text = _text(as_("ana"))
    assert "<li>eingecheckt um 08:15 Uhr</li> <li>abgerechnet</li>" in text
    assert "<dt>reserviert</dt><dd>0</dd>" in text
    assert "<dt>genutzt</dt><dd>2</dd>" in text
    with time_machine.travel(at + timedelta(days=15), tick=False):
        text = _text(as_("ana"))
    assert "08:15" not in text
    assert "<li>eingecheckt</li>" in text


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 23, 12, tzinfo=UTC), "zurückgegeben, weil abgesagt"),
        (datetime(2026, 11, 24, 5, tzinfo=UTC), "abgerechnet, weil zu spät abgesagt"),
    ],
)
def test_what_became_of_a_cancelled_day_is_said(as_, cast, quota, now, at, said):
    booking = book(cast["ana"], now)
    operations.cancel(booking_uuid=booking.uuid, person_id=cast["ana"], now=at)
    assert said in _text(as_("ana"))


def test_nobody_sees_somebody_elses(as_, cast, quota, now):
    book(cast["ana"], now)
    assert "wagen" not in _text(as_("ben"))
    assert queries.charged_bookings(cast["ben"], skip=0, limit=5) == []


def test_older_days_are_on_further_pages(as_, cast, quota, db, now):
    quota.units = 100
    db.session.add(quota)
    db.session.commit()
    for number in range(21):
        booking = book(cast["ana"], now)
        operations.cancel(booking_uuid=booking.uuid, person_id=cast["ana"], now=now)
        del number
    assert as_("ana").get(PAGE).text.count("zurückgegeben") == 20
    assert as_("ana").get(f"{PAGE}?page=2").text.count("zurückgegeben") == 1
