"""One round trip brings everything that a phone needs without network."""

from datetime import date, timedelta

import pytest
import time_machine

from app.bookings import operations as bookings
from app.bookings.queries import Closing
from app.checkins import codes, operations
from app.people.models import Person
from app.spaces import queries as spaces
from app.spaces.models import Space
from tests import factories

DAYS = timedelta(days=1)


@pytest.fixture
def snapshot(phone):
    def get(**headers):
        return phone.client.get("/api/v1/me/snapshot", headers=headers)

    return get


def test_it_tells_who_is_signed_in_what_is_booked_and_which_signs_hang_there(snapshot, phone, book, space, sign):
    booking = book()
    assert snapshot().json == {
        "schema": 1,
        "server_time": "2026-11-23T07:00:00.000Z",
        "person": {"id": phone.person, "name": "Ana Beispiel", "language": "de"},
        "bookings": [
            {
                "uuid": str(booking.uuid),
                "date": "2026-11-23",
                "period": "day",
                "starts_at": "2026-11-23T07:00:00.000Z",
                "ends_at": "2026-11-23T17:00:00.000Z",
                "seat": {"number": 1, "name": "Platz 1"},
                "space": "kontor",
                "state": "open",
                "ended_reason": None,
                "ended_note": None,
                "ways": [],
                "released_at": None,
                "sequence": 0,
                "door": None,
                "payer": {"name": None, "own_cents": None, "can_change": False, "decide_by": None},
                "checkin": None,
                "pass": None,
            }
        ],
        "spaces": {
            "kontor": {
                "name": "Kontor",
                "town": "Nottuln",
                "address": None,
                "plz": None,
                "lat": None,
                "lon": None,
                "timezone": "Europe/Berlin",
                "arrival": None,
                "is_sample": False,
                "sign_hashes": [codes.hash_of(sign.code)],
                "short_sign_hashes": [codes.hash_of(sign.short_code)],
            }
        },
        "checkins": [],
        "resend_since": None,
        "missing": [],
    }


def test_codes_of_signs_are_nowhere_in_it(snapshot, book, sign):
    book()
    text = snapshot().text.upper()
    assert sign.code not in text
    assert sign.short_code not in text


def test_it_shows_check_ins_with_their_verdicts_and_which_counts(snapshot, phone, book, code, now):
    booking = book()
    first, again = phone.scan(code, now), phone.scan(code, now + 30 * timedelta(seconds=1))
    foreign = phone.scan("https://evil.example/c/x")
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        phone.send(again, first, foreign)
        body = snapshot().json
    assert body["bookings"][0]["checkin"] == {
        "id": first["id"],
        "at": "2026-11-23T07:00:00.000Z",
        "verdict": "accepted",
        "reason": None,
    }
    told = {each["id"]: each for each in body["checkins"]}
    assert told[first["id"]] == {
        "id": first["id"],
        "captured_at": first["captured_at"],
        "verdict": "accepted",
        "reason": None,
        "text": "Du bist seit 08:00 Uhr eingecheckt: Kontor.",
        "space": "kontor",
        "booking": str(booking.uuid),
    }
    assert told[foreign["id"]]["reason"] == "foreign_code"
    assert again["id"] not in told


def test_it_looks_back_two_weeks_and_ahead_without_end(snapshot, book, now):
    days = [date(2026, 11, 8), date(2026, 11, 10), date(2026, 11, 23), date(2027, 2, 10)]
    for day in days:
        book(day=day)
    assert [each["date"] for each in snapshot().json["bookings"]] == [day.isoformat() for day in days[1:]]


def test_ended_bookings_are_in_it_and_say_why(snapshot, book, now):
    book(ended_at=now, ended_reason="cancelled")
    (booking,) = snapshot().json["bookings"]
    assert (booking["state"], booking["ended_reason"]) == ("ended", "cancelled")


def test_nobody_elses_bookings_and_check_ins_are_in_it(snapshot, phone_of, book, code):
    book("ben")
    phone_of("ben").send(phone_of("ben").scan(code))
    body = snapshot().json
    assert (body["bookings"], body["spaces"], body["checkins"]) == ([], {}, [])


def test_a_stranger_gets_nothing(client):
    response = client.get("/api/v1/me/snapshot")
    assert (response.status_code, response.json["code"]) == (401, "sign_in_needed")


def test_unchanged_it_answers_304_with_two_statements_or_on_sqlite_none(snapshot, book, statements, database_kind):
    book()
    first = snapshot()
    statements.clear()
    second = snapshot(**{"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.data) == (304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]
    assert len([each for each in statements if not each.startswith("BEGIN")]) == (0 if database_kind == "sqlite" else 2)


def test_a_full_answer_takes_eleven_statements_seven_with_places_and_key_known(snapshot, book, statements, code):
    for count in (11, 7):
        book(day=date(2026, 11, 18 + count))
        statements.clear()
        assert snapshot().status_code == 200
        assert len([each for each in statements if not each.startswith("BEGIN")]) == count


def _nothing(**_):
    pass


def _scan(phone, code, **_):
    phone.send(phone.scan(code))


def _new_sign(space, **_):
    operations.replace_sign(space_id=space.id, now=factories.MADE_AT)


def _rename(space, db, **_):
    db.session.get(Space, space.id).version += 1
    db.session.commit()


def _rename_person(cast, db, **_):
    db.session.get(Person, cast["ana"]).version += 1
    db.session.commit()


def _noise(db, **_):
    factories.make_space("halle")
    db.session.rollback()


@pytest.mark.parametrize(
    ("change", "status"),
    [(_nothing, 304), (_noise, 304), (_scan, 200), (_new_sign, 200), (_rename, 200), (_rename_person, 200)],
)
def test_the_etag_changes_with_what_it_names(change, status, snapshot, phone, book, code, space, cast, db):
    book()
    etag = snapshot().headers["ETag"]
    change(phone=phone, code=code, space=space, cast=cast, db=db)
    assert snapshot(**{"If-None-Match": etag}).status_code == status


def test_the_etag_of_one_person_is_not_good_for_another(as_):
    """Row 25: a phone that changed hands gets the new person's snapshot, never "unchanged"."""
    address = "/api/v1/me/snapshot"
    etag = as_("ana").get(address).headers["ETag"]
    answer = as_("ben").get(address, headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert answer.json["person"]["name"] == "Ben Beispiel"


def test_the_etag_changes_with_the_day_and_the_language(snapshot, phone, book, now):
    book()
    etag = snapshot().headers["ETag"]
    assert snapshot(**{"If-None-Match": etag, "Accept-Language": "en"}).status_code == 200
    with time_machine.travel(now + timedelta(hours=15), tick=False):
        assert snapshot(**{"If-None-Match": etag}).status_code == 304
    with time_machine.travel(now + timedelta(hours=16), tick=False):
        assert snapshot(**{"If-None-Match": etag}).status_code == 200


def test_what_a_closure_ended_says_why_and_what_is_free_instead(snapshot, book, space, now):
    booking = book(day=date(2026, 11, 24))
    factories.make_space("nah", seats=2)
    closing = Closing(space.id, booking.date, booking.date, "Rohrbruch")
    bookings.close_days(closing=closing, present=lambda ids: (), actor="host", now=now)
    (told,) = snapshot().json["bookings"]
    assert (told["state"], told["ended_reason"], told["ended_note"]) == ("ended", "closed", "Rohrbruch")
    path = "/orte/nah/buchen?date=2026-11-24&period=day"
    assert told["ways"] == [{"name": "Nah", "town": "Nottuln", "period": "day", "path": path}]


def test_when_the_space_has_opened_again_it_is_offered_first(snapshot, book, space, now):
    booking = book(day=date(2026, 11, 24))
    factories.make_space("nah")
    closing = Closing(space.id, booking.date, booking.date, "Rohrbruch")
    bookings.close_days(closing=closing, present=lambda ids: (), actor="host", now=now)
    (closure,) = spaces.closures(space.id)
    bookings.reopen_days(space_id=space.id, closure_id=closure.id, actor="host", now=now)
    (told,) = snapshot().json["bookings"]
    assert (told["ended_note"], [way["name"] for way in told["ways"]]) == (None, ["Kontor", "Nah"])


def test_what_is_over_offers_nothing(snapshot, book, space, now):
    booking = book(day=date(2026, 11, 24))
    factories.make_space("nah")
    closing = Closing(space.id, booking.date, booking.date, "Rohrbruch")
    bookings.close_days(closing=closing, present=lambda ids: (), actor="host", now=now)
    with time_machine.travel(now + 3 * DAYS, tick=False):
        (told,) = snapshot().json["bookings"]
    assert (told["ended_reason"], told["ways"]) == ("closed", [])
