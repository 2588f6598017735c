"""`flask spaces sign SLUG --pdf FILE`."""

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.checkins import queries
from tests import factories


@pytest.fixture
def print_sign(app, tmp_path):
    """Run the command for a space; returns click's result and what a camera reads from the first page."""
    target = tmp_path / "sign.pdf"

    def run(slug="kontor", *options, pdf=target):
        done = app.test_cli_runner().invoke(args=["spaces", "sign", slug, "--pdf", str(pdf), *options])
        return done, _read(target) if target.exists() else None

    return run


def _read(path):
    document = pypdfium2.PdfDocument(path.read_bytes())
    try:
        [found] = zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())
        return found.text
    finally:
        document.close()


def test_it_prints_the_first_sign_and_then_the_same_again(print_sign):
    space = factories.make_space("kontor", name="Kontor")
    done, address = print_sign()
    sign = queries.sign_of(space.id)
    assert done.exit_code == 0
    assert f"sign 1 of Kontor, short code {sign.printed}" in done.output
    assert address == f"HTTP://LOCALHOST/C/{sign.code}"
    assert print_sign()[1] == address
    assert queries.sign_of(space.id) == sign


def test_new_replaces_it_and_the_audit_knows(print_sign, db):
    space = factories.make_space("kontor")
    _, first = print_sign()
    done, second = print_sign("kontor", "--new")
    assert "sign 2" in done.output
    assert second != first
    assert queries.sign_of(space.id).epoch == 2
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.action, e.subject_id, e.detail["epoch"]) for e in entries] == [
        ("new_sign", "kontor", 1),
        ("new_sign", "kontor", 2),
    ]


def test_an_unknown_space_is_refused(print_sign):
    done, address = print_sign("nowhere")
    assert (done.exit_code, address) == (1, None)
    assert "We do not know this place" in done.output


def test_a_missing_folder_makes_no_sign(print_sign, tmp_path):
    space = factories.make_space("kontor")
    done, _ = print_sign(pdf=tmp_path / "nowhere" / "sign.pdf")
    assert done.exit_code == 2
    assert queries.sign_of(space.id) is None
