"""How many half-days each person used: who may see that, of which months, and what nobody can work out of it."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.checkins import operations as checkins
from app.employers import operations as employers
from app.employers.models import Employer, Employment
from app.errors import NotFound
from app.funding.models import Entry, Quota
from app.messages.models import Message
from app.people.models import Person
from app.privacy import operations as privacy
from tests import factories
from tests.funding.coming import book, come

PAGE = "/arbeitgeber/acme/anzahlen"
DECEMBER = date(2026, 12, 1)
# The sixteenth day after December.
SHOWN = datetime(2027, 1, 16, 9, tzinfo=UTC)


@pytest.fixture
def people(app):
    factories.make_space("wagen", seats=12, price_cents=600)
    return factories.make_people(8)


@pytest.fixture
def acme(people, cast, db):
    acme = factories.make_employer("Acme", *people[:6], codetermined_on=DECEMBER, codetermined_by="Betriebsrat")
    factories.make_employment(acme, cast["hana"], role="agent")
    factories.make_quota(acme, units=20)
    return acme


@pytest.fixture
def hana(acme, as_):
    return as_("hana")


@pytest.fixture
def used(db):
    """Let somebody book a day, come, and the charge be decided."""

    def use(person, day, period="day"):
        made = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3)
        booking = book(person, made, day, period)
        come(db, booking)
        checkins.settle_charge(booking_id=booking.id, now=booking.ends_at)
        return booking

    return use


@pytest.fixture
def december(hana, people, used):
    """Counts are on since November, and in December six people used 2, 2, 2, 2, 2 and 3 half-days."""
    assert hana.submit(PAGE, {"confirm": "ja"}).status_code == 303
    for number, person in enumerate(people[:6]):
        used(person, date(2026, 12, 7 + number % 5))
    used(people[5], date(2026, 12, 18), "morning")
    return hana


def _rows(client, at=SHOWN, page=PAGE):
    with time_machine.travel(at, tick=False):
        text = _again(client).get(page).text
    found = re.findall(r'<tr><th scope="row">(.*?)</th>.*?(\d+)</td></tr>', text)
    return {name: int(units) for name, units in found}


def _shown(at, client):
    with time_machine.travel(at, tick=False):
        return " ".join(_again(client).get(PAGE).text.split())


def _again(client):
    """Sign in once more: who acts for others has a short session."""
    client.post("/demo/anmelden", data={"person": "hana"})
    return client


def test_it_says_first_what_happens_to_whom(hana):
    text = _shown(datetime(2026, 11, 23, 7, tzinfo=UTC), hana)
    for words in (
        "Mit jeder der 6 Personen",
        "Dezember 2026, ab dem 16. Januar 2027",
        "was vor dem 1. Dezember 2026 war",
    ):
        assert words in text
    assert hana.submit(PAGE).status_code == 422, "nobody says that the works council agrees"
    assert "Setz bitte den Haken." in hana.submit(PAGE).text


def test_switching_on_tells_each_member_once_and_stands_in_their_profile(hana, people, db, as_, cast, acme):
    factories.make_employment(acme, cast["ben"], starts_on=date(2026, 11, 1))
    for _ in range(2):
        assert hana.submit(PAGE, {"confirm": "ja"}).location == PAGE
    db.session.rollback()
    mails = db.session.execute(
        select(Message.person_id, Message.due_at).where(Message.kind == "counts_switched_on")
    ).all()
    assert sorted(row.person_id for row in mails) == sorted([*people[:6], cast["ben"]])
    assert len({row.due_at for row in mails}) == 7, "sign-in codes go in between"
    ben = as_("ben")
    assert "Acme sieht seit 23. November 2026, wie viele halbe Tage du im Monat nutzt" in ben.get("/profil").text
    assert "sieht seit" in ben.get("/arbeitgeber").text
    assert "Hana Beispiel hat eingeschaltet, dass ein Arbeitgeber je Person" in ben.get("/profil/protokoll").text
    hana.submit(f"{PAGE}/aus")
    assert "sieht seit" not in ben.get("/profil").text
    assert "Hana Beispiel hat ausgeschaltet" in ben.get("/profil/protokoll").text


@pytest.mark.parametrize(("count", "is_possible"), [(4, False), (5, True)])
def test_it_takes_five_people_on_that_day(hana, db, acme, count, is_possible):
    rows = db.session.scalars(select(Employment).where(Employment.role == "member").order_by(Employment.id)).all()
    for row in rows[count:]:
        row.ends_on = date(2026, 11, 23)
    db.session.commit()
    answer = hana.submit(PAGE, {"confirm": "ja"})
    assert answer.status_code == (303 if is_possible else 409)
    assert db.session.execute(select(Employer.counts_since.is_not(None))).scalar_one() is is_possible


def test_a_month_is_shown_with_numbers_only_and_the_view_is_told_to_everybody(december, db, people, as_, cast, acme):
    assert _rows(december) == {
        "Beispiel 0": 2,
        "Beispiel 1": 2,
        "Beispiel 2": 2,
        "Beispiel 3": 2,
        "Beispiel 4": 2,
        "Beispiel 5": 3,
    }
    assert "Wagen" not in _shown(SHOWN, december)
    db.session.rollback()
    views = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "view_counts")).all()
    assert views == [{"months": ["2026-12"]}] * 2, "each view is written down"
    factories.make_employment(acme, cast["ben"], starts_on=date(2026, 12, 2), ends_on=date(2026, 12, 20))
    assert "Hana Beispiel hat nachgesehen, wie viele halbe Tage" in as_("ben").get("/profil/protokoll").text
    assert "nachgesehen" not in as_("cleo").get("/profil/protokoll").text


def test_a_month_is_shown_from_the_16th_day_until_its_first_day_is_90_days_ago(december):
    for day, is_shown in ((date(2027, 1, 15), False), (date(2027, 1, 16), True), (date(2027, 3, 1), True)):
        at = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
        assert bool(_rows(december, at, f"{PAGE}?monat=2026-12")) is is_shown, day
    assert not _rows(december, datetime(2027, 3, 2, 11, tzinfo=UTC), f"{PAGE}?monat=2026-12")


def test_a_month_that_had_begun_is_never_shown(hana, people, used):
    for person in people[:6]:
        used(person, date(2026, 11, 25))
    hana.submit(PAGE, {"confirm": "ja"})
    assert _rows(hana, datetime(2026, 12, 20, tzinfo=UTC), f"{PAGE}?monat=2026-11") == {}
    assert "Zuerst zu sehen ist Dezember 2026, ab dem 16. Januar 2027." in _shown(
        datetime(2026, 12, 20, tzinfo=UTC), hana
    )


def test_switched_off_and_on_again_it_begins_anew(december):
    december.submit(f"{PAGE}/aus")
    assert _rows(december) == {}
    with time_machine.travel(SHOWN, tick=False):
        assert _again(december).get(f"{PAGE}.csv").status_code == 404
        december.submit(PAGE, {"confirm": "ja"})
        assert december.get(f"{PAGE}.csv").status_code == 200
    assert _rows(december) == {}


def test_few_users_few_members_then_and_few_today_hide_all_of_a_month(december, db, people):
    """Each in turn, from the same month."""
    assert len(_rows(december)) == 6
    rows = db.session.scalars(select(Employment).where(Employment.role == "member").order_by(Employment.id)).all()
    for row in rows[:2]:
        row.ends_on = date(2027, 1, 3)
    db.session.commit()
    assert _rows(december) == {}, "four people are left today"
    assert "unter 5, darum keine Zahlen" in _shown(SHOWN, december)
    for row in rows:
        row.ends_on = None
    for row in rows[:2]:
        row.starts_on = date(2027, 1, 1)
    db.session.commit()
    assert _rows(december) == {}, "four people worked there in December"
    for row in rows[:2]:
        row.starts_on = date(2026, 1, 1)
    entries = db.session.scalars(select(Entry).where(Entry.kind == "settle").order_by(Entry.id)).all()
    for entry in entries[:2]:
        entry.settled_units = 0
    db.session.commit()
    assert _rows(december) == {}, "four people used something, and the statement names the spaces"


def test_who_left_stays_on_the_list_so_that_the_total_gives_nobody_away(december, db, people, acme):
    rows = db.session.scalars(select(Employment).where(Employment.role == "member").order_by(Employment.id)).all()
    rows[0].ends_on = date(2026, 12, 20)
    db.session.commit()
    assert sum(_rows(december).values()) == 13
    assert _rows(december)["Beispiel 0"] == 2


def test_who_used_something_and_cannot_be_listed_hides_the_month(december, people):
    privacy.erase(person_id=people[0], now=datetime(2027, 1, 10, tzinfo=UTC))
    assert _rows(december) == {}


def test_a_late_correction_changes_no_figure_that_was_shown(december, people, db):
    before = _rows(december)
    late = book(people[0], datetime(2026, 12, 1, tzinfo=UTC), date(2026, 12, 22))
    come(db, late, datetime(2027, 1, 20, tzinfo=UTC))
    checkins.settle_charge(booking_id=late.id, now=datetime(2027, 1, 20, tzinfo=UTC))
    assert db.session.execute(select(Entry.kind).order_by(Entry.id.desc()).limit(1)).scalar_one() == "settle"
    assert _rows(december, datetime(2027, 1, 25, tzinfo=UTC)) == before


def test_people_stand_in_the_order_in_which_they_are_looked_for(december, db, people):
    for person, name in zip(people, ("Zoe", "Çağla", "Örs", "ana", "Dora", "Carl"), strict=False):
        db.session.query(Person).filter_by(id=person).update({"name": name})
    db.session.commit()
    assert list(_rows(december)) == ["ana", "Çağla", "Carl", "Dora", "Örs", "Zoe"]


def test_only_what_this_employers_quotas_paid_counts(december, people, used):
    factories.make_quota(factories.make_employer("Anders", people[0]))
    pilot = factories.make_programme(ends_on=date(2027, 6, 30))
    factories.make_quota(pilot)
    factories.make_quota(pilot, scope="pool", frame="total", ends_on=date(2027, 6, 30), units=99)
    used(people[0], date(2026, 12, 22))  # the programme pays first
    assert _rows(december)["Beispiel 0"] == 2


def test_a_pool_is_counted_by_person_too(hana, people, used, db, acme):
    db.session.execute(Quota.__table__.update().values(scope="pool", frame="quarter", units=99))
    db.session.commit()
    hana.submit(PAGE, {"confirm": "ja"})
    for person in people[:5]:
        used(person, date(2026, 12, 8))
    assert _rows(hana) == {**{f"Beispiel {n}": 2 for n in range(5)}, "Beispiel 5": 0}


def test_the_file_has_the_same_and_no_formula(december, db, people):
    db.session.query(Person).filter_by(id=people[0]).update({"name": "=HYPERLINK(1)"})
    db.session.commit()
    with time_machine.travel(SHOWN, tick=False):
        answer = _again(december).get(f"{PAGE}.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="anzahlen-acme-2027-01-16.csv"'
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0] == ["Monat", "Name", "E-Mail", "Kostenstelle", "Halbe Tage"]
    assert ["2026-12", "Beispiel 5", "", "", "3"] in rows
    assert ["2026-12", "'=HYPERLINK(1)", "", "", "2"] in rows
    with time_machine.travel(datetime(2027, 2, 20, tzinfo=UTC), tick=False):
        rows = _again(december).get(f"{PAGE}.csv").data.decode("utf-8-sig").splitlines()
    assert rows[1] == "2027-01;;;;unter 5", "in January nobody came"


def test_many_people_are_turned_over(december, acme):
    for number in range(101):
        factories.make_employment(acme, factories.make_person(f"Mehr {number}", f"m{number}@example.org").id)
    assert len(_rows(december)) == 100
    assert len(_rows(december, page=f"{PAGE}?monat=2026-12&ab=100")) == 7
    assert len(_rows(december, page=f"{PAGE}?monat=unfug&ab=x")) == 100


def test_strangers_find_nothing(december, as_, cast):
    for client in (as_("ana"), as_("kari")):
        assert client.get(PAGE).status_code == 404
        assert client.get(f"{PAGE}.csv").status_code == 404
        assert client.submit(PAGE, {"confirm": "ja"}).status_code == 404
        assert client.submit(f"{PAGE}/aus").status_code == 404


def test_who_no_longer_acts_for_it_cannot_switch_it(acme, cast, now):
    for change in (employers.switch_counts_on, employers.switch_counts_off):
        with pytest.raises(NotFound):
            change(slug="acme", person_id=cast["ana"], now=now)
