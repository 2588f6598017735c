"""Rows 27 and 29: a phone loses its storage. What it had told of is missed by number and day, and shown."""

import json
import random
import subprocess
import uuid
from datetime import date, timedelta

import pytest
import time_machine

from app.checkins.queries import witness
from tests.conftest import ROOT

LIVES, STEPS = 8, 25


class Pocket:
    """A phone with its two stores: events that the browser may clear, and the cookie that outlives that."""

    def __init__(self, phone, code, *, has_cookie=True):
        self.phone, self.code, self.has_cookie = phone, code, has_cookie
        self.waiting, self.cookie, self.lost, self.made = [], {}, {}, 0

    def scan(self, now):
        event = self.phone.scan(self.code, now)
        self.made += 1
        self.waiting.append(event)
        self.cookie[self.phone.device, event["seq"]] = now.date()

    def contact(self):
        """Ask for the snapshot, as each start of the app does. Returns what it calls missing."""
        self.phone.client.delete_cookie(witness.NAME)
        if self.has_cookie and self.cookie:
            self.phone.client.set_cookie(witness.NAME, self.written())
        answer = self.phone.client.get("/api/v1/me/snapshot")
        assert answer.status_code == 200
        self.cookie = {key: day for key, day in self.cookie.items() if key[0] == self.phone.device}
        return {(each["device"], each["seq"]): each["day"] for each in answer.json["missing"]}

    def written(self):
        parts = {}
        for (device, seq), day in self.cookie.items():
            parts.setdefault(device, []).append(f"{seq}.{day:%Y%m%d}")
        return "~".join(".".join([device, self.phone.person[:8], *each]) for device, each in parts.items())

    def send(self):
        if self.waiting:
            self.phone.send(*self.waiting[:50])
            for event in self.waiting[:50]:
                del self.cookie[self.phone.device, event["seq"]]
            self.waiting = self.waiting[50:]

    def clear(self, *, with_cookies=False):
        """The browser clears its storage: the next start is a new installation."""
        self.lost |= {(event["device"], event["seq"]): event["captured_at"][:10] for event in self.waiting}
        self.waiting = []
        self.phone.device, self.phone.seq = str(uuid.uuid4()), iter(range(1, 10_000))
        if with_cookies:
            self.cookie = {}


def _live(pocket, lots, now, *, with_cookies):
    """Some days of a phone: scans, contacts, and now and then a storage that is gone. Returns what is missing."""
    at = now
    for _ in range(STEPS):
        at += timedelta(minutes=lots.randint(1, 600))
        with time_machine.travel(at, tick=False):
            step = lots.choice(["scan", "scan", "scan", "contact", "send", "clear"])
            if step == "scan":
                pocket.scan(at)
                if with_cookies:  # nothing outlives this, so only what was told can be known
                    pocket.contact()
            elif step == "clear":
                pocket.clear(with_cookies=with_cookies)
            else:
                getattr(pocket, step)()
    with time_machine.travel(at, tick=False):
        missing = pocket.contact()
    own = {(event["device"], event["seq"]) for event in pocket.waiting}
    return {key: day for key, day in missing.items() if key not in own}


def _lives(phone_of, code, now, **circumstances):
    """Return how many events were lost in some lives, and how many of these nobody was told of."""
    has_cookie = circumstances.pop("has_cookie", True)
    lost = silent = 0
    for seed in range(LIVES):
        pocket = Pocket(phone_of("ana"), code, has_cookie=has_cookie)
        missing = _live(pocket, random.Random(seed), now, **circumstances)
        shown = {key: day for key, day in missing.items() if key in pocket.lost}
        assert all(pocket.lost[key] == day for key, day in shown.items())
        lost, silent = lost + len(pocket.lost), silent + len(pocket.lost) - len(shown)
    return lost, silent


def test_row_27_every_check_in_of_a_cleared_storage_is_missed_by_its_day(phone_of, code, now):
    lost, silent = _lives(phone_of, code, now, with_cookies=False)
    print(f"{lost} lost, {silent} silently")
    assert lost > 15
    assert silent == 0


def test_row_29_when_all_is_evicted_what_was_told_before_is_missed(phone_of, code, now):
    lost, silent = _lives(phone_of, code, now, with_cookies=True)
    print(f"{lost} lost, {silent} silently")
    assert lost > 15
    assert silent == 0


def test_row_29_what_a_phone_never_told_anybody_is_a_booking_without_a_check_in_until_the_person_speaks(
    phone_of, code, book, now
):
    """A week without opening the app: storage and cookies are gone, and the server never heard of the check-in."""
    booking = book()
    pocket = Pocket(phone_of("ana"), code)
    pocket.scan(now)
    pocket.clear(with_cookies=True)
    with time_machine.travel(now + timedelta(days=8), tick=False):
        assert pocket.contact() == {}
        snapshot = pocket.phone.client.get("/api/v1/me/snapshot").json
        assert [each["checkin"] for each in snapshot["bookings"] if each["uuid"] == str(booking.uuid)] in ([], [None])
        (verdict,) = pocket.phone.send(pocket.phone.scan("word", booking=str(booking.uuid)))
    assert (verdict["verdict"], verdict["evidence"]) == ("accepted", "own_word")
    assert verdict["effective_at"] == "2026-11-23T16:59:59.000Z"


def test_row_29_a_phone_that_told_of_it_within_the_week_is_asked_about_that_day(phone_of, code, now):
    pocket = Pocket(phone_of("ana"), code)
    pocket.scan(now)
    with time_machine.travel(now + timedelta(days=1), tick=False):
        pocket.contact()
    pocket.clear(with_cookies=True)
    with time_machine.travel(now + timedelta(days=8), tick=False):
        assert list(pocket.contact().values()) == ["2026-11-23"]


def test_row_27_control_phones_that_tell_nothing_lose_silently(phone_of, code, now):
    lost, silent = _lives(phone_of, code, now, with_cookies=False, has_cookie=False)
    assert lost > 15
    assert silent > 0


def test_row_27_what_comes_after_all_is_missing_no_more(phone, code, book, now):
    book()
    pocket = Pocket(phone, code)
    pocket.scan(now)
    assert list(pocket.contact().values()) == ["2026-11-23"]
    pocket.send()
    assert pocket.contact() == {}


def test_row_27_a_gap_in_the_numbers_is_missing_too(phone, code, now):
    first, lost, third = (phone.scan(code, now - timedelta(minutes=9 - 3 * number)) for number in range(3))
    phone.send(first, third)
    snapshot = phone.client.get("/api/v1/me/snapshot").json
    assert snapshot["missing"] == [{"device": phone.device, "seq": lost["seq"], "day": "2026-11-23"}]


def test_row_27_a_known_snapshot_is_not_called_unchanged_when_something_is_missing(phone, code, now):
    pocket = Pocket(phone, code)
    etag = phone.client.get("/api/v1/me/snapshot").headers["ETag"]
    pocket.scan(now)
    phone.client.set_cookie(witness.NAME, pocket.written())
    assert phone.client.get("/api/v1/me/snapshot", headers={"If-None-Match": etag}).json["missing"] != []


def test_what_somebody_else_told_on_this_phone_is_not_mine(phone_of, code, now):
    pocket = Pocket(phone_of("ana"), code)
    pocket.scan(now)
    ben = phone_of("ben")
    ben.client.set_cookie(witness.NAME, pocket.written())
    assert ben.client.get("/api/v1/me/snapshot").json["missing"] == []


DEVICE, OWNER = "0b6f6c1e-6c62-4d5e-9f0c-0d1c2b3a4f5e", "7a2e5f0e-6c62-4d5e-9f0c-0d1c2b3a4f5e"


@pytest.mark.parametrize(
    "cookie",
    [
        "", "~", "x", f"{DEVICE}.7a2e5f0e", f"{DEVICE}.7a2e5f0e.0.20261123", f"{DEVICE}.7a2e5f0e.1.20261399",
        f"{DEVICE}.11111111.1.20261123", f"{DEVICE}.7a2e5f0e.1.20261123x", f"{'-' * 36}.7a2e5f0e.1.20261123",
        f"{DEVICE}.7a2e5f0e.1.19991123", f"{DEVICE}.7a2e5f0e.9999999999.20261123",
    ],
)  # fmt: skip
def test_a_cookie_that_makes_no_sense_says_nothing(cookie):
    assert witness.read(cookie, OWNER, date(2026, 11, 24)) == []


def test_the_server_reads_what_the_phone_writes():
    entries = [
        {"state": state, "owner": owner, "adopter": None, "event": {"device": DEVICE, "seq": seq, "captured_at": at}}
        for seq, state, owner, at in (
            (1, "done", OWNER, "2026-11-20T07:00:00.000Z"),
            (2, "waiting", OWNER, "2026-11-21T07:00:00.000Z"),
            (3, "stopped", OWNER, "2026-11-22T07:00:00.000Z"),
            (4, "waiting", None, "2026-11-23T07:00:00.000Z"),
        )
    ]
    lost = f"{uuid.UUID(int=9)}.7a2e5f0e.7.20261119"
    script = f"""import {{ told }} from "./pwa/lib/witness.js";
        const entries = {json.dumps(entries)};
        for (const isHeard of [false, true]) console.log(told(entries, "{lost}", isHeard));"""
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    first, second = (witness.read(line, OWNER, date(2026, 11, 24)) for line in done.stdout.splitlines())
    assert [(each.seq, each.day.day) for each in first] == [(7, 19), (2, 21), (3, 22)]
    assert second == first[1:]
