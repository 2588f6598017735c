"""Every page is sound HTML: read by html-validate as it is sent, to strangers and to somebody with bookings."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from app.bookings.models import Booking
from app.employers.models import Employment
from app.extensions import db
from tests.conftest import NOW
from tests.factories import (
    make_employer,
    make_employment,
    make_invitation,
    make_list,
    make_officer,
    make_programme,
    make_quota,
)

ROOT = Path(__file__).parent.parent.parent
PROGRAM = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"


@pytest.fixture
def sample(app: Flask, cast: dict[str, int]) -> dict[str, object]:
    """What stands in the addresses of pages: Hana's space, a booking of Ana's, the code of a sign."""
    done = app.test_cli_runner().invoke(args=["demo", "load"])
    assert done.exit_code == 0, done.output
    booked = db.session.scalars(
        select(Booking.uuid).where(Booking.person_id == cast["ana"], Booking.ended_at.is_(None)).order_by(Booking.date)
    ).all()
    assert booked
    slug, token = "beispiel-werkhof-senden", "0" * 43
    facts = {"slug": slug, "domain": "werkhof.example", "domain_proved_at": NOW, "codetermined_on": NOW.date()}
    employer = make_employer("Werkhof", cast["ana"], **facts, codetermined_by="Betriebsrat")
    make_employment(employer, cast["hana"], role="agent")
    make_employment(employer, cast["ben"], role="agent")
    make_invitation(employer, token)
    make_invitation(employer, "to Hana", email="hana@beispiel.example")
    kept = make_list(employer, "neu@beispiel.example")
    upload, member = kept.id, db.session.scalar(select(Employment.id).where(Employment.employer_id == employer.id))
    known = {"slug": slug, "number": 1, "booking_uuid": booked[-1], "code": "0123456789ABCDEFGHJK"}
    quota, programme = make_quota(employer), make_programme(slug, is_for_all=False)
    make_quota(programme)
    make_quota(programme, scope="pool", frame="total", ends_on=programme.ends_on)
    make_officer(cast["hana"])
    signature = URLSafeSerializer(app.secret_key, salt="programme invitation").dumps([slug, 1])
    funded = {"quota_id": quota.id, "signature": signature}
    return {**known, **funded, "token": token, "upload": upload, "member": member}


def _addresses(app: Flask, values: dict[str, object]) -> Iterator[str]:
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.arguments <= set(values):
                yield adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})


def _save(folder: Path, client: FlaskClient, addresses: list[str]) -> int:
    """Store every address that answers with a page; returns how many did."""
    folder.mkdir()
    pages = 0
    for number, address in enumerate(addresses):
        answer = client.get(address)
        if answer.mimetype == "text/html" and answer.status_code < 300:
            words = "-".join(filter(None, address.split("/"))) or "start"
            (folder / f"{number:02}-{words}.html").write_bytes(answer.data)
            pages += 1
    return pages


def _findings(folder: Path) -> list[str]:
    config, report = ROOT / ".htmlvalidate.json", folder / "report.json"
    command = [shutil.which("node") or "node", PROGRAM, "--config", config, "--formatter", f"json={report}", folder]
    subprocess.run(command, check=False, capture_output=True, cwd=folder)
    return [
        f"{Path(page['filePath']).name}:{message['line']} {message['ruleId']}: {message['message']}"
        for page in json.loads(report.read_text(encoding="utf-8"))
        for message in page["messages"]
    ]


def test_every_page_is_sound(app, as_, client, sample, tmp_path):
    addresses = sorted(set(_addresses(app, sample)))

    assert _save(tmp_path / "stranger", client, addresses) >= 5
    assert _save(tmp_path / "ana", as_("ana"), addresses) >= 8
    assert _save(tmp_path / "hana", as_("hana"), addresses) >= 12
    assert _findings(tmp_path) == []


def test_unsound_pages_are_found(tmp_path):
    (tmp_path / "bad.html").write_text("<!doctype html><title>x</title><p><div></p><img>", encoding="utf-8")

    assert any("close-order" in finding or "element-permitted" in finding for finding in _findings(tmp_path))
