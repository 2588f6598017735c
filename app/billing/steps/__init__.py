"""Parts of a write that operations of billing and upper packages share."""

from app.billing.steps.keeping import sweep
from app.billing.steps.posting import post

__all__ = ["post", "sweep"]
