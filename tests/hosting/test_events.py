"""What hosts say in batches: passes they scan, whom they tick off, who walks in, what was a mistake."""

import random
import uuid
from datetime import date, timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec

from app import clock
from app.bookings import operations as bookings
from app.bookings.models import Booking, BookingSlot
from app.checkins import passes, sentences
from app.checkins.models import Checkin, Device, PassKey
from app.extensions import db
from app.spaces.models import Seat
from tests import factories
from tests.phones import ORIGIN

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def key():
    made = ec.generate_private_key(ec.SECP256R1())
    at = factories.MADE_AT
    db.session.add(PassKey(kid=1, public_key=passes.public_half(made), made_at=at, valid_from=at))
    db.session.commit()
    return made


@pytest.fixture
def pass_of(key):
    """Return what the camera sees of a booking's pass."""

    def show(booking, **changes):
        start = int(booking.starts_at.timestamp() // 60)
        content = {"kid": 1, "booking": booking.uuid.bytes[8:], "space": booking.space_id, "seat": 1}
        return passes.address(
            passes.Pass(**(content | {"start_minute": start, "duration": 600} | changes)), key, ORIGIN
        )

    return show


@pytest.fixture
def booked(book):
    """Book as the product does, with what a pass names it by."""

    def make(*args, **changes):
        name = changes.pop("uuid", None) or uuid.uuid4()
        return book(*args, uuid=name, pass_id=name.bytes[8:], **changes)

    return make


@pytest.fixture
def two(register, host_of, space):
    """Two devices of one space."""
    host_of("hana", space)
    return register(), register()


def _reasons(verdicts):
    return [(each["verdict"], each["reason"]) for each in verdicts]


def _rows():
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Checkin).order_by(Checkin.id).all()


def test_a_scanned_pass_checks_its_person_in(counter, booked, pass_of, cast):
    booking = booked("ana")
    verdict = counter.send(counter.scan(pass_of(booking)))[0]
    assert (verdict["verdict"], verdict["evidence"], verdict["booking"]) == (
        "accepted",
        "host_scan",
        str(booking.uuid),
    )
    assert verdict["space"] == {"slug": "kontor", "name": "Kontor"}
    row = _rows()[0]
    assert (row.person_id, row.actor_id, str(row.device)) == (cast["ana"], None, counter.device)
    guest = counter.get().json["guests"][0]
    assert (guest["state"], guest["evidence"]) == ("there", "host_scan")


def test_the_person_sees_the_check_in_on_the_own_phone(counter, booked, pass_of, phone):
    booking = booked("ana")
    counter.send(counter.scan(pass_of(booking)))
    found = phone.client.get("/api/v1/me/snapshot").json
    assert [each["booking"] for each in found["checkins"]] == [str(booking.uuid)]


def test_the_host_who_is_signed_in_stands_as_the_one_who_said_so(register, host_of, space, booked, cast):
    host_of("hana", space)
    counter = register(stays_signed_in=True)
    counter.send(counter.tick(booked("ana").uuid))
    assert (_rows()[0].actor_id, _rows()[0].evidence) == (cast["hana"], "host_word")


def test_row_03_the_same_batch_ten_times_is_one_row(counter, booked, pass_of):
    events = [counter.scan(pass_of(booked("ana"))), counter.walk_in()]
    answers = [counter.send(*events) for _ in range(10)]
    assert all(answer == answers[0] for answer in answers)
    assert len(_rows()) == 2
    assert db.session.query(Booking).filter(Booking.label.is_not(None)).count() == 1


def test_the_same_id_with_other_content_is_told_apart(counter, booked):
    event = counter.tick(booked("ana").uuid)
    counter.send(event)
    assert _reasons(counter.send(event | {"kind": "check_out"})) == [("rejected", "id_reused")]


def test_events_of_another_device_are_not_taken(two, booked):
    one, other = two
    event = one.tick(booked("ana").uuid)
    assert _reasons(other.send(event)) == [("rejected", "id_reused")]
    assert _rows() == []
    assert one.post(event, device=other.device).json["code"] == "other_person"
    assert _reasons(one.send(event)) == [("accepted", None)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("https://elsewhere.example/P/ABC", "foreign_code"),
        ("HTTP://LOCALHOST/P/ABC", "unknown_code"),
        ("0" * 20, "foreign_code"),
        ("word", "malformed"),
    ],
)
def test_what_is_no_pass_is_refused_and_kept(counter, code, reason):
    assert _reasons(counter.send(counter.scan(code))) == [("rejected", reason)]
    assert len(_rows()) == 1


def test_row_41_a_pass_of_an_unknown_or_withdrawn_key_is_refused(counter, booked, pass_of, now):
    booking = booked("ana")
    forged = passes.address(
        passes.Pass(1, booking.uuid.bytes[8:], booking.space_id, 1, 1, 1),
        ec.generate_private_key(ec.SECP256R1()),
        ORIGIN,
    )
    assert _reasons(counter.send(counter.scan(forged))) == [("rejected", "bad_signature")]
    assert _reasons(counter.send(counter.scan(pass_of(booking, kid=2)))) == [("rejected", "bad_signature")]
    db.session.query(PassKey).update({"retired_at": now - HOUR})
    db.session.commit()
    assert _reasons(counter.send(counter.scan(pass_of(booking), now))) == [("rejected", "bad_signature")]
    assert _reasons(counter.send(counter.scan(pass_of(booking), now - 61 * MINUTE))) == [("accepted", None)]


def test_a_pass_for_another_day_or_space_is_flagged(counter, booked, pass_of):
    tomorrow, elsewhere = booked("ana", day=MONDAY + DAY), booked("ben", at=factories.make_space("wagen"))
    verdicts = counter.send(counter.scan(pass_of(tomorrow)), counter.scan(pass_of(elsewhere)))
    assert _reasons(verdicts) == [("flagged", "no_booking"), ("flagged", "wrong_space")]


def test_a_host_gives_no_word_for_another_space(counter, booked):
    elsewhere = booked("ben", at=factories.make_space("wagen"))
    assert _reasons(counter.send(counter.tick(elsewhere.uuid))) == [("flagged", "no_booking")]
    assert (_rows()[0].person_id, _rows()[0].claimed_booking) == (None, None)


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-71, "no_booking"), (-69, None), (-70, None), (9, None), (10, "no_booking")]
)
def test_row_43_hosts_clocks_get_ten_minutes_of_leeway(counter, booked, pass_of, minutes, expected):
    """At the ends of a booking that reaches into another day; within the day no clock matters."""
    midnight = clock.moment_of(MONDAY, 0, "Europe/Berlin")
    times = {"starts_at": midnight, "ends_at": midnight + 30 * MINUTE}
    early = booked("ana", **(times if minutes < 0 else {}))
    late = booked("ben", day=MONDAY - DAY, starts_at=midnight - HOUR, ends_at=midnight)
    booking, edge = (early, midnight) if minutes < 0 else (late, midnight)
    verdicts = counter.send(counter.scan(pass_of(booking), edge + minutes * MINUTE))
    assert verdicts[0]["reason"] == expected


def test_row_39_a_pass_that_is_shown_twice_is_told_to_both_hosts(two, booked, pass_of, now):
    one, other = two
    code = pass_of(booked("ana"))
    first, second = one.scan(code, now - 40 * MINUTE), other.scan(code, now - 5 * MINUTE)
    assert _reasons(other.send(second)) == [("accepted", None)]
    assert _reasons(one.send(first)) == [("accepted", None)]
    verdict = other.send(second)[0]
    assert (verdict["reason"], verdict["duplicate_of"]) == ("double_use", first["id"])
    for counter in two:
        assert [each["kind"] for each in counter.get().json["attention"]] == ["double_use"]


def test_row_39_pressing_twice_on_one_device_is_no_second_use(counter, booked, pass_of, now):
    code = pass_of(booked("ana"))
    verdicts = counter.send(
        counter.scan(code, now - MINUTE), counter.scan(code, now), counter.scan(code, now - 5 * MINUTE)
    )
    assert [each["reason"] for each in verdicts] == ["double_use", "double_use", None]
    again = counter.send(counter.scan(code, now - 4 * MINUTE))
    assert again[0]["reason"] == "duplicate"


def test_row_39_a_pass_at_two_spaces_is_told_to_both(two, booked, pass_of, host_of, register, now):
    host_of("hugo", factories.make_space("wagen"))
    elsewhere = register("hugo", "wagen")
    booking = booked("ana")
    two[0].send(two[0].scan(pass_of(booking), now - HOUR))
    elsewhere.send(elsewhere.scan(pass_of(booking), now))
    assert [each["kind"] for each in two[0].get().json["attention"]] == ["elsewhere"]
    assert [each["kind"] for each in elsewhere.get().json["attention"]] == ["wrong_space"]


def test_row_35_a_pass_shown_too_far_away_counts_and_asks_for_the_hosts_eye(
    two, booked, pass_of, host_of, register, space, now
):
    far = factories.make_space("wagen", lat=52.9, lon=7.3)
    space.lat, space.lon, space.version = 51.9, 7.3, space.version + 1
    db.session.commit()
    host_of("hugo", far)
    elsewhere = register("hugo", "wagen")
    two[0].send(two[0].scan(pass_of(booked("ana")), now - 20 * MINUTE))
    (verdict,) = elsewhere.send(elsewhere.scan(pass_of(booked("ana", at=far)), now))
    assert (verdict["verdict"], verdict["reason"]) == ("flagged", "implausible")
    assert verdict["booking"] is not None
    (notice,) = elsewhere.get().json["attention"]
    assert (notice["kind"], "kaum möglich" in notice["text"]) == ("implausible", True)
    assert two[0].get().json["attention"] == []


def test_row_35_a_hosts_word_is_never_implausible(two, booked, pass_of, host_of, register, space, now):
    far = factories.make_space("wagen", lat=52.9, lon=7.3)
    space.lat, space.lon, space.version = 51.9, 7.3, space.version + 1
    db.session.commit()
    host_of("hugo", far)
    elsewhere = register("hugo", "wagen")
    two[0].send(two[0].scan(pass_of(booked("ana")), now - 20 * MINUTE))
    assert _reasons(elsewhere.send(elsewhere.tick(booked("ana", at=far).uuid))) == [("accepted", None)]


def test_row_02_the_phones_sign_and_the_hosts_scan_are_one_check_in_with_the_better_evidence(
    counter, booked, pass_of, phone, code, now
):
    booking = booked("ana")
    phone.send(phone.scan(code, now - 9 * MINUTE))
    verdict = counter.send(counter.scan(pass_of(booking), now))[0]
    assert verdict["reason"] == "duplicate"
    guest = counter.get().json["guests"][0]
    assert (guest["evidence"], guest["checked_in_at"]) == ("host_scan", "2026-11-23T06:51:00.000Z")


def test_row_40_a_scan_from_an_old_list_is_judged_by_what_was_true(counter, booked, pass_of, now):
    gone = booked("ana", ended_at=now - 2 * HOUR, ended_reason="cancelled")
    later = booked("ben", ended_at=now - MINUTE, ended_reason="cancelled")
    verdicts = counter.send(*(counter.scan(pass_of(each), now - HOUR) for each in (gone, later)))
    assert _reasons(verdicts) == [("flagged", "no_booking"), ("accepted", None)]


def test_a_word_for_a_day_that_is_over_counts_for_that_day(counter, booked, now):
    booking = booked("ana")
    with time_machine.travel(now + 3 * DAY, tick=False):
        assert _reasons(counter.send(counter.tick(booking.uuid))) == [("accepted", None)]
    assert (_rows()[0].local_date, _rows()[0].evidence) == (MONDAY, "host_word")


def test_row_14_a_word_after_14_days_is_kept_and_not_counted(counter, booked, now):
    booking = booked("ana")
    with time_machine.travel(booking.ends_at + 14 * DAY + HOUR, tick=False):
        assert _reasons(counter.send(counter.tick(booking.uuid))) == [("rejected", "too_late")]


@pytest.mark.parametrize("minutes", [-1560, -121, -120, 1, 120, 121, 1560])
def test_a_time_from_paper_is_stored_as_it_was_written_whatever_the_clock_shows(counter, booked, now, minutes):
    """The device tells it by its own clock, beyond the two minutes within which that is taken as it is."""
    wrong = minutes * MINUTE
    booking = booked("ana", made_at=now - DAY)
    written = now - 32 * MINUTE
    event = counter.tick(booking.uuid, written + (wrong if abs(wrong) > 2 * MINUTE else timedelta()), boot_ms=0)
    sent_at = (now + wrong).isoformat(timespec="milliseconds")
    verdict = counter.post(event, sent_at=sent_at).json["verdicts"][0]
    assert (verdict["verdict"], verdict["reason"]) == ("accepted", None)
    assert _rows()[0].effective_at == written


def test_a_person_gives_the_word_for_an_own_booking_only(phone, booked):
    own, foreign = booked("ana"), booked("ben")
    verdicts = phone.send(*(phone.scan("word", booking=str(each.uuid)) for each in (own, foreign)))
    assert _reasons(verdicts) == [("accepted", None), ("rejected", "unknown_code")]
    assert [row.evidence for row in _rows()] == ["own_word", None]


def test_a_word_checks_out_as_well(counter, booked, now):
    booking = booked("ana")
    counter.send(counter.tick(booking.uuid, now), counter.tick(booking.uuid, now + 3 * MINUTE, kind="check_out"))
    with time_machine.travel(now + HOUR, tick=False):
        assert counter.get().json["guests"][0]["state"] == "left"


def test_who_walks_in_gets_the_seat_for_the_rest_of_the_day_and_a_label(counter, space, now):
    event = counter.walk_in(label=" Frau M. ", seat=2)
    assert _reasons(counter.send(event)) == [("accepted", None)]
    booking = db.session.query(Booking).one()
    assert (booking.label, booking.person_id, booking.first_slot, booking.end_slot) == ("Frau M.", None, 0, 2)
    assert [(slot.slot, slot.person_id) for slot in db.session.query(BookingSlot)] == [(0, None), (1, None)]
    guest = counter.get().json["guests"][0]
    assert (guest["seat"]["number"], guest["state"], guest["label"]) == (2, "there", "F. M.")
    assert counter.get().json["free"] == {"morning": 2, "afternoon": 2}


def test_a_walk_in_in_the_afternoon_takes_the_afternoon(counter, now):
    with time_machine.travel(now + 7 * HOUR, tick=False):
        counter.send(counter.walk_in())
    booking = db.session.query(Booking).one()
    assert (booking.first_slot, booking.end_slot) == (1, 2)


def test_row_20_a_walk_in_whose_seat_was_sold_meanwhile_gets_another_or_is_flagged(counter, cast, now):
    for number, person in ((1, "ana"), (3, "ben")):
        order = bookings.Order(uuid.uuid4(), "kontor", MONDAY, "day", number)
        bookings.book(order=order, person_id=cast[person], now=now)
    first, second = counter.walk_in(seat=1), counter.walk_in(seat=1)
    assert _reasons(counter.send(first, second)) == [("accepted", None), ("flagged", "seat_taken")]
    seats = db.session.query(Seat.number).join(Booking, Booking.seat_id == Seat.id).filter(Booking.label.is_not(None))
    assert [row.number for row in seats] == [2]
    assert [each["kind"] for each in counter.get().json["attention"]] == ["seat_taken"]


def test_row_20_two_people_on_one_seat_are_told_to_the_host(counter, cast, phone, code, now):
    order = bookings.Order(uuid.uuid4(), "kontor", MONDAY, "day", 2)
    bookings.book(order=order, person_id=cast["ana"], now=now - 2 * HOUR)
    booking = db.session.query(Booking).one()
    scan = phone.scan(code, now - 40 * MINUTE)
    booking.released_at = now - 30 * MINUTE
    db.session.query(BookingSlot).filter_by(booking_id=booking.id).delete()
    db.session.commit()
    assert _reasons(counter.send(counter.walk_in(seat=2))) == [("accepted", None)]
    assert counter.get().json["attention"] == []
    # Ana had the seat when she came; the guest had it when the tablet gave it away.
    assert _reasons(phone.send(scan)) == [("accepted", None)]
    (notice,) = counter.get().json["attention"]
    assert (notice["kind"], notice["booking"]) == ("seat_taken", str(booking.uuid))


def test_who_walked_in_and_got_no_seat_is_still_called_by_the_label(counter, space, now):
    factories.make_closure(space, MONDAY)
    counter.send(counter.walk_in(label="Frau Muster"))
    assert "F. M." in counter.get().json["attention"][0]["text"]


def test_what_cannot_be_taken_back_is_refused_in_a_sentence_of_its_own(counter, booked):
    tick = counter.tick(booked("ana").uuid)
    undo = counter.undo(tick)
    counter.send(tick, undo)
    (verdict,) = counter.send(counter.undo(undo))
    assert (verdict["verdict"], verdict["reason"]) == ("rejected", "malformed")
    assert "lässt sich nicht zurücknehmen" in verdict["text"]


def test_two_tablets_that_gave_away_one_seat_are_told_who_sits_where(two):
    one, other = two
    first, second = one.walk_in(seat=2), other.walk_in(seat=2)
    assert one.send(first)[0]["text"] == "Der Gast hat einen Platz."
    told = other.send(second)[0]
    assert (told["verdict"], told["reason"]) == ("accepted", None)
    assert told["text"] == "Platz 2 war schon vergeben, der Gast hat jetzt Platz 1."
    assert other.send(second)[0] == told
    other.send(other.undo(second))
    assert other.send(second)[0]["text"] == "Das wurde zurückgenommen."


def test_row_22_a_walk_in_on_a_closed_day_is_flagged_and_kept(counter, space, now):
    factories.make_closure(space, MONDAY)
    assert _reasons(counter.send(counter.walk_in())) == [("flagged", "space_closed")]
    assert db.session.query(Booking).count() == 0


def test_row_22_who_scans_after_the_day_was_closed_is_flagged_and_kept(counter, booked, pass_of, phone, code, now):
    closed = booked("ana", ended_at=now - HOUR, ended_reason="closed")
    running = booked("ben", ended_at=now - HOUR, ended_reason="closed")
    verdicts = [phone.send(phone.scan(code))[0], counter.send(counter.scan(pass_of(running)))[0]]
    assert _reasons(verdicts) == [("flagged", "space_closed")] * 2
    assert len(_rows()) == 2
    before = counter.send(counter.scan(pass_of(closed), now - 61 * MINUTE))
    assert _reasons(before) == [("accepted", None)]


@pytest.mark.parametrize("changes", [{"label": ""}, {"label": None}, {"seat": None}, {"booking": None}, {"code": "x"}])
def test_a_walk_in_without_what_it_needs_is_refused(counter, changes):
    assert _reasons(counter.send(counter.walk_in() | changes)) == [("rejected", "malformed")]


def test_a_walk_in_under_the_name_of_another_booking_is_refused(counter, booked):
    booking = booked("ana")
    assert _reasons(counter.send(counter.walk_in(booking=str(booking.uuid)))) == [("rejected", "id_reused")]


@pytest.mark.parametrize("kind", ["walk_in", "undo"])
def test_a_persons_phone_can_say_none_of_it(phone, counter, kind):
    event = counter.walk_in() if kind == "walk_in" else counter.undo({"id": str(uuid.uuid4())})
    assert _reasons(phone.send(event | {"device": phone.device})) == [("rejected", "malformed")]


def test_an_undo_takes_a_check_in_back_and_lets_the_next_one_count(counter, booked, phone, code, now):
    booking = booked("ana")
    wrong = counter.tick(booking.uuid, now - 30 * MINUTE)
    counter.send(wrong)
    scan = phone.scan(code, now - 10 * MINUTE)
    assert _reasons(phone.send(scan)) == [("flagged", "duplicate")]
    assert _reasons(counter.send(counter.undo(wrong))) == [("accepted", None)]
    assert _reasons(phone.send(scan)) == [("accepted", None)]
    assert _reasons(counter.send(wrong)) == [("flagged", "undone")]
    assert counter.get().json["guests"][0]["evidence"] == "sign"


def test_an_undone_walk_in_gives_its_seat_back(counter):
    walk_in = counter.walk_in()
    counter.send(walk_in)
    counter.send(counter.undo(walk_in))
    assert db.session.query(BookingSlot).count() == 0
    assert db.session.query(Booking).one().ended_reason == "undone"
    assert counter.get().json["guests"][0]["ended"] == "undone"


def test_an_undo_that_comes_before_what_it_takes_back_waits_for_it(counter):
    walk_in = counter.walk_in()
    undo = counter.undo(walk_in)
    assert _reasons(counter.send(undo)) == [("flagged", "unknown_code")]
    assert _reasons(counter.send(walk_in)) == [("flagged", "undone")]
    assert _reasons(counter.send(undo)) == [("accepted", None)]
    assert db.session.query(Booking).count() == 0


def test_nothing_of_another_day_or_space_is_undone(counter, booked, host_of, register, now):
    booking = booked("ana")
    event = counter.tick(booking.uuid)
    counter.send(event)
    host_of("hugo", factories.make_space("wagen"))
    elsewhere = register("hugo", "wagen")
    assert _reasons(elsewhere.send(elsewhere.undo(event))) == [("flagged", "wrong_space")]
    with time_machine.travel(now + DAY, tick=False):
        assert _reasons(counter.send(counter.undo(event))) == [("flagged", "too_late")]
    assert counter.get().json["guests"][0]["state"] == "there"


def test_a_batch_may_be_about_several_people(counter, booked, pass_of):
    made = [booked(person) for person in ("ben", "ana", "cleo")]
    verdicts = counter.send(*(counter.scan(pass_of(each)) for each in made))
    assert [each["booking"] for each in verdicts] == [str(each.uuid) for each in made]


def test_the_booking_of_an_erased_person_is_nobodys(counter, booked, pass_of):
    booking = booked("ana", person_id=None, ended_at=factories.MADE_AT, ended_reason="erased")
    assert _reasons(counter.send(counter.scan(pass_of(booking)))) == [("flagged", "no_booking")]
    assert _rows()[0].person_id is None


def test_row_05_a_poisoned_event_keeps_no_other_from_arriving(counter, booked):
    verdicts = counter.send(counter.tick(booked("ana").uuid), {"id": "x"}, counter.walk_in())
    assert _reasons(verdicts) == [("accepted", None), ("rejected", "malformed"), ("accepted", None)]


def test_every_verdict_has_a_sentence_for_hosts(counter):
    for reason in {*sentences.HOST_REASONS, None}:
        for kind in ("check_in", "check_out", "walk_in", "undo"):
            assert sentences.host_sentence(kind, reason, ("Kontor", "Europe/Berlin"), factories.MADE_AT)


def _clear():
    db.session.rollback()
    for model in (Checkin, BookingSlot):
        db.session.query(model).delete()
    db.session.query(Booking).filter(Booking.label.is_not(None)).delete()
    db.session.query(Device).filter(Device.space_id.is_(None)).delete()
    db.session.commit()


def _judged():
    """Return what the server makes of the events, bookings by their uuids."""
    rows = _rows()
    names = {booking.id: booking.uuid for booking in db.session.query(Booking)}
    return sorted(
        (
            str(row.event_id),
            row.person_id,
            row.kind,
            row.evidence,
            row.verdict,
            row.reason,
            str(names.get(row.booking_id)),
            str(row.duplicate_of),
            str(row.effective_at),
        )
        for row in rows
    )


def test_row_04_what_phones_and_hosts_say_ends_the_same_in_20_orders(two, phone_of, booked, pass_of, code, now):
    one, other = two
    ana, ben = booked("ana"), booked("ben", "morning")
    phone, bens = phone_of("ana"), phone_of("ben")
    wrong, guest, mistake = (
        one.tick(ben.uuid, now - 50 * MINUTE),
        one.walk_in(now - 30 * MINUTE, seat=3),
        one.walk_in(seat=2),
    )
    said = [
        (phone, phone.scan(code, now - 20 * MINUTE)),
        (one, one.scan(pass_of(ana), now - 25 * MINUTE)),
        (other, other.scan(pass_of(ana), now - 4 * MINUTE)),
        (other, other.scan(pass_of(ana), now - 3 * MINUTE)),
        (one, wrong),
        (other, other.undo(wrong, now - 45 * MINUTE)),
        (bens, bens.scan(code, now - 7 * MINUTE)),
        (other, other.scan(pass_of(ben), now - 2 * MINUTE)),
        (one, guest),
        (one, one.tick(guest["booking"], now - MINUTE, kind="check_out")),
        (one, mistake),
        (one, one.undo(mistake)),
    ]
    listed = [event for _, event in said]
    dice, results = random.Random(20), set()
    for _ in range(20):
        _clear()
        dice.shuffle(said)
        for sender, event in said:
            sender.send(event)
        results.add(repr(_judged()))
    assert len(results) == 1
    found = {str(row.event_id): row.reason for row in _rows()}
    assert [found[event["id"]] for event in listed] == [
        "duplicate",  # the pass was scanned before
        None,
        "double_use",
        "double_use",
        "undone",
        None,
        None,
        "duplicate",
        None,
        None,
        "undone",
        None,
    ]


def test_row_04_control_without_looking_at_what_is_stored_the_second_use_is_not_seen(
    two, booked, pass_of, now, monkeypatch
):
    monkeypatch.setattr("app.checkins.queries.hosts_records", lambda *_: [])
    one, other = two
    code = pass_of(booked("ana"))
    one.send(one.scan(code, now - 25 * MINUTE))
    other.send(other.scan(code, now - 4 * MINUTE))
    assert [row.reason for row in _rows()] == [None, None]
