"""Parts of a write that concern employers and that upper packages share."""

from app.employers.steps.forget import DETAILS_KEPT, EMPLOYMENTS_KEPT, INVITATIONS_KEPT, LISTS_KEPT, forget, sweep
from app.employers.steps.inviting import invite, invited_emails, member_emails
from app.employers.steps.keeping import (
    Kept,
    NotCodetermined,
    NotProved,
    add_agent,
    check_may_invite,
    lock,
    lock_employer,
    write_down,
)

__all__ = [
    "DETAILS_KEPT",
    "EMPLOYMENTS_KEPT",
    "INVITATIONS_KEPT",
    "LISTS_KEPT",
    "Kept",
    "NotCodetermined",
    "NotProved",
    "add_agent",
    "check_may_invite",
    "forget",
    "invite",
    "invited_emails",
    "lock",
    "lock_employer",
    "member_emails",
    "sweep",
    "write_down",
]
