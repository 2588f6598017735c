"""What others use of messages."""

from typing import TYPE_CHECKING

from app.messages.leaving import Leave, read_leave
from app.messages.parcels import Parcel
from app.messages.post import Post
from app.messages.steps.pushing import pack, push, push_key, pusher
from app.messages.steps.sending import TRIES, Outcome, send, way_out
from app.messages.steps.settling import LONGEST_PAUSE, settle
from app.messages.steps.writing import KEPT, Draft, forget, sweep, write, write_push
from app.messages.targets import Target, UnusableSubscription
from app.messages.targets import check as check_target

if TYPE_CHECKING:
    from app.messages.push import Pusher

__all__ = [
    "KEPT",
    "LONGEST_PAUSE",
    "TRIES",
    "Draft",
    "Leave",
    "Outcome",
    "Parcel",
    "Post",
    "Pusher",
    "Target",
    "UnusableSubscription",
    "check_target",
    "forget",
    "pack",
    "push",
    "push_key",
    "pusher",
    "read_leave",
    "send",
    "settle",
    "sweep",
    "way_out",
    "write",
    "write_push",
]
