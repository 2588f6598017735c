"""The snapshot as JSON."""

from app.phone.schemas.shapes import SnapshotOut
from app.phone.schemas.writing import snapshot_out

__all__ = ["SnapshotOut", "snapshot_out"]
