"""JSON: what a host's device sends to be registered, and its snapshot."""

from app.hosting.schemas.device import DeviceIn, TokenOut, key_of
from app.hosting.schemas.shapes import HostSnapshotOut
from app.hosting.schemas.writing import snapshot_out

__all__ = ["DeviceIn", "HostSnapshotOut", "TokenOut", "key_of", "snapshot_out"]
