"""Parts of writes about who pays, for operations of this and of upper packages."""

from app.funding.steps.applying import Why
from app.funding.steps.forget import forget
from app.funding.steps.moving import decide_absence, let_go, reserve, reserve_again, settle
from app.funding.steps.opening import open_account, write_grant

__all__ = [
    "Why",
    "decide_absence",
    "forget",
    "let_go",
    "open_account",
    "reserve",
    "reserve_again",
    "settle",
    "write_grant",
]
