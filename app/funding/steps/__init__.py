"""Parts of writes about who pays, for operations of this and of upper packages."""

from app.funding.steps.applying import Why
from app.funding.steps.carrying import carry
from app.funding.steps.forget import forget
from app.funding.steps.granting import Grant, QuotaDraft, make_quota, regrant
from app.funding.steps.moving import decide_absence, let_go, reserve, reserve_again, settle, take_over
from app.funding.steps.opening import open_account, write_grant

__all__ = [
    "Grant",
    "QuotaDraft",
    "Why",
    "carry",
    "decide_absence",
    "forget",
    "let_go",
    "make_quota",
    "open_account",
    "regrant",
    "reserve",
    "reserve_again",
    "settle",
    "take_over",
    "write_grant",
]
