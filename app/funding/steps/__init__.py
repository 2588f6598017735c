"""Parts of writes about who pays, for operations of this and of upper packages."""

from app.funding.steps.applying import Why
from app.funding.steps.carrying import carry
from app.funding.steps.correcting import BY_OFFICER, Correction, correct
from app.funding.steps.ending import LEAST_DAYS, MOST_DAYS, TOO_SHORT, check_end
from app.funding.steps.forget import HOLDERS_KEPT, forget, sweep
from app.funding.steps.granting import Grant, QuotaDraft, change_rules, make_quota, regrant
from app.funding.steps.moving import decide_absence, let_go, reserve, reserve_again, settle, take_again, take_over
from app.funding.steps.opening import open_account, write_grant

__all__ = [
    "BY_OFFICER",
    "HOLDERS_KEPT",
    "LEAST_DAYS",
    "MOST_DAYS",
    "TOO_SHORT",
    "Correction",
    "Grant",
    "QuotaDraft",
    "Why",
    "carry",
    "change_rules",
    "check_end",
    "correct",
    "decide_absence",
    "forget",
    "let_go",
    "make_quota",
    "open_account",
    "regrant",
    "reserve",
    "reserve_again",
    "settle",
    "sweep",
    "take_again",
    "take_over",
    "write_grant",
]
