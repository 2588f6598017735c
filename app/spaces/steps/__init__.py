"""Parts of a write that concern spaces and that upper packages share."""

from app.spaces.steps.forget import forget

__all__ = ["forget"]
