"""`flask billing run`: what the worker does by itself from the 15th of a month on, at once and with its progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from app import clock, problems
from app.billing import operations, queries
from app.billing.operations.issuing import issue_invoice
from app.extensions import db
from app.funding.queries import TIMEZONE, due_month

billing = AppGroup("billing", help="Statements of a month, and invoices.")


def register(app: Flask) -> None:
    app.cli.add_command(billing)


@billing.command("run")
@click.pass_context
def run(context: click.Context) -> None:
    """Post the statements that are due and issue the invoices that lack nothing. Stop it at will: it goes on later.

    What fails is named and does not stop the rest; then it exits with 1.
    """
    with problems.said_in_shell():
        month = due_month(clock.local_day(clock.now(), TIMEZONE))
        begun = operations.begin_statements(month=month, now=clock.now())
        click.echo(f"{month:%Y-%m}: {begun} statements begun, {operations.find_sellers()} lines found their seller")
    posted, issued = _post(), _issue()
    click.echo(f"{posted.done} statements posted, {issued.done} invoices issued")
    if posted.failed or issued.failed:
        context.exit(1)


@dataclass
class Tally:
    """How many were done, and how many failed."""

    done: int = 0
    failed: int = 0

    def count(self, operation: Callable[..., object], **what: Any) -> None:
        """Do one of many."""
        try:
            self.done += bool(operation(**what, now=clock.now()))
        except Exception as error:  # noqa: BLE001 - whatever it is, the others shall not wait for it
            db.session.rollback()
            self.failed += 1
            click.echo(f"{operation.__name__} failed for {what}: {error}", err=True)


def _post() -> Tally:
    tally, after = Tally(), 0
    while found := queries.statements_waiting(after):
        for statement_id in found:
            tally.count(operations.post_statement, statement_id=statement_id)
        after = found[-1]
        progress = queries.progress()
        if progress is not None:
            click.echo(f"{progress.posted} of {progress.all}")
    return tally


def _issue() -> Tally:
    tally, before = Tally(), -1
    while tally.done != before:
        before = tally.done
        for due in queries.invoices_due():
            tally.count(issue_invoice, **vars(due))
    return tally
