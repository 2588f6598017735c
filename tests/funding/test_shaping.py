"""Other rules for a quota or a programme after it was made: what is booked keeps what was promised."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.bookings import operations as bookings
from app.bookings.models import Booking
from app.bookings.operations import Order
from app.checkins import operations as checkins
from app.errors import NotFound
from app.funding import operations, queries
from app.funding.models import Account, ProgrammePerson, Quota
from app.funding.operations import ChangedMeanwhile, Ended, ProgrammeOver, ProgrammeRules, Rules
from app.jobs.queries import findings
from tests.factories import (
    make_employment,
    make_officer,
    make_programme,
    make_quota,
    make_space,
)
from tests.funding.coming import TUESDAY, book

# After six in the evening before Tuesday; and two weeks after it, when nobody comes any more.
LATE, DECIDED = datetime(2026, 11, 23, 18, 0, tzinfo=UTC), datetime(2026, 12, 9, 12, 0, tzinfo=UTC)
WEDNESDAY = date(2026, 11, 25)


def _change(quota, now, *, version=1, **rules):
    rules = Rules(**{"name": "Kontingent", **rules})
    operations.change_quota_rules(quota_id=quota.id, rules=rules, version=version, actor="somebody", now=now)


def _charges(db):
    db.session.rollback()
    return list(db.session.scalars(select(Booking.charge).order_by(Booking.id)))


class TestQuota:
    @pytest.mark.parametrize("promised", [False, True])
    def test_who_cancels_late_pays_as_was_promised(self, db, people, employer, now, promised):
        quota = make_quota(employer, pays_late=promised)
        before = book(people[0], now)
        _change(quota, now, pays_late=not promised)
        after = book(people[1], now)
        for booking in (before, after):
            bookings.cancel(booking_uuid=booking.uuid, person_id=booking.person_id, now=LATE)
        words = {True: "settled", False: "released"}
        assert _charges(db) == [words[promised], words[not promised]]
        assert list(findings()) == []

    @pytest.mark.parametrize("promised", [False, True])
    def test_who_never_comes_pays_as_was_promised(self, db, people, employer, now, promised):
        quota = make_quota(employer, pays_no_show=promised)
        made = [book(people[0], now)]
        _change(quota, now, pays_no_show=not promised)
        made.append(book(people[1], now))
        for booking in made:
            checkins.settle_charge(booking_id=booking.id, now=DECIDED)
        words = {True: "settled", False: "released"}
        assert _charges(db) == [words[promised], words[not promised]]

    def test_who_changes_the_payer_and_comes_back_has_the_milder_rules(self, db, people, employer, now):
        quota = make_quota(employer, pays_late=True)
        booking = book(people[0], now)
        by = {"booking_uuid": booking.uuid, "person_id": people[0], "now": now}
        bookings.change_payer(payer="self", **by)
        _change(quota, now, pays_late=False)
        bookings.change_payer(payer=f"quota-{quota.id}", **by)
        bookings.cancel(booking_uuid=booking.uuid, person_id=people[0], now=LATE)
        assert _charges(db) == ["released"]
        assert list(findings()) == []

    def test_other_places_hold_for_what_is_booked_from_then_on(self, db, people, employer, now):
        elsewhere = make_space("anderswo")
        quota = make_quota(employer)
        assert book(people[0], now).charge == "reserved"
        _change(quota, now, spaces=(elsewhere.id,))
        assert book(people[0], now, WEDNESDAY).charge is None
        assert queries.quota_of(employer.id, quota.id).places == ("Anderswo",)
        _change(quota, now, version=2)
        assert book(people[1], now, WEDNESDAY).charge == "reserved"
        assert _charges(db) == ["reserved", None, "reserved"]

    def test_what_was_changed_is_written_down(self, db, people, employer, now):
        quota = make_quota(employer)
        _change(quota, now, name="Neu", cost_centre="4711")
        [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "change_quota_rules"))
        assert entry.detail == {
            "before": {"name": "Kontingent", "cost_centre": None},
            "after": {"name": "Neu", "cost_centre": "4711"},
        }

    def test_who_looked_at_an_older_state_changes_nothing(self, db, employer, now):
        quota = make_quota(employer)
        _change(quota, now, name="Neu")
        with pytest.raises(ChangedMeanwhile):
            _change(quota, now, name="Anders")
        db.session.rollback()
        assert db.session.scalar(select(Quota.name)) == "Neu"

    def test_what_has_ended_or_never_was_stays(self, employer, now):
        with pytest.raises(Ended):
            _change(make_quota(employer, ended_at=now), now)
        with pytest.raises(NotFound):
            operations.change_quota_rules(quota_id=99, rules=Rules("x"), version=1, actor="somebody", now=now)


@pytest.fixture
def programme(people):
    found = make_programme("pilot", name="Pilot")
    for scope, frame in (("person", "month"), ("pool", "total")):
        make_quota(found, scope=scope, frame=frame, starts_on=found.starts_on, ends_on=found.ends_on, units=40)
    return found


RULES = {"name": "Pilot", "funder": "Kreis", "is_for_all": True, "share_percent": 100}


def _reshape(programme, now, *, version=1, **rules):
    rules = ProgrammeRules(**{**RULES, **rules})
    by = {"version": version, "actor": "somebody", "now": now}
    operations.change_programme_rules(programme_id=programme.id, rules=rules, **by)


class TestProgramme:
    def test_another_share_holds_from_then_on(self, db, programme, people, now):
        book(people[0], now)
        _reshape(programme, now, share_percent=50, name="Pilot zwei", pays_late=True)
        book(people[1], now)
        rows = queries.sums_now(programme.id), list(findings())
        assert rows == ((0, 0), [])
        own = [each.reserved_cents for each in db.session.scalars(select(Account).where(Account.holder > 0))]
        assert sorted(own) == [600, 1200]
        assert queries.programme("pilot").name == "Pilot zwei"
        assert {each.pays_late for each in queries.programme_quotas(programme.id)} == {True}

    def test_who_no_longer_takes_part_keeps_what_is_booked(self, db, programme, people, employer, now):
        _reshape(programme, now, is_for_all=False, employers=(employer.id,))
        assert book(people[0], now).charge == "reserved"
        assert queries.employers_in(programme.id) == ["Beispiel GmbH"]
        _reshape(programme, now, version=2, is_for_all=False)
        assert book(people[0], now, WEDNESDAY).charge is None
        assert _charges(db) == ["reserved", None]

    def test_who_looked_at_an_older_state_changes_nothing(self, programme, now):
        _reshape(programme, now)
        with pytest.raises(ChangedMeanwhile):
            _reshape(programme, now, funder="Niemand")
        assert queries.programme("pilot").funder == "Kreis"

    def test_what_is_over_stays(self, programme):
        with pytest.raises(ProgrammeOver):
            _reshape(programme, datetime(2027, 3, 1, tzinfo=UTC))


class TestPages:
    @pytest.fixture
    def hana(self, db, cast, employer, as_):
        make_employment(employer, cast["hana"], role="agent")
        return as_("hana")

    @pytest.fixture
    def kari(self, cast, as_, programme):
        make_officer(cast["kari"])
        return as_("kari")

    def test_a_quota_says_first_what_would_change_and_for_whom(self, db, hana, people, employer, now):
        quota = make_quota(employer, pays_late=True)
        page = f"/arbeitgeber/{employer.slug}/kontingente/{quota.id}"
        form = hana.get(f"{page}/regeln").text
        assert re.search(r'name="pays_late"[^>]*checked', form)
        typed = {"name": "Büro", "where": "all", "pays_no_show": "ja", "version": "1"}
        before = hana.get(f"{page}/regeln", query_string=typed).text
        for words in ("Büro", "hat es genutzt", "behält die Regeln von bisher"):
            assert words in before
        for person in people[:6]:
            book(person, now)
        assert hana.get(f"{page}/regeln", query_string=typed).text == before, "it tells who has booked"
        assert db.session.scalar(select(Quota.name)) == "Kontingent"
        assert hana.submit(f"{page}/regeln", typed).location == page
        db.session.rollback()
        found = queries.quota_of(employer.id, quota.id)
        assert (found.name, found.pays_no_show, found.pays_late, found.version) == ("Büro", True, False, 2)
        again = hana.submit(f"{page}/regeln", typed)
        assert (again.status_code, "inzwischen jemand anders" in again.text) == (409, True)

    def test_a_quota_refuses_what_cannot_be(self, hana, employer):
        quota = make_quota(employer)
        page = f"/arbeitgeber/{employer.slug}/kontingente/{quota.id}/regeln"
        for typed, field in (({"name": "", "where": "all"}, "name"), ({"name": "x", "where": "spaces"}, "where")):
            for answer in (hana.get(page, query_string=typed), hana.submit(page, {**typed, "version": "1"})):
                assert (answer.status_code, f'id="{field}-fehler"' in answer.text) == (422, True)

    def test_a_programme_says_first_what_would_change_and_for_whom(self, kari, programme, employer, now):
        page = "/kreis/programme/pilot"
        typed = {"name": "Pilot", "funder": "Land", "share": "60", "eligible": "invited", "where": "all"}
        typed |= {"version": "1"}
        with_employer = {**typed, "employer": str(employer.id)}
        preview = kari.get(f"{page}/regeln", query_string=with_employer).text
        for words in ("100 Prozent", "60 Prozent", "für Eingeladene", "Beispiel GmbH", "kann nichts Neues mehr"):
            assert words in preview
        assert kari.submit(f"{page}/regeln", with_employer).location == page
        gone = kari.get(f"{page}/regeln", query_string={**typed, "version": "2"}).text
        assert "Nicht mehr dabei: Beispiel GmbH. Dort arbeiten mindestens 10 Personen." in gone
        found = queries.programme("pilot")
        assert (found.funder, found.share_percent, found.is_for_all) == ("Land", 60, False)
        refused = kari.submit(f"{page}/regeln", {**typed, "share": "0"})
        assert (refused.status_code, 'id="share-fehler"' in refused.text) == (422, True)

    def test_other_limits_are_looked_at_first(self, kari, programme, people, now):
        for person in people[:6]:
            book(person, now)
        preview = kari.get("/kreis/programme/pilot?units=1&budget_units=30&euros=").text
        assert "Niemand verliert eine Buchung" in preview
        assert queries.programme_quotas(programme.id)[0].units == 40
        assert kari.get("/kreis/programme/pilot?units=x").status_code == 422

    def test_a_link_is_taken_back(self, db, kari, as_, cast, programme, now):
        db.session.query(type(programme)).update({"is_for_all": False})
        db.session.commit()

        def link():
            return re.search(r'value="[^"]*(/mitmachen/[^"]+)"', kari.get("/kreis/programme/pilot").text)[1]

        first, ana, ben = link(), as_("ana"), as_("ben")
        assert ana.submit(first).status_code == 303
        assert kari.submit("/kreis/programme/pilot/link").status_code == 303
        assert (ben.get(first).status_code, ben.submit(first).status_code) == (404, 404)
        assert link() != first
        assert ben.submit(link()).status_code == 303
        assert queries.count_invited(programme.id) == 2
        booked = bookings.book(order=Order(uuid.uuid4(), "wagen", TUESDAY, "day"), person_id=cast["ana"], now=now)
        assert booked.booking.payer == "programme-pilot"
        assert kari.submit("/kreis/programme/pilot/link", {"leaves_out": "ja"}).status_code == 303
        assert db.session.scalars(select(ProgrammePerson)).all() == []
        assert _charges(db) == ["reserved"]

    def test_nobody_joins_by_a_link_that_was_taken_back_meanwhile(self, programme, people, now):
        operations.take_back_invitation(programme_id=programme.id, leaves_out=False, actor="somebody", now=now)
        with pytest.raises(NotFound):
            operations.join_programme(programme_id=programme.id, person_id=people[0], invitation=1, now=now)

    def test_strangers_find_nothing(self, as_, employer, programme):
        quota, ana = make_quota(employer), as_("ana")
        for path in (f"/arbeitgeber/{employer.slug}/kontingente/{quota.id}/regeln", "/kreis/programme/pilot/regeln"):
            assert (ana.get(path).status_code, ana.submit(path).status_code) == (404, 404)
        assert ana.submit("/kreis/programme/pilot/link").status_code == 404
        assert ana.get("/kreis/programme/pilot/korrektur").status_code == 404
