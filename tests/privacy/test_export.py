"""The export: every row about me, nothing about anybody else, whatever tables there are."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import insert, select

from app.errors import NotFound
from app.extensions import Model
from app.people.models import Address, Person
from app.privacy import queries
from tests import factories


def _tables_with_people():
    for name, table in Model.metadata.tables.items():
        points = any(key.target_fullname == "people.id" for key in table.foreign_keys)
        if points or "person_id" in table.columns or name == "people":
            yield name


def test_every_table_that_knows_people_is_part_of_the_export():
    assert {part.name for part in queries.PARTS if part.name != "person"} >= set(_tables_with_people()) - {"people"}


def test_every_part_has_a_row_of_mine_and_none_of_anybody_else(full):
    ana, _ = full
    found = queries.everything_about(ana.id)
    assert set(found) == {part.name for part in queries.PARTS}
    assert {name: len(rows) for name, rows in found.items()} == dict.fromkeys(found, 1)
    text = json.dumps(found)
    assert "Ana Albers" in text
    assert "Ben Bauer" not in text


def test_nothing_is_left_out_but_what_would_open_the_account(full):
    withheld = {f"{part.name}.{name}" for part in queries.PARTS for name in part.withheld}
    secrets = {"sessions.digest", "sign_in_codes.digest", "devices.token_digest", "invitations.token_digest"}
    secrets |= {"feeds.salt", "feeds.digest", "push_subscriptions.auth"}
    assert withheld == {"bookings.request_digest", *secrets}
    found = queries.everything_about(full[0].id)
    for part in queries.PARTS:
        columns = {column.name for column in part.model.__table__.columns} - part.withheld
        assert columns <= set(found[part.name][0]), part.name


def test_bookings_and_check_ins_name_their_space_and_seat(full):
    found = queries.everything_about(full[0].id)
    assert (found["bookings"][0]["space"], found["bookings"][0]["seat_name"]) == ("ort-1", "Platz 1")
    assert found["checkins"][0]["space"] == "ort-1"
    assert found["checkins"][0]["body"] == "Ana Albers 1"


def test_codes_and_mails_are_found_by_my_addresses_too(full, db):
    ana = full[0]
    email = db.session.execute(select(Address.email).where(Address.person_id == ana.id)).scalar_one()
    messages, codes = Model.metadata.tables["messages"], Model.metadata.tables["sign_in_codes"]
    db.session.execute(messages.update().where(messages.c.person_id == ana.id).values(person_id=None, to=email))
    db.session.execute(codes.update().where(codes.c.person_id == ana.id).values(person_id=None, email=email))
    db.session.commit()
    found = queries.everything_about(ana.id)
    assert [len(found["messages"]), len(found["sign_in_codes"])] == [1, 1]


def test_what_others_did_to_me_is_found(full, db):
    ana, ben = full
    entries = Model.metadata.tables["audit_entries"]
    db.session.execute(entries.delete())
    row = {"at": factories.MADE_AT, "actor": "shell", "action": "look", "detail": {}}
    for subject_kind, subject_id, detail in [
        ("person", str(ana.id), {}),
        ("person", str(ana.public_id), {"why": "by public id"}),
        ("town", "05558032", {"person": ana.id}),
        ("person", str(ben.id), {}),
        ("town", str(ana.id), {}),
        ("town", "05558032", {"person": ben.id}),
        ("town", "05558032", {"person": "somebody"}),
    ]:
        about = {"subject_kind": subject_kind, "subject_id": subject_id, "detail": detail}
        db.session.execute(insert(entries).values(row | about))
    db.session.commit()
    found = queries.everything_about(ana.id)["audit_entries"]
    assert [(entry["subject_kind"], entry["detail"]) for entry in found] == [
        ("person", {}),
        ("person", {"why": "by public id"}),
        ("town", {"person": ana.id}),
    ]


def test_somebody_unknown_has_nothing(db):
    with pytest.raises(NotFound):
        queries.everything_about(10_000)


def test_the_download_is_a_json_file_that_nobody_caches(as_, db, cast):
    answer = as_("ana").get("/profil/export")
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="nahplatz-2026-11-23.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    public_id = db.session.execute(select(Person.public_id).where(Person.id == cast["ana"])).scalar_one()
    assert body["schema"] == 1
    assert body["person"][0]["public_id"] == str(public_id)
    assert [row["email"] for row in body["addresses"]] == ["ana@beispiel.example"]
    assert len(body["sessions"]) == 1
