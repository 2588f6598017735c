"""Parts of a write that concern spaces and that upper packages share."""

from app.spaces.steps.closures import AlreadyClosed, ClosedInPast, close, close_for_good, reopen
from app.spaces.steps.forget import forget

__all__ = ["AlreadyClosed", "ClosedInPast", "close", "close_for_good", "forget", "reopen"]
