"""Writes about who pays: quotas and programmes."""

from app.funding.operations.programmes import (
    ProgrammeDraft,
    ProgrammeOver,
    Terms,
    change_terms,
    freeze_programme,
    join_programme,
    make_programme,
    move_end,
)
from app.funding.operations.quotas import Ended, carry_over, change_quota, end_quota, grant_quota
from app.funding.steps import Grant, QuotaDraft

__all__ = [
    "Ended",
    "Grant",
    "ProgrammeDraft",
    "ProgrammeOver",
    "QuotaDraft",
    "Terms",
    "carry_over",
    "change_quota",
    "change_terms",
    "end_quota",
    "freeze_programme",
    "grant_quota",
    "join_programme",
    "make_programme",
    "move_end",
]
