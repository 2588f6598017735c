"""Spaces with their seats and hours, and who acts for them."""

from app.spaces.models.acting import Application, Defect, Door, Host
from app.spaces.models.houses import Closure, Hours, Operator, Photo, Seat, Space

__all__ = ["Application", "Closure", "Defect", "Door", "Host", "Hours", "Operator", "Photo", "Seat", "Space"]
