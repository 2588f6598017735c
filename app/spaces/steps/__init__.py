"""Parts of a write that concern spaces and that upper packages share."""

from app.people.steps import public_id, tell
from app.spaces.steps.closures import AlreadyClosed, ClosedInPast, check_open, close, close_for_good, reopen, stay_open
from app.spaces.steps.door import DoorSilent, may_be_called, open_door
from app.spaces.steps.forget import DEFECTS_KEPT, OFFERS_KEPT, REPORTER_KEPT, forget, sweep
from app.spaces.steps.keeping import Kept, lock_hosted, lock_space, write_down
from app.spaces.steps.pictures import NotAPicture, Picture, PictureTooLarge, picture_of
from app.spaces.steps.seats import retire

__all__ = [
    "DEFECTS_KEPT",
    "OFFERS_KEPT",
    "REPORTER_KEPT",
    "AlreadyClosed",
    "ClosedInPast",
    "DoorSilent",
    "Kept",
    "NotAPicture",
    "Picture",
    "PictureTooLarge",
    "check_open",
    "close",
    "close_for_good",
    "forget",
    "lock_hosted",
    "lock_space",
    "may_be_called",
    "open_door",
    "picture_of",
    "public_id",
    "reopen",
    "retire",
    "stay_open",
    "sweep",
    "tell",
    "write_down",
]
