"""How an installation of the app introduces itself."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app import api
from app.checkins import signing


def _is_key(text: str) -> str:
    signing.read_key(text)
    return text


class DeviceIn(api.Body):
    """The public half of the key that signs what the installation records, and what its person calls it."""

    public_key: Annotated[
        str, Field(max_length=100, description="P-256: x and y, 64 bytes in base64url"), AfterValidator(_is_key)
    ]
    name: Annotated[str | None, Field(max_length=60, pattern=api.PRINTED)] = None


class DeviceOut(api.Body):
    """The installation as it is known now."""

    device: UUID
    name: str | None
