"""Post and replace signs."""

from app.checkins.operations.signs import post_sign, replace_sign

__all__ = ["post_sign", "replace_sign"]
