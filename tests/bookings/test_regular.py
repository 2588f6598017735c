"""Regular days: the preview says what the rules would do and keeps nothing of it; several are cancelled at once."""

from __future__ import annotations

import random
import uuid
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from app.bookings import operations, queries
from app.bookings.models import Booking
from app.bookings.operations import Order
from app.extensions import Model
from app.funding.models import Account
from app.messages.models import Message
from tests.factories import make_closure, make_employer, make_people, make_quota, make_space

PAGE = "/orte/wagen/regelmaessig"
TUESDAY = date(2026, 11, 24)
CHOICE = {"weekday": ["1", "3"], "period": "day", "from": "2026-11-24", "weeks": "2"}
DAYS = [date(2026, 11, 24), date(2026, 11, 26), date(2026, 12, 1), date(2026, 12, 3)]


@pytest.fixture
def space(app):
    return make_space("wagen", seats=2, price_cents=600)


@pytest.fixture
def ana(as_, space):
    return as_("ana")


def _orders(days=DAYS, period="day", payer=None):
    return [Order(uuid.uuid4(), "wagen", day, period, payer=payer) for day in days]


def _everything(db):
    """How many rows each table has, and the columns that a booking changes in place."""
    db.session.rollback()
    tables = Model.metadata.tables
    counts = {name: db.session.scalar(select(func.count()).select_from(each)) for name, each in tables.items()}
    accounts = db.session.execute(select(Account.id, Account.reserved_units)).all()
    return counts, [tuple(row) for row in accounts]


def _soup(answer):
    return BeautifulSoup(answer.data, "html.parser")


def _fields(form):
    """What a browser would send of a form as it stands."""
    found = {}
    for field in form.select("input"):
        if field["type"] in {"checkbox", "radio"} and not field.has_attr("checked"):
            continue
        found.setdefault(field["name"], []).append(field.get("value", "on"))
    for field in form.select("select"):
        found[field["name"]] = [field.select_one("option[selected]")["value"]]
    return found


def _preview(client, **choice):
    form = _soup(client.get(PAGE)).select_one("form[data-ui=regular]")
    return client.post(PAGE, data={**_fields(form), **CHOICE, **choice})


def _send(client, answer, **changes):
    form = _soup(answer).select_one("[data-ui=preview] form")
    return client.post(form["action"], data={**_fields(form), **changes})


def _obstacles(answer):
    """What the preview says of each day that does not work."""
    found = {}
    for line in _soup(answer).select("[data-ui=preview] li"):
        if not line.select_one("input[type=checkbox]"):
            found[line.select_one("strong").text] = line.select_one(".meta").text
    return found


def _ticked(answer):
    return [box["value"] for box in _soup(answer).select("[data-ui=preview] input[type=checkbox][checked]")]


def test_a_trial_says_what_booking_does_and_keeps_nothing(db, cast, space, now):
    make_closure(space, date(2026, 12, 3), date(2026, 12, 3), "Brückentag")
    others = make_people(2)
    for each in others:
        operations.book(order=_orders([DAYS[2]])[0], person_id=each, now=now)
    orders, before = _orders(), _everything(db)

    tried = operations.try_several(orders=orders, person_id=cast["ana"], now=now)
    assert _everything(db) == before

    booked = operations.book_several(orders=orders, person_id=cast["ana"], now=now)
    said = [(each.order.date, each.refusal and each.refusal.code) for each in tried]
    assert said == [(each.order.date, each.refusal and each.refusal.code) for each in booked]
    assert [code for _, code in said] == [None, None, "no_seat_free", "space_closed"]
    assert _everything(db) != before, "the control: booking is seen by what is compared"


def test_a_trial_leaves_the_version_of_a_day_alone(db, cast, space, now):
    operations.book(order=_orders([TUESDAY])[0], person_id=make_people(1)[0], now=now)
    versions = Model.metadata.tables["space_days"]
    before = db.session.execute(select(versions)).all()

    operations.try_several(orders=_orders(), person_id=cast["ana"], now=now)

    db.session.rollback()
    assert db.session.execute(select(versions)).all() == before


def test_the_preview_names_each_day_and_why_it_does_not_work(ana, cast, space, now):
    make_closure(space, date(2026, 12, 3), date(2026, 12, 3), "Brückentag")
    operations.book(order=_orders([DAYS[1]], "morning")[0], person_id=cast["ana"], now=now)

    answer = _preview(ana)

    assert answer.status_code == 200
    assert "2 von 4 Tagen gehen" in answer.text
    assert _obstacles(answer) == {
        "Do., 26. Nov.": "da hast du schon einen Platz",
        "Do., 3. Dez.": "geschlossen: Brückentag",
    }
    assert _ticked(answer) == ["2026-11-24", "2026-12-01"]


def test_holidays_are_named(ana):
    answer = _preview(ana, **{"weekday": ["4"], "from": "2026-12-25", "weeks": "1"})

    assert "Keiner dieser Tage geht" in answer.text
    assert list(_obstacles(answer).values()) == ["geschlossen: Erster Weihnachtstag"]
    assert not _soup(answer).select("[data-ui=preview] button")


def test_what_is_ticked_is_booked_once(ana, db):
    preview = _preview(ana)
    first = _send(ana, preview, date=["2026-11-24", "2026-12-01"])
    again = _send(ana, preview, date=["2026-11-24", "2026-12-01"])

    assert first.status_code == again.status_code == 303
    assert first.headers["Location"].startswith("/meine?neu=")
    assert [each.date for each in db.session.scalars(select(Booking).order_by(Booking.date))] == [DAYS[0], DAYS[2]]
    assert db.session.scalar(select(func.count()).where(Message.kind == "booking_made")) == 1


def test_what_was_taken_meanwhile_is_said_and_the_rest_booked(ana, db, space, now):
    preview = _preview(ana)
    for each in make_people(2):
        operations.book(order=_orders([DAYS[2]])[0], person_id=each, now=now)

    answer = _send(ana, preview)

    assert answer.headers["Location"].startswith("/orte/wagen/gebucht?")
    page = ana.get(answer.headers["Location"]).text
    assert "3 Tage sind gebucht" in page
    assert "Dienstag, 1. Dezember: Für diese Zeit ist hier kein Platz mehr frei." in page


def test_nobody_pays_themselves_unseen_when_a_quota_ends(ana, cast, db, space):
    make_quota(
        make_employer("Beispiel GmbH", make_people(1)[0], cast["ana"]),
        units=4,
        frame="total",
        ends_on=date(2026, 12, 31),
    )

    preview = _preview(ana)

    assert _ticked(preview) == ["2026-11-24", "2026-11-26"], "the rest has to be ticked by hand"
    assert preview.text.count("Beispiel GmbH reicht dafür nicht mehr.") == 2
    assert "Beispiel GmbH zahlt, danach 2 von 4 halben Tagen" in preview.text
    assert "Beispiel GmbH zahlt, danach 0 von 4 halben Tagen" in preview.text

    _send(ana, preview, date=["2026-11-24", "2026-11-26", "2026-12-01"])
    paid = db.session.execute(select(Booking.date, Booking.payer, Booking.charge).order_by(Booking.date)).all()
    assert [(day, payer is not None, charge) for day, payer, charge in paid] == [
        (DAYS[0], True, "reserved"),
        (DAYS[1], True, "reserved"),
        (DAYS[2], False, None),
    ]


def test_a_second_payer_goes_on_paying_without_asking(ana, cast, space):
    employer = make_employer("Beispiel GmbH", make_people(1)[0], cast["ana"])
    for ends_on in (date(2026, 11, 30), date(2026, 12, 31)):
        make_quota(employer, units=4, frame="total", ends_on=ends_on)

    preview = _preview(ana, weeks="1", weekday=["0", "1", "2", "3"], **{"from": "2026-11-24"})

    assert len(_ticked(preview)) == 4


def test_a_quota_that_is_used_up_meanwhile_refuses_its_days(ana, cast, db, space, now):
    make_quota(
        make_employer("Beispiel GmbH", make_people(1)[0], cast["ana"]),
        units=4,
        frame="total",
        ends_on=date(2026, 12, 31),
    )
    preview = _preview(ana)
    operations.book(order=_orders([date(2026, 11, 25)])[0], person_id=cast["ana"], now=now)

    answer = _send(ana, preview)

    page = ana.get(answer.headers["Location"]).text
    assert "Ein Tag ist gebucht" in page
    assert "Davon ist für diesen Tag nicht mehr genug übrig." in page


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"weekday": []}, "weekday"),
        ({"weekday": ["7"]}, "weekday"),
        ({"weeks": "13"}, "weeks"),
        ({"weeks": "0"}, "weeks"),
        ({"from": "morgen"}, "from"),
        ({"period": "nachts"}, "period"),
    ],
)
def test_a_wrong_choice_comes_back_with_its_field(ana, choice, field):
    answer = _preview(ana, **choice)

    assert answer.status_code == 422
    assert _soup(answer).select_one(f"[data-ui=problem] a[href='#{field}']"), answer.text


def test_days_that_nobody_can_book_yet_are_left_out(ana, now):
    answer = _preview(ana, **{"weeks": "12", "weekday": ["1"], "from": "2027-01-12"})
    days = [line.text for line in _soup(answer).select("[data-ui=preview] li strong")]

    assert days
    assert len(days) < 12
    assert _preview(ana, **{"from": "2027-06-01"}).status_code == 409


def test_nothing_ticked_asks_for_a_day(ana, db):
    answer = _send(ana, _preview(ana), date=[])

    assert answer.status_code == 422
    assert "Hake mindestens einen Tag an." in answer.text
    assert _ticked(answer), "the days are there again"
    assert db.session.scalar(select(func.count(Booking.id))) == 0


def _booked(person, now, days=DAYS):
    results = operations.book_several(orders=_orders(days), person_id=person, now=now)
    return [str(each.booking.uuid) for each in results]


def test_a_stretch_of_days_is_ticked(ana, cast, now):
    uuids = _booked(cast["ana"], now)
    page = _soup(ana.get("/buchungen/absagen?von=2026-11-26&bis=2026-12-02"))

    assert [box["value"] for box in page.select("input[name=booking][checked]")] == uuids[1:3]
    assert len(page.select("input[name=booking]")) == 4


def test_several_are_cancelled_at_once_with_one_message(ana, cast, db, space, now):
    uuids = _booked(cast["ana"], now)
    form = _soup(ana.get("/buchungen/absagen")).select_one("form[data-ui=cancel-several]")

    answer = ana.post("/buchungen/absagen", data={**_fields(form), "booking": uuids[:3]})

    assert answer.status_code == 303
    assert "3 Buchungen sind abgesagt. Die Plätze sind wieder für andere frei." in ana.get("/buchungen/absagen").text
    assert [each.date for each in queries.open_bookings(cast["ana"], now=now)] == DAYS[3:]
    kinds = db.session.scalars(select(Message.kind).order_by(Message.id)).all()
    assert kinds == ["booking_made", "bookings_cancelled"]
    seats = queries.taken_seats(space.id, DAYS[0], range(2))
    assert not seats, "the seats are free again"


def test_cancelling_one_of_several_reads_as_always(ana, cast, db, now):
    uuids = _booked(cast["ana"], now)
    operations.cancel_several(booking_uuids=[uuid.UUID(uuids[0])] * 2, person_id=cast["ana"], now=now)

    assert db.session.scalars(select(Message.kind).order_by(Message.id)).all()[-1] == "booking_cancelled"


def test_cancelling_several_leaves_what_is_over(cast, db, space, now):
    uuids = [uuid.UUID(each) for each in _booked(cast["ana"], now)]
    operations.cancel(booking_uuid=uuids[0], person_id=cast["ana"], now=now)

    ended = operations.cancel_several(booking_uuids=uuids, person_id=cast["ana"], now=now + timedelta(days=3, hours=12))

    assert [each.date for each in ended] == DAYS[2:], "the first is cancelled, the second over by then"


def test_bookings_of_others_are_unknown(ana, cast, db, now):
    uuids = _booked(make_people(1)[0], now)
    form = _soup(ana.get("/buchungen/absagen"))
    assert "Du hast nichts gebucht" in form.text
    token = _soup(ana.get(PAGE)).select_one("input[name=csrf_token]")["value"]

    answer = ana.post("/buchungen/absagen", data={"csrf_token": token, "booking": uuids})

    assert answer.status_code == 404
    assert db.session.scalar(select(func.count(Booking.id)).where(Booking.ended_at.is_(None))) == 4


def test_nothing_ticked_cancels_nothing(ana, cast, now):
    _booked(cast["ana"], now)
    form = _soup(ana.get("/buchungen/absagen")).select_one("form[data-ui=cancel-several]")
    answer = ana.post("/buchungen/absagen", data=_fields(form))

    assert answer.status_code == 422
    assert "Hake mindestens eine Buchung an." in answer.text


@pytest.mark.parametrize("seed", range(15))
def test_the_preview_is_what_happens(seed, cast, db, space, now):
    """Whatever is closed, taken and left of a quota: what the trial says is what booking then does, payer by payer."""
    lot = random.Random(seed)
    every = [TUESDAY + timedelta(days=number) for number in range(40)]
    for day in lot.sample(every, lot.randint(0, 5)):
        make_closure(space, day, day)
    agent, *others = make_people(5)
    for person in others[: lot.randint(1, 4)]:
        taken = _orders(lot.sample(every, 9), lot.choice(["morning", "afternoon", "day"]))
        operations.book_several(orders=taken, person_id=person, now=now)
    quota = {"units": lot.randint(1, 12), "frame": lot.choice(["month", "total"]), "ends_on": date(2026, 12, 31)}
    make_quota(make_employer("Beispiel GmbH", agent, cast["ana"]), **quota)
    weekdays = lot.sample(range(7), 3)
    orders = _orders([day for day in every if day.weekday() in weekdays], lot.choice(["morning", "day"]))

    tried = operations.try_several(orders=orders, person_id=cast["ana"], now=now)
    booked = operations.book_several(orders=orders, person_id=cast["ana"], now=now)

    def outcome(result):
        if result.refusal is not None:
            return result.order.date, result.refusal.code
        return result.order.date, result.booking.seat_number, result.placed.payer.key, result.placed.passed

    assert [outcome(each) for each in tried] == [outcome(each) for each in booked]
    assert db.session.scalar(select(func.count(Booking.id)).where(Booking.person_id == cast["ana"])) == sum(
        each.is_new for each in booked
    )
