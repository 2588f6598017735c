"""Parts of a write that operations of people and of upper packages share."""

from app.people.steps.codes import CODE_MINUTES, Proof, issue_code, read_code, try_code
from app.people.steps.leaving import end_sessions, give_up_address
from app.people.steps.people import (
    AddressTaken,
    LockedPerson,
    add_address,
    add_person,
    lock,
    open_session,
    touch,
)
from app.people.steps.refusals import AskedElsewhere, CodeSpent, LastAddress, TooManyAskers, TooManyCodes, WrongCode
from app.people.steps.telling import public_id, tell, tell_all

__all__ = [
    "CODE_MINUTES",
    "AddressTaken",
    "AskedElsewhere",
    "CodeSpent",
    "LastAddress",
    "LockedPerson",
    "Proof",
    "TooManyAskers",
    "TooManyCodes",
    "WrongCode",
    "add_address",
    "add_person",
    "end_sessions",
    "give_up_address",
    "issue_code",
    "lock",
    "open_session",
    "public_id",
    "read_code",
    "tell",
    "tell_all",
    "touch",
    "try_code",
]
