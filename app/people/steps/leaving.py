"""Parts of what lets nobody in any more: by an address, in any browser."""

from __future__ import annotations

from sqlalchemy import delete

from app.errors import NotFound
from app.extensions import db
from app.people import queries
from app.people.models import Address, Session
from app.people.steps.refusals import LastAddress


def give_up_address(person_id: int, address_id: int) -> None:
    """Let an address sign nobody in any more. The person must be locked. Refuses: `NotFound`, `LastAddress`."""
    own = {address.id for address in queries.addresses(person_id)}
    if address_id not in own:
        raise NotFound
    if len(own) == 1:
        raise LastAddress
    db.session.execute(delete(Address).where(Address.id == address_id).execution_options(synchronize_session=False))


def end_sessions(person_id: int) -> None:
    """End all sessions of a person."""
    db.session.execute(
        delete(Session).where(Session.person_id == person_id).execution_options(synchronize_session=False)
    )
