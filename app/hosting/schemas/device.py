"""What a host's device sends to be registered, and gets."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from app.api import PRINTED, Body

KEY_TEXT = 86  # 64 bytes in base64url


class DeviceIn(Body):
    """A device that is to record for a space."""

    device: Annotated[UUID, Field(description="made by the device; another one than its person's app has")]
    name: Annotated[str, Field(min_length=1, max_length=60, pattern=PRINTED)]
    public_key: Annotated[str | None, Field(description="P-256: x and y, 64 bytes in base64url without padding")] = None

    @field_validator("public_key")
    @classmethod
    def _is_key(cls, text: str | None) -> str | None:
        if text is not None and (len(text) != KEY_TEXT or len(_bytes(text)) != 64):
            raise ValueError
        return text


def key_of(body: DeviceIn) -> bytes | None:
    return _bytes(body.public_key) if body.public_key else None


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error


class TokenOut(BaseModel):
    """What the device shows from now on, as `Authorization: Bearer`."""

    token: str
