"""Writes about who pays: quotas and programmes."""

from app.funding.operations.addresses import InvoiceAddress, change_invoice_address
from app.funding.operations.closing import BeyondBudget, NotClosed, correct_programme, freeze_programme
from app.funding.operations.programmes import (
    ProgrammeDraft,
    ProgrammeOver,
    Terms,
    change_terms,
    join_programme,
    make_programme,
    move_end,
)
from app.funding.operations.quotas import Ended, carry_over, change_quota, end_quota, grant_quota
from app.funding.operations.shaping import (
    ChangedMeanwhile,
    change_programme_rules,
    change_quota_rules,
    take_back_invitation,
)
from app.funding.queries import ProgrammeRules, Rules
from app.funding.steps import Correction, Grant, QuotaDraft

__all__ = [
    "BeyondBudget",
    "ChangedMeanwhile",
    "Correction",
    "Ended",
    "Grant",
    "InvoiceAddress",
    "NotClosed",
    "ProgrammeDraft",
    "ProgrammeOver",
    "ProgrammeRules",
    "QuotaDraft",
    "Rules",
    "Terms",
    "carry_over",
    "change_invoice_address",
    "change_programme_rules",
    "change_quota",
    "change_quota_rules",
    "change_terms",
    "correct_programme",
    "end_quota",
    "freeze_programme",
    "grant_quota",
    "join_programme",
    "make_programme",
    "move_end",
    "take_back_invitation",
]
