"""What is written down about acts on other people's things."""

from sqlalchemy import select

from app import transaction
from app.audit import steps
from app.audit.models import AuditEntry


def test_an_entry_keeps_who_did_what_to_which(db, now):
    transaction.write(steps.record)(
        actor="shell", action="grant", subject=("person", 7), detail={"role": "county"}, now=now
    )
    entry = db.session.execute(select(AuditEntry)).scalar_one()
    assert (entry.actor, entry.action, entry.subject_kind, entry.subject_id) == ("shell", "grant", "person", "7")
    assert entry.detail == {"role": "county"}
    assert entry.at == now
