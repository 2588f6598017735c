"""Statements of employers and programmes, and the invoices that came of them: the same pages for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from flask import Response, render_template

from app import access, clock
from app.answers import me
from app.billing import papers, queries
from app.billing.papers import StatementPaper
from app.billing.routes import blueprint
from app.billing.routes.files import attached, invoice_file
from app.employers import queries as employers
from app.errors import NotFound
from app.funding import queries as programmes

EMPLOYER, PROGRAMME = "arbeitgeber", "kreis/programme"


@dataclass(frozen=True)
class Owing:
    """Somebody who owes: how they are found in tables, what they are called, where their pages are."""

    which: Mapping[str, int]
    name: str
    home: str  # of the payer's pages
    facts: str  # where what invoices need is said
    progress: queries.Progress | None = field(default_factory=queries.progress)

    def statement(self, month: str) -> StatementPaper:
        """Return the statement of a month like 2026-11. Refuses: `NotFound`."""
        try:
            day = date.fromisoformat(f"{month}-01")
        except ValueError as error:
            raise NotFound from error
        return StatementPaper(self.name, *queries.statement_of(day, **self.which))


def _employer(slug: str) -> Owing:
    employer = employers.acting(me(), slug, on=employers.today(clock.now()))
    home = f"/{EMPLOYER}/{slug}"
    return Owing({"employer_id": employer.id}, employer.name, home, f"{home}/angaben")


def programme_owing(slug: str) -> Owing:
    """Return a programme that the officer runs who asks. Refuses: `NotFound`."""
    programme = programmes.programme_before(me(), slug)
    home = f"/{PROGRAMME}/{slug}"
    return Owing({"programme_id": programme.id}, programme.name, home, f"{home}/rechnungsadresse")


# Who owes, if the person who asks may see it; else `NotFound`.
_OWING: dict[str, Callable[[str], Owing]] = {EMPLOYER: _employer, PROGRAMME: programme_owing}


@blueprint.get(f"/{EMPLOYER}/<slug>/abrechnungen", defaults={"payer": EMPLOYER})
@blueprint.get(f"/{PROGRAMME}/<slug>/abrechnungen", defaults={"payer": PROGRAMME})
@access.person
def show_statements(payer: str, slug: str) -> str:
    owing = _OWING[payer](slug)
    found = queries.statements_of(**owing.which)
    missing = queries.buyer_of(found[0].id)[1] if found else ()
    return render_template("billing/statements.html", owing=owing, statements=found, missing=missing)


@blueprint.get(f"/{EMPLOYER}/<slug>/abrechnungen/<month>", defaults={"payer": EMPLOYER})
@blueprint.get(f"/{PROGRAMME}/<slug>/abrechnungen/<month>", defaults={"payer": PROGRAMME})
@access.person
def show_statement(payer: str, slug: str, month: str) -> str:
    owing = _OWING[payer](slug)
    paper = owing.statement(month)
    return render_template(
        "billing/statement.html",
        owing=owing,
        statement=paper.statement,
        sellers=paper.sellers,
        centres=paper.centres,
        invoices=queries.invoice_of_statement(paper.statement.id),
        missing=queries.buyer_of(paper.statement.id)[1],
    )


@blueprint.get(f"/{EMPLOYER}/<slug>/abrechnungen/<month>/pdf", defaults={"payer": EMPLOYER})
@blueprint.get(f"/{PROGRAMME}/<slug>/abrechnungen/<month>/pdf", defaults={"payer": PROGRAMME})
@access.person
def get_statement_pdf(payer: str, slug: str, month: str) -> Response:
    return attached(_OWING[payer](slug).statement(month).pdf(), f"abrechnung-{month}.pdf")


@blueprint.get(f"/{EMPLOYER}/<slug>/abrechnungen/<month>/csv", defaults={"payer": EMPLOYER})
@blueprint.get(f"/{PROGRAMME}/<slug>/abrechnungen/<month>/csv", defaults={"payer": PROGRAMME})
@access.person
def get_statement_csv(payer: str, slug: str, month: str) -> Response:
    return attached(_OWING[payer](slug).statement(month).csv(), f"abrechnung-{month}.csv")


@blueprint.get(f"/{EMPLOYER}/<slug>/abrechnungen/<month>/belege", defaults={"payer": EMPLOYER})
@blueprint.get(f"/{PROGRAMME}/<slug>/abrechnungen/<month>/belege", defaults={"payer": PROGRAMME})
@access.person
def get_vouchers(payer: str, slug: str, month: str) -> Response:
    found = queries.vouchers(_OWING[payer](slug).statement(month).statement.id)
    return attached(papers.vouchers_csv(found), f"belege-{month}.csv")


@blueprint.get(f"/{EMPLOYER}/<slug>/abrechnungen/<month>/rechnungen/<label>.pdf", defaults={"payer": EMPLOYER})
@blueprint.get(f"/{PROGRAMME}/<slug>/abrechnungen/<month>/rechnungen/<label>.pdf", defaults={"payer": PROGRAMME})
@access.person
def get_invoice_pdf(payer: str, slug: str, month: str, label: str) -> Response:
    return invoice_file(label, "pdf", statement_id=_OWING[payer](slug).statement(month).statement.id)


@blueprint.get(f"/{EMPLOYER}/<slug>/abrechnungen/<month>/rechnungen/<label>.xml", defaults={"payer": EMPLOYER})
@blueprint.get(f"/{PROGRAMME}/<slug>/abrechnungen/<month>/rechnungen/<label>.xml", defaults={"payer": PROGRAMME})
@access.person
def get_invoice_xml(payer: str, slug: str, month: str, label: str) -> Response:
    return invoice_file(label, "xml", statement_id=_OWING[payer](slug).statement(month).statement.id)
