"""Parts of a write that operations of people and of upper packages share."""

from app.people.steps.codes import CODE_MINUTES, CodeSpent, Proof, TooManyCodes, WrongCode, issue_code, try_code
from app.people.steps.people import (
    AddressTaken,
    LockedPerson,
    add_address,
    add_person,
    lock,
    open_session,
    touch,
)

__all__ = [
    "CODE_MINUTES",
    "AddressTaken",
    "CodeSpent",
    "LockedPerson",
    "Proof",
    "TooManyCodes",
    "WrongCode",
    "add_address",
    "add_person",
    "issue_code",
    "lock",
    "open_session",
    "touch",
    "try_code",
]
