"""Choosing what to hear of and how, and the way out at the end of each mail."""

from __future__ import annotations

from datetime import date

import pytest

from app.extensions import db
from app.messages import leaving
from app.messages.topics import TOPICS
from app.reminders import queries

PAGE = "/profil/nachrichten"
USUAL = dict.fromkeys(TOPICS, "usual")


def _chosen(person_id):
    db.session.rollback()
    return queries.chosen([person_id])[person_id]


def test_what_somebody_chose_is_kept_and_shown_again(as_, cast):
    ana = as_("ana")
    answer = ana.submit(
        PAGE, {**USUAL, "evening": "none", "hour": "mail", "is_quiet": "ja", "begins": "23:30", "ends": "05:15"}
    )
    assert answer.status_code == 303
    assert _chosen(cast["ana"]).ways == {"evening": "none", "hour": "mail"}
    assert _chosen(cast["ana"]).quiet == (23 * 60 + 30, 5 * 60 + 15)
    text = ana.get(PAGE).text
    assert 'value="23:30"' in text
    assert text.count('<option value="none" selected>') == 1
    assert _chosen(cast["ben"]).ways == {}, "somebody else's"


def test_the_usual_way_is_not_kept_so_that_a_better_one_reaches_everybody(as_, cast):
    ana = as_("ana")
    ana.submit(PAGE, {**USUAL, "evening": "none"})
    ana.submit(PAGE, {**USUAL, "is_quiet": "ja", "begins": "22:00", "ends": "06:00"})
    assert _chosen(cast["ana"]) == queries.Chosen()


def test_without_quiet_hours_there_are_none(as_, cast):
    ana = as_("ana")
    ana.submit(PAGE, {**USUAL, "begins": "22:00", "ends": "06:00"})
    assert _chosen(cast["ana"]).quiet == (0, 0)
    assert "checked" not in ana.get(PAGE).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"evening": "rauchzeichen"}, "Bitte wähl einen Weg aus der Liste."),
        ({"is_quiet": "ja", "begins": "25:00", "ends": "06:00"}, "zum Beispiel 22:00"),
        ({"is_quiet": "ja", "begins": "22:00", "ends": ""}, "zum Beispiel 06:00"),
        ({"is_quiet": "ja", "begins": "22:00", "ends": "22:00"}, "Anfang und Ende sind gleich"),
    ],
)
def test_what_cannot_be_kept_comes_back_with_what_was_typed(as_, cast, typed, words):
    ana = as_("ana")
    answer = ana.submit(PAGE, {**USUAL, "hour": "both", **typed})
    assert answer.status_code == 422
    assert words in answer.text
    assert '<option value="both" selected>' in answer.text
    assert _chosen(cast["ana"]) == queries.Chosen()


def test_quiet_hours_hold_over_midnight_and_on_both_nights_of_the_clock(local):
    night = queries.Chosen(quiet=(22 * 60, 6 * 60))
    for day, next_day in (("2026-11-24", "2026-11-25"), ("2028-03-25", "2028-03-26"), ("2028-10-28", "2028-10-29")):
        for time in ("22:00", "23:59"):
            assert night.loud_at(local(f"{day} {time}"), "Europe/Berlin") == local(f"{next_day} 06:00")
        for time in ("00:00", "03:30", "05:59"):
            assert night.loud_at(local(f"{next_day} {time}"), "Europe/Berlin") == local(f"{next_day} 06:00")
        for time in ("06:00", "21:59"):
            assert night.loud_at(local(f"{day} {time}"), "Europe/Berlin") == local(f"{day} {time}")
    noon = queries.Chosen(quiet=(12 * 60, 13 * 60))
    assert noon.loud_at(local("2026-11-24 12:30"), "Europe/Berlin") == local("2026-11-24 13:00")
    never = queries.Chosen(quiet=(0, 0))
    assert never.loud_at(local("2026-11-24 03:00"), "Europe/Berlin") == local("2026-11-24 03:00")


def _way_out(mail):
    return mail["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")


def test_every_mail_of_a_topic_has_a_way_out_that_ends_only_this_topic(worker, book, local, now, client, cast):
    book(at=now)
    worker.at(now)
    worker.at(local("2026-11-24 18:00"))
    confirmation, reminder = worker.letters.mails
    assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert _way_out(reminder) != _way_out(confirmation)
    assert _way_out(reminder) in reminder.get_body(("plain",)).get_content()
    assert _way_out(reminder) in reminder.get_body(("html",)).get_content()
    assert "Erinnerung am Abend davor" in client.get(_way_out(reminder)).text
    assert _chosen(cast["ana"]).ways == {}, "a mail program that looks into every link ends nothing"
    # What mail programs send (RFC 8058): no cookie, no token, not from our page.
    answer = client.post(
        _way_out(reminder), data={"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 200
    assert _chosen(cast["ana"]).ways == {"evening": "none"}
    book(day=date(2026, 11, 26), at=local("2026-11-25 12:00"))
    assert worker.at(local("2026-11-25 12:01")) == ["ana: Gebucht: Do., 26. Nov., Kontor"]
    assert worker.at(local("2026-11-25 18:00")) == []


def test_codes_have_no_way_out(app, client, worker, now):
    client.submit("/anmelden", {"email": "new@example.org"})
    worker.at(now)
    [code] = worker.letters.mails
    assert code["List-Unsubscribe"] is None
    assert "abbestellen" not in code.as_string()


def test_an_address_that_we_did_not_write_leads_nowhere(app, client, cast):
    settings = app.config["NAHPLATZ"]
    good = leaving.address(settings, cast["ana"], TOPICS["evening"]).rpartition("/")[2]
    assert client.get(f"/abbestellen/{good}").status_code == 200
    for bad in (good[:-2], f"{good}AA", good.swapcase(), "x", "%00", "ä", good[::-1], "A" * 3000):
        assert client.get(f"/abbestellen/{bad}").status_code == 404, bad
        assert client.post(f"/abbestellen/{bad}").status_code == 404, bad
    nobody = leaving.address(settings, 10**6, TOPICS["evening"]).rpartition("/")[2]
    assert client.post(f"/abbestellen/{nobody}").status_code == 404


def test_the_address_tells_nothing_and_stays_the_same(app, cast):
    settings = app.config["NAHPLATZ"]
    first, second = (leaving.address(settings, number, TOPICS["evening"]) for number in (1, 2))
    assert first == leaving.address(settings, 1, TOPICS["evening"])
    same = sum(one == other for one, other in zip(first, second, strict=True))
    assert same < len(first.rpartition("/")[0]) + 15
