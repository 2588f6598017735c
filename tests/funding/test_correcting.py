"""Closed books are corrected by hand: a counter-entry with a reason, within what was granted, once."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEntry
from app.checkins import operations as checkins
from app.extensions import db as database
from app.funding import operations, queries
from app.funding.models import Account, Entry, Programme
from app.funding.operations import BeyondBudget, Correction, NotClosed
from app.jobs.queries import findings
from tests.factories import make_officer, make_programme, make_quota
from tests.funding.coming import book, come

CLOSED = datetime(2027, 2, 20, 9, 0, tzinfo=UTC)
NOTE = "Ein Ort hat zwei Tage doppelt gemeldet."


@pytest.fixture
def programme(db, people, now):
    """A programme that paid 2 of 12 half-days, 12 of 60 euros."""
    found = make_programme("pilot")
    dates = {"starts_on": found.starts_on, "ends_on": found.ends_on}
    make_quota(found, **dates)
    make_quota(found, scope="pool", frame="total", units=12, cents=6000, **dates)
    booking = book(people[0], now)
    come(db, booking)
    checkins.settle_charge(booking_id=booking.id, now=booking.starts_at)
    return queries.programme("pilot")


@pytest.fixture
def closed(programme):
    assert operations.freeze_programme(programme_id=programme.id, now=CLOSED - timedelta(days=1))
    return queries.programme("pilot")


def _correct(programme, units, cents, token=None):
    correction, token = Correction(units, cents, NOTE), token or uuid.uuid4()
    by = {"token": token, "actor": "somebody", "now": CLOSED}
    return operations.correct_programme(programme_id=programme.id, correction=correction, **by)


def test_it_stands_beside_the_frozen_sums(db, closed):
    assert _correct(closed, -2, -1100)
    assert _correct(closed, 0, 250)
    found = queries.programme("pilot")
    assert (found.frozen_units, found.frozen_cents) == (2, 1200)
    assert queries.sums_now(closed.id) == (0, 350)
    assert [(each.units, each.cents, each.note) for each in queries.own_corrections(closed.id)] == [
        (-2, -1100, NOTE),
        (0, 250, NOTE),
    ]
    assert queries.corrections(found) == []
    assert list(findings()) == []
    [first, _] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "correct_programme"))
    assert first.detail == {"units": -2, "cents": -1100, "note": NOTE}


@pytest.mark.parametrize(("units", "cents"), [(-3, 0), (0, -1201), (11, 0), (0, 4801), (10, 4801)])
def test_more_than_granted_or_less_than_nothing_is_refused(closed, units, cents):
    with pytest.raises(BeyondBudget):
        _correct(closed, units, cents)
    assert queries.sums_now(closed.id) == (2, 1200)


def test_the_very_last_is_corrected_too(closed):
    assert _correct(closed, 10, 4800)
    assert queries.sums_now(closed.id) == (12, 6000)


def test_sent_twice_it_is_written_once(closed):
    token = uuid.uuid4()
    assert [_correct(closed, 1, 0, token), _correct(closed, 1, 0, token)] == [True, False]
    assert queries.sums_now(closed.id) == (3, 1200)


def test_open_books_are_not_corrected(programme):
    with pytest.raises(NotClosed):
        _correct(programme, 1, 0)


def test_a_programme_on_which_nobody_booked_has_an_account_for_it(db, people):
    found = make_programme("leer", ends_on=datetime(2026, 12, 31, tzinfo=UTC).date())
    dates = {"starts_on": found.starts_on, "ends_on": found.ends_on}
    make_quota(found, **dates)
    make_quota(found, scope="pool", frame="total", units=12, **dates)
    operations.freeze_programme(programme_id=found.id, now=CLOSED)
    assert _correct(found, 4, 2000)
    assert queries.sums_now(found.id) == (4, 2000)
    assert list(findings()) == []


def test_the_database_takes_no_correction_without_words_and_none_with_a_booking(db, closed):
    entry = db.session.scalars(select(Entry).where(Entry.booking_uuid.is_not(None))).first()
    account = db.session.scalars(select(Account)).first()
    facts = {"account_id": account.id, "reason": "officer", "actor": "x", "made_at": CLOSED, "key": "x"}
    for wrong in ({"kind": "correct"}, {"kind": "correct", "note": "x", "booking_uuid": entry.booking_uuid},
                  {"kind": "settle"}, {"kind": "grant", "note": "x"}):  # fmt: skip
        db.session.add(Entry(**facts, **wrong))
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()


def test_reconcile_finds_one_where_no_books_were_closed(db, closed):
    assert _correct(closed, 1, 0)
    assert list(findings()) == []
    db.session.execute(update(Programme).values(frozen_at=CLOSED + timedelta(days=1)))
    db.session.commit()
    assert [finding.kind for finding in findings()] == ["correction_misplaced"]


@pytest.mark.concurrency
@pytest.mark.parametrize("is_same", [True, False])
def test_several_at_once_keep_to_the_budget(app, closed, is_same):
    """Ten half-days are left; six officers correct by four each, or one correction arrives six times."""
    barrier, token = Barrier(6), uuid.uuid4()

    def _act(_):
        with app.app_context():
            barrier.wait()
            try:
                return _correct(closed, 4, 0, token if is_same else None)
            except BeyondBudget:
                return None
            finally:
                database.session.remove()

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(_act, range(6)))
    assert done.count(True) == (1 if is_same else 2)
    assert queries.sums_now(closed.id)[0] == 2 + 4 * done.count(True)
    assert list(findings()) == []


class TestPages:
    @pytest.fixture
    def kari(self, cast, as_, closed):
        make_officer(cast["kari"])
        with time_machine.travel(CLOSED, tick=False):
            yield as_("kari")

    def test_it_is_looked_at_before_it_is_done(self, kari, closed):
        page = "/kreis/programme/pilot/korrektur"
        token = re.search(r'name="token" value="([^"]+)"', kari.get(page).text)[1]
        typed = {"units": "-1", "euros": "-6,00", "note": NOTE, "token": token}
        preview = kari.get(page, query_string=typed).text
        assert "Danach gezahlt: 1 halber Tag, 6,00" in preview
        assert queries.sums_now(closed.id) == (2, 1200)
        for _ in range(2):
            assert kari.submit(page, typed).location == "/kreis/programme/pilot"
        shown = kari.get("/kreis/programme/pilot").text
        for words in (
            "Abgeschlossen am",
            "2 halbe Tage",
            NOTE,
            "-1 halber Tag",
            "Zusammen sind es jetzt: 1 halber Tag",
        ):
            assert words in shown

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"units": "viele"}, "units"),
            ({"units": "", "euros": ""}, "units"),
            ({"euros": "1,234"}, "euros"),
            ({"euros": "--5"}, "euros"),
            ({"note": ""}, "note"),
            ({"note": "x" * 301}, "note"),
            ({"token": "x"}, "note"),
        ],
    )
    def test_what_cannot_be_comes_back(self, kari, changes, field):
        typed = {"units": "1", "euros": "", "note": NOTE, "token": str(uuid.uuid4()), **changes}
        for answer in (kari.get("/kreis/programme/pilot/korrektur", query_string=typed),
                       kari.submit("/kreis/programme/pilot/korrektur", typed)):  # fmt: skip
            assert (answer.status_code, f'id="{field}-fehler"' in answer.text) == (422, True)

    @pytest.mark.parametrize(("field", "least"), [("units", "-2"), ("euros", "-12,00")])
    def test_less_than_nothing_is_said_before_the_question(self, kari, field, least):
        def look(amount):
            typed = {"note": NOTE, "token": str(uuid.uuid4()), field: amount}
            return kari.get("/kreis/programme/pilot/korrektur", query_string=typed)

        assert "Danach gezahlt" in look(least).text
        refused = look("-3" if field == "units" else "-12,01")
        assert (refused.status_code, "Ja, korrigieren" in refused.text) == (422, False)
        assert f'id="{field}-fehler"' in refused.text

    def test_too_much_comes_back_with_what_was_typed(self, kari):
        typed = {"units": "99", "euros": "", "note": NOTE, "token": str(uuid.uuid4())}
        refused = kari.submit("/kreis/programme/pilot/korrektur", typed)
        assert refused.status_code == 409
        assert "nie mehr als das Budget" in refused.text
        assert NOTE in refused.text
