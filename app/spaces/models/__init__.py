"""Spaces with their seats and hours, and who acts for them."""

from app.spaces.models.acting import Application, Defect, Door, Host
from app.spaces.models.houses import EXEMPT, FREE, SMALL, STANDARD, Closure, Hours, Operator, Photo, Seat, Space

__all__ = [
    "EXEMPT",
    "FREE",
    "SMALL",
    "STANDARD",
    "Application",
    "Closure",
    "Defect",
    "Door",
    "Host",
    "Hours",
    "Operator",
    "Photo",
    "Seat",
    "Space",
]
