"""Keep what is known about spaces, and say who looks after them."""

from app.spaces.operations.applying import OfferDraft, approve, ask_back, decline, offer_again, offer_space
from app.spaces.operations.defects import EnoughSaid, NobodyListens, report_defect, settle_defect
from app.spaces.operations.doors import DoorDraft, NoWebhook, change_door, replace_door_secret
from app.spaces.operations.facts import OperatorDraft, PlaceDraft, change_operator, change_place, change_safety
from app.spaces.operations.hosts import (
    UnknownOperator,
    appoint_host,
    hand_over,
    name_first_host,
    name_host,
    remove_host,
)
from app.spaces.operations.hours import change_hours, pause, resume
from app.spaces.operations.importing import Imported, import_spaces
from app.spaces.operations.photos import MOST_PHOTOS, add_photo, describe_photo, remove_photo, show_photo_first
from app.spaces.operations.release import change_release
from app.spaces.operations.seats import (
    NoSuchSeat,
    SeatDraft,
    add_seats,
    change_prices,
    change_seat,
    restore_seat,
    retire_seat,
)

__all__ = [
    "MOST_PHOTOS",
    "DoorDraft",
    "EnoughSaid",
    "Imported",
    "NoSuchSeat",
    "NoWebhook",
    "NobodyListens",
    "OfferDraft",
    "OperatorDraft",
    "PlaceDraft",
    "SeatDraft",
    "UnknownOperator",
    "add_photo",
    "add_seats",
    "appoint_host",
    "approve",
    "ask_back",
    "change_door",
    "change_hours",
    "change_operator",
    "change_place",
    "change_prices",
    "change_release",
    "change_safety",
    "change_seat",
    "decline",
    "describe_photo",
    "hand_over",
    "import_spaces",
    "name_first_host",
    "name_host",
    "offer_again",
    "offer_space",
    "pause",
    "remove_host",
    "remove_photo",
    "replace_door_secret",
    "report_defect",
    "restore_seat",
    "resume",
    "retire_seat",
    "settle_defect",
    "show_photo_first",
]
