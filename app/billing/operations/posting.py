"""Statements of a month: begun for all who owe something, then posted one by one."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app import clock, transaction
from app.billing import queries, steps
from app.billing.models import Statement, StatementCentre, StatementLine
from app.employers import queries as employers
from app.extensions import db, execute, table
from app.funding.queries import TIMEZONE
from app.people import steps as people
from app.spaces.models import Space

SALT_BYTES = 16
MORNING, SPREAD_SECONDS = 8 * 60, 600


@transaction.write
def begin_statements(*, month: date, now: datetime) -> int:
    """Begin a statement of `month` for everybody who owes something and has none. Returns how many.

    From here on it is known how much there is to do; `post_statement` does it, by whom and in which order ever.
    """
    due = queries.payers_due(month)
    if due:
        rows = [
            {
                "employer_id": employer_id,
                "programme_id": programme_id,
                "month": month,
                "salt": secrets.token_bytes(SALT_BYTES),
                "begun_at": now,
            }
            for employer_id, programme_id in due
        ]
        with _anew("uq_statements_employer_id_month", "uq_statements_programme_id_month"):
            execute(insert(table(Statement)).values(units=0, cents=0), rows)
    return len(due)


@transaction.write
def find_sellers() -> int:
    """Let lines without a seller be sold by who runs their space by now. Returns how many."""
    line, space = table(StatementLine), table(Space).c
    runs_it = select(space.operator_id).where(space.id == line.c.space_id).scalar_subquery()
    is_open = (line.c.operator_id.is_(None), line.c.invoice_id.is_(None), runs_it.is_not(None))
    return int(execute(update(line).where(*is_open).values(operator_id=runs_it)).rowcount)


@transaction.write
def post_statement(*, statement_id: int, now: datetime) -> bool:
    """Post a statement with its lines and sums, and tell those who act for the employer. Returns whether it was open.

    Two who post the same one: the second finds it done.
    """
    waiting = select(Statement).where(Statement.id == statement_id, Statement.posted_at.is_(None))
    row = db.session.scalars(waiting.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        return False
    with _anew("pk_statement_entries"):
        row.units, row.cents = steps.post(row)
    if row.employer_id is not None:
        centres = queries.centres_of(row.id, row.employer_id)
        rows = [
            {"statement_id": row.id, "cost_centre": name, "units": units, "cents": cents}
            for name, (units, cents) in centres.items()
        ]
        if rows:
            execute(insert(table(StatementCentre)), rows)
        _tell(row, now)
    row.posted_at = now
    db.session.flush()
    return True


@contextmanager
def _anew(*keys: str) -> Iterator[None]:
    """Begin anew when one of these keys says that somebody else was faster."""
    try:
        yield
    except IntegrityError as error:
        if transaction.violated(error) in keys:
            raise transaction.Again from error
        raise


def _tell(statement: Statement, now: datetime) -> None:
    employer = employers.employer(statement.employer_id or 0)
    said = {"employer": {"slug": employer.slug, "name": employer.name}, "date": statement.month}
    # A thousand at once: sign-in codes must not wait behind them, and nobody wants this at night.
    morning = clock.moment_of(clock.local_day(now, TIMEZONE), MORNING, TIMEZONE)
    due_at = max(now, morning) + timedelta(seconds=statement.id % SPREAD_SECONDS)
    for agent in employers.agents(employer.id, on=employers.today(now)):
        people.tell(agent.person_id, "statement_posted", said, due_at=due_at, now=now)
