"""What is known about spaces, and who acts for them."""

from app.spaces.queries.applying import (
    ApplicationFacts,
    UnknownApplication,
    application_before,
    applications_before,
    is_officer,
    offered_by,
    own_application,
    without_host,
)
from app.spaces.queries.broken import DefectFacts, defect_photo, defects, has_host
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
from app.spaces.queries.hosting import HostedSpace, HostFacts, hosted, hosted_space, hosts_of, slug_of
from app.spaces.queries.keeping import SAFETY, acts_for_operator, kept_space, operator, own_operators, seats
from app.spaces.queries.photos import PhotoFacts, photo_content, photos

__all__ = [
    "SAFETY",
    "ApplicationFacts",
    "Closed",
    "ClosureFacts",
    "DefectFacts",
    "Directory",
    "DoorFacts",
    "HostFacts",
    "HostedSpace",
    "Opening",
    "PhotoFacts",
    "SeatFacts",
    "SpaceFacts",
    "UnknownApplication",
    "UnknownSpace",
    "acts_for_operator",
    "application_before",
    "applications_before",
    "closures",
    "current_state",
    "defect_photo",
    "defects",
    "directory",
    "door_of",
    "doors_of",
    "has_host",
    "holiday",
    "hosted",
    "hosted_space",
    "hosts_of",
    "is_officer",
    "kept_space",
    "known_space",
    "next_open_day",
    "offered_by",
    "operator",
    "own_application",
    "own_operators",
    "photo_content",
    "photos",
    "seats",
    "shown",
    "slug_of",
    "without_host",
]
