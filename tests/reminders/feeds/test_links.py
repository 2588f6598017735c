"""Which calendar links open something: the newest of a person who has not ended it, and no other."""

from __future__ import annotations

import base64
import logging
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app import transaction
from app.audit.models import AuditEntry
from app.errors import NotFound
from app.people import queries as people
from app.people import steps
from app.privacy import operations as privacy
from app.privacy.queries import everything_about
from app.reminders import operations, queries
from app.reminders.models import Feed
from tests.reminders.feeds.conftest import SECRET

DAY = timedelta(days=1)


def _feeds(db):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Feed))


def _never_known(path):
    """Addresses that nobody has, each wrong in another way."""
    token = path.removeprefix("/kalender/").removesuffix(".ics")
    changed = ("A" if token[0] != "A" else "B") + token[1:]
    wrong = ("0" * 43, changed, token[:-1], token + "A", token.swapcase(), token + "=", "x", "..", "%00", "ä", "%ff")
    return [f"/kalender/{each}.ics" for each in wrong]


def test_a_wrong_an_old_and_an_ended_link_are_refused_alike(link, client, cast, now):
    old = link()
    new = link()
    refused = [client.get(path) for path in (old, *_never_known(new))]
    assert client.get(new).status_code == 200, "the control"
    operations.end_feed(person_id=cast["ana"], now=now)
    refused.append(client.get(new))
    assert {answer.status_code for answer in refused} == {404}
    assert len({answer.data for answer in refused}) == 1
    assert len({(answer.headers["Content-Type"], answer.headers["Cache-Control"]) for answer in refused}) == 1
    assert b"Ana" not in refused[0].data


def test_a_new_link_ends_the_old_one_and_leaves_that_of_others(link, client, db):
    theirs, old = link("ben"), link()
    new = link()
    assert [client.get(path).status_code for path in (theirs, old, new)] == [200, 404, 200]
    assert _feeds(db) == 2


def test_the_database_alone_opens_none(link, client, db, cast):
    """What a reader of a backup has: salt and digest, and no key."""
    path = link()
    row = db.session.scalars(select(Feed)).one()
    kept = [row.digest, base64.urlsafe_b64encode(row.salt).decode().rstrip("="), row.salt.hex()]
    kept.append(queries.token_of(row.person_id, row.salt, "guessed"))
    assert [client.get(f"/kalender/{token}.ics").status_code for token in kept] == [404] * 4
    assert not any(token in path for token in kept)
    assert client.get(f"/kalender/{queries.token_of(row.person_id, row.salt, SECRET)}.ics").status_code == 200


def test_another_key_ends_all_links(link, cast, now):
    token = link().removeprefix("/kalender/").removesuffix(".ics")
    assert queries.owner_of(token, SECRET).person_id == cast["ana"]
    with pytest.raises(NotFound):
        queries.owner_of(token, "another key")


def test_a_link_is_found_by_its_digest_in_one_statement(link, statements):
    """Nothing is compared with what was guessed but a digest, by an index: time tells nothing."""
    token = link().removeprefix("/kalender/").removesuffix(".ics")
    statements.clear()
    queries.owner_of(token, SECRET)
    [statement] = [each for each in statements if not each.startswith("BEGIN")]
    assert "WHERE feeds.digest = " in statement
    assert len(token) == 43


def test_an_address_that_is_given_up_ends_it(link, client, cast, db, now):
    transaction.write(steps.add_address)(cast["ana"], "ana2@beispiel.example", now=now)
    path, theirs = link(), link("ben")
    old = people.addresses(cast["ana"])[0]
    assert privacy.remove_address(person_id=cast["ana"], address_id=old.id, now=now) is True
    assert [client.get(each).status_code for each in (path, theirs)] == [404, 200]


def test_an_address_that_stays_leaves_it(link, client, cast, db, now):
    path = link()
    only = people.addresses(cast["ana"])[0]
    with pytest.raises(steps.LastAddress):
        privacy.remove_address(person_id=cast["ana"], address_id=only.id, now=now)
    assert client.get(path).status_code == 200


def test_signing_out_everywhere_ends_it_and_signing_out_here_does_not(link, as_, client, cast, now):
    path = link()
    as_("ana").submit("/abmelden")
    assert client.get(path).status_code == 200
    assert privacy.sign_out_everywhere(person_id=cast["ana"], now=now) is True
    assert client.get(path).status_code == 404
    assert privacy.sign_out_everywhere(person_id=cast["ana"], now=now) is False


def test_an_erased_person_has_none(link, client, cast, db, now):
    path, theirs = link(), link("ben")
    privacy.erase(person_id=cast["ana"], now=now)
    assert [client.get(each).status_code for each in (path, theirs)] == [404, 200]
    assert _feeds(db) == 1


def test_the_export_has_that_it_is_there_and_nothing_that_opens_it(link, cast, client, now, db):
    path = link()
    client.get(path)
    [row] = everything_about(cast["ana"])["feeds"]
    expected = {"person_id": cast["ana"], "made_at": now.isoformat(), "read_on": "2026-11-23"}
    assert row == expected


def test_the_day_of_the_last_reading_is_kept_once_a_day(link, client, db, cast, statements, now):
    def _read_on():
        db.session.rollback()
        return queries.own_feed(cast["ana"], SECRET).read_on

    path = link()
    assert _read_on() is None
    client.get(path)
    assert _read_on() == date(2026, 11, 23)
    statements.clear()
    client.get(path)
    assert not any(each.startswith("UPDATE") for each in statements)
    with time_machine.travel(now + DAY, tick=False):
        client.get(path)
    assert _read_on() == date(2026, 11, 24)


def test_one_that_nobody_reads_goes_after_180_days(link, client, cast, db, now):
    """Counted from the last reading, or from when it was made."""
    read = link()
    link("ben")
    with time_machine.travel(now + 30 * DAY, tick=False):
        client.get(read)
    privacy.retain(now=now + 180 * DAY)
    assert _feeds(db) == 2
    privacy.retain(now=now + 181 * DAY)
    assert db.session.scalars(select(Feed.person_id)).all() == [cast["ana"]]
    privacy.retain(now=now + 210 * DAY)
    assert _feeds(db) == 1
    privacy.retain(now=now + 211 * DAY)
    assert _feeds(db) == 0


def test_its_person_reads_in_the_protocol_who_made_and_ended_it(link, as_, cast, db, now):
    link()
    operations.end_feed(person_id=cast["ana"], now=now)
    operations.end_feed(person_id=cast["ana"], now=now)
    assert db.session.scalars(select(AuditEntry.action)).all() == ["make_feed", "end_feed"]
    page = as_("ana").get("/profil/protokoll").text
    assert "Du hast einen Kalender-Link gemacht." in page
    assert "Du hast den Kalender-Link abgeschaltet." in page


def test_the_log_never_has_it(link, client, own_log, monkeypatch):
    """Neither that of a link that ended, nor when something goes wrong behind one that is good."""
    ended = link()
    path = link()
    client.get(ended)
    monkeypatch.setattr(queries, "appointments", lambda *_, **__: 1 / 0)
    assert client.get(path).status_code == 500
    assert own_log.text.count("/kalender/<token>.ics") == 2
    for each in (path, ended):
        assert each.removeprefix("/kalender/").removesuffix(".ics") not in own_log.text


@pytest.fixture
def own_log(caplog):
    caplog.set_level(logging.DEBUG, logger="app")
    return caplog
