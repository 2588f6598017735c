"""Record check-ins; post and replace signs; make the keys of passes; register and revoke devices; release seats."""

from app.checkins.operations.announcing import announce
from app.checkins.operations.batches import Outcome, Receipt, record_batch
from app.checkins.operations.charges import settle_charge
from app.checkins.operations.confirming import confirm_visit
from app.checkins.operations.devices import Introduction, register_device, revoke_device
from app.checkins.operations.displays import NewDisplay, hear_display, make_display, revoke_display
from app.checkins.operations.gone import count_gone
from app.checkins.operations.host_batches import record_host_batch
from app.checkins.operations.hosts import HostDeviceOrder, register_host_device, revoke_host_device
from app.checkins.operations.keys import make_keys, replace_keys
from app.checkins.operations.releases import release_seat
from app.checkins.operations.signs import post_sign, replace_sign
from app.checkins.records import Arrival
from app.checkins.schemas.reading import read as read_batch
from app.checkins.timing import Clocks

__all__ = [
    "Arrival",
    "Clocks",
    "HostDeviceOrder",
    "Introduction",
    "NewDisplay",
    "Outcome",
    "Receipt",
    "announce",
    "confirm_visit",
    "count_gone",
    "hear_display",
    "make_display",
    "make_keys",
    "post_sign",
    "read_batch",
    "record_batch",
    "record_host_batch",
    "register_device",
    "register_host_device",
    "release_seat",
    "replace_keys",
    "replace_sign",
    "revoke_device",
    "revoke_display",
    "revoke_host_device",
    "settle_charge",
]
