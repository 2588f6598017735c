"""`--billing`: a month of 1,000 employers with 10,000 people, from the first statement to the last invoice.

One process does everything, one statement and one invoice after the other, as the worker does.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, select

from app.billing import operations, queries
from app.billing.models import InvoiceSeries
from app.billing.operations.issuing import issue_invoice
from app.bookings.models import Booking
from app.employers.models import Employer, Employment
from app.extensions import Model, db
from app.funding.models import Account, Entry, Quota
from app.jobs import queries as jobs
from app.people.models import Person
from app.places.models import Town
from app.spaces.models import Operator, Seat, Space
from bench import speed
from tests.race import house

EMPLOYERS, PEOPLE_EACH = 1_000, 10
# A county's worth of spaces; people of one employer go to those near their homes.
SPACES, NEAR = 40, 3
DAYS_EACH = 6  # whole days a month, which are twelve half-days
CENTS = 1_900
WANTED_SECONDS = 60
MONTH, NOW = date(2026, 10, 1), datetime(2026, 11, 15, 4, tzinfo=UTC)
ROWS = 5_000


def run(kind: str, count: int, say: Callable[[str], None]) -> str:
    """Bill the month of so many employers on this kind of database and return what was measured."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="nahplatz-billing-")))
        url = speed.database(kind, folder, stack)
        stack.enter_context(house.opened(url, folder / "house"))
        say(f"{kind}: {count * PEOPLE_EACH * DAYS_EACH:,} bookings are made")
        for model, rows in _rows(count):
            _bring(model, rows)
        say(f"{kind}: the month is billed")
        begun_at = time.perf_counter()
        begun = operations.begin_statements(month=MONTH, now=NOW)
        posted = sum(_post())
        posted_at = time.perf_counter()
        issued = sum(_issue())
        done_at = time.perf_counter()
        wrong = sum(
            finding.kind in {"statement_drifted", "billed_wrongly", "number_missing", "invoice_drifted"}
            for finding in jobs.findings()
        )
    if not 0 < begun == posted or issued != count * NEAR or wrong:
        said = f"{posted} of {begun} statements, {issued} invoices, {wrong} contradictions"
        raise SystemExit(f"{kind}: {said}: no result")
    return "\n".join(
        (
            f"## {kind}",
            "",
            (
                f"{count:,} employers, {count * PEOPLE_EACH:,} people, "
                f"{count * PEOPLE_EACH * DAYS_EACH * 2:,} half-days at {SPACES} spaces, by one process."
            ),
            "",
            "| what | number | seconds |",
            "|---|---|---|",
            f"| statements posted | {posted:,} of {begun:,} | {posted_at - begun_at:.1f} |",
            f"| invoices issued | {issued:,} | {done_at - posted_at:.1f} |",
            f"| together (target {WANTED_SECONDS}) | | {done_at - begun_at:.1f} |",
            "",
            f"Contradictions afterwards: {wrong}.",
        )
    )


def _post() -> Iterator[bool]:
    while found := queries.statements_waiting():
        for each in found:
            yield operations.post_statement(statement_id=each, now=NOW)


def _issue() -> Iterator[bool]:
    while found := queries.invoices_due():
        for due in found:
            yield issue_invoice(**vars(due), now=NOW) is not None


def _bring(model: type[Model], rows: list[dict[str, Any]]) -> None:
    for first in range(0, len(rows), ROWS):
        db.session.execute(insert(model), rows[first : first + ROWS])
    db.session.commit()


def _rows(count: int) -> Iterator[tuple[type[Model], list[dict[str, Any]]]]:
    """Yield what is to be inserted, table by table. Ids are numbers from 1."""
    lot = random.Random(1)
    made = {"made_at": NOW}
    employers, people = range(1, count + 1), range(1, count * PEOPLE_EACH + 1)
    of_person = {person: (person - 1) // PEOPLE_EACH + 1 for person in people}
    town_id = db.session.scalar(select(Town.id)) or 1
    if town_id == 1:
        yield Town, [{"id": 1, "ags": "05558032", "slug": "nottuln", "name": "Nottuln"}]
    seller = {"address": "Weg 1", "plz": "48301", "town": "Nottuln", "email": "a@example.org", "phone": "02502 0"}
    seller |= {
        "tax_id": "333/5678/1234",
        "iban": "DE89370400440532013000",
        "desk_vat": "standard",
        "room_vat": "standard",
    }
    spaces = range(1, SPACES + 1)
    yield (
        Operator,
        [{"id": n, "slug": f"o{n}", "name": f"Büro {n}", "legal_name": f"Büro {n} eG"} | seller for n in spaces],
    )
    series = {
        "last": 0,
        "from_month": date(2026, 1, 1),
        "days": 14,
        "contact": "Kim",
        "agreed_by": "kim",
        "agreed_at": NOW,
    }
    yield InvoiceSeries, [{"operator_id": n, "prefix": f"B{n:03}"} | series for n in spaces]
    yield (
        Space,
        [
            {
                "id": n,
                "slug": f"s{n}",
                "name": f"Ort {n}",
                "town_id": town_id,
                "operator_id": n,
                "equipment": [],
                "safety": {},
            }
            for n in spaces
        ],
    )
    yield Seat, [{"id": n, "space_id": n, "number": 1, "name": "Platz 1"} for n in spaces]
    yield Person, [{"id": n, "name": f"Beispiel {n}", "public_id": uuid.UUID(int=n)} | made for n in people]
    buyer = {"street": "Weg 2", "plz": "48653", "town": "Coesfeld", "invoice_email": "b@example.org"}
    yield (
        Employer,
        [
            {"id": n, "slug": f"e{n}", "name": f"Firma {n}", "legal_name": f"Firma {n} GmbH"} | buyer | made
            for n in employers
        ],
    )
    yield (
        Employment,
        [
            {
                "employer_id": of_person[n],
                "person_id": n,
                "role": "member",
                "starts_on": date(2026, 1, 1),
                "cost_centre": f"{n % 2}",
            }
            | made
            for n in people
        ],
    )
    quota = {
        "name": "Kontingent",
        "scope": "person",
        "frame": "month",
        "starts_on": date(2026, 1, 1),
        "units": 12,
        "has_rooms": False,
    }
    quota |= {"carries": False, "pays_no_show": False, "pays_late": False, "version": 1}
    yield Quota, [{"id": n, "employer_id": n} | quota | made for n in employers]
    sums = {
        "settled_units": 2 * DAYS_EACH,
        "settled_cents": CENTS * DAYS_EACH,
        "reserved_units": 0,
        "reserved_cents": 0,
    }
    yield (
        Account,
        [
            {
                "id": n,
                "quota_id": of_person[n],
                "holder": n,
                "first_on": MONTH,
                "last_on": queries.last_of(MONTH),
                "granted_units": 12,
            }
            | sums
            for n in people
        ],
    )
    near = {n: lot.sample(spaces, NEAR) for n in employers}
    stays = [
        (person, MONTH + timedelta(days=2 + 4 * day), lot.choice(near[of_person[person]]))
        for person in people
        for day in range(DAYS_EACH)
    ]
    names = [uuid.UUID(int=lot.getrandbits(128), version=4) for _ in stays]
    yield Booking, [_booking(n, name, *stay) for n, (name, stay) in enumerate(zip(names, stays, strict=True), start=1)]
    yield Entry, [entry for name, stay in zip(names, stays, strict=True) for entry in _entries(name, stay[0], stay[1])]


def _booking(number: int, name: uuid.UUID, person: int, day: date, space: int) -> dict[str, Any]:
    starts_at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    return {
        "id": number,
        "uuid": name,
        "request_digest": "",
        "person_id": person,
        "space_id": space,
        "operator_id": space,
        "seat_id": space,
        "date": day,
        "first_slot": 0,
        "end_slot": 2,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=10),
        "price_cents": CENTS,
        "vat": "standard",
        "payer": "quota-1",
        "charge": "settled",
        "made_at": starts_at - timedelta(days=3),
        "sequence": 0,
    }


def _entries(name: uuid.UUID, person: int, day: date) -> list[dict[str, Any]]:
    at = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    empty = dict.fromkeys(
        ("granted_units", "granted_cents", "reserved_units", "reserved_cents", "settled_units", "settled_cents"), 0
    )
    facts = {"account_id": person, "booking_uuid": name, "actor": "person", **empty}
    reserved = {
        "kind": "reserve",
        "reserved_units": 2,
        "reserved_cents": CENTS,
        "reason": "booked",
        "made_at": at - timedelta(days=3),
    }
    settled = {
        "kind": "settle",
        "reserved_units": -2,
        "reserved_cents": -CENTS,
        "settled_units": 2,
        "settled_cents": CENTS,
    }
    settled |= {"reason": "came", "made_at": at}
    return [facts | each | {"key": f"{name.hex}/{person}/{number}"} for number, each in enumerate((reserved, settled))]
