"""Record check-ins; post and replace signs."""

from app.checkins.operations.batches import Outcome, Receipt, record_batch
from app.checkins.operations.signs import post_sign, replace_sign

__all__ = ["Outcome", "Receipt", "post_sign", "record_batch", "replace_sign"]
