"""Keep what is known about spaces, and say who looks after them."""

from app.spaces.operations.facts import OperatorDraft, PlaceDraft, change_operator, change_place, change_safety
from app.spaces.operations.hosts import UnknownOperator, appoint_host
from app.spaces.operations.importing import Imported, import_spaces

__all__ = [
    "Imported",
    "OperatorDraft",
    "PlaceDraft",
    "UnknownOperator",
    "appoint_host",
    "change_operator",
    "change_place",
    "change_safety",
    "import_spaces",
]
