"""Parts of writes that upper packages share; the caller's operation commits."""

from app.checkins.steps.forget import forget
from app.checkins.steps.leaving import revoke_devices_of
from app.checkins.steps.noting import note
from app.checkins.steps.sign import new_sign, unused_code

__all__ = ["forget", "new_sign", "note", "revoke_devices_of", "unused_code"]
