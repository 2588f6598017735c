"""What is known about spaces, and who acts for them."""

from app.spaces.queries.broken import DefectFacts, defect_photo, defects
from app.spaces.queries.closures import ClosureFacts, closures
from app.spaces.queries.days import next_open_day
from app.spaces.queries.directory import (
    Closed,
    Directory,
    Opening,
    SeatFacts,
    SpaceFacts,
    UnknownSpace,
    current_state,
    directory,
    known_space,
    shown,
)
from app.spaces.queries.doors import DoorFacts, door_of, doors_of
from app.spaces.queries.holidays import holiday
from app.spaces.queries.hosting import HostedSpace, hosted, hosted_space
from app.spaces.queries.keeping import SAFETY, acts_for_operator, kept_space, operator, seats
from app.spaces.queries.photos import PhotoFacts, photo_content, photos

__all__ = [
    "SAFETY",
    "Closed",
    "ClosureFacts",
    "DefectFacts",
    "Directory",
    "DoorFacts",
    "HostedSpace",
    "Opening",
    "PhotoFacts",
    "SeatFacts",
    "SpaceFacts",
    "UnknownSpace",
    "acts_for_operator",
    "closures",
    "current_state",
    "defect_photo",
    "defects",
    "directory",
    "door_of",
    "doors_of",
    "holiday",
    "hosted",
    "hosted_space",
    "kept_space",
    "known_space",
    "next_open_day",
    "operator",
    "photo_content",
    "photos",
    "seats",
    "shown",
]
