"""How people get in. None of it is public: whoever asks here decides who sees it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.extensions import table
from app.spaces.models import Door
from app.statements import Prepared


@dataclass(frozen=True, slots=True)
class DoorFacts:
    """How people get into a space. `kind` is none, code or webhook."""

    space_id: int
    kind: str
    code: str | None
    hint: str | None
    url: str | None
    secret: str | None
    wifi_name: str | None
    wifi_password: str | None
    emergency_contact: str | None

    @property
    def opens(self) -> bool:
        """Whether it opens at the press of a button."""
        return self.kind == "webhook" and self.url is not None and self.secret is not None

    @property
    def is_told(self) -> bool:
        """Whether there is anything to tell somebody who comes."""
        return self.opens or any((self.kind == "code" and self.code, self.hint, self.wifi_name, self.emergency_contact))

    def told(self) -> dict[str, str | bool | None]:
        """Return what somebody who comes may know."""
        return {
            "code": self.code if self.kind == "code" else None,
            "hint": self.hint,
            "opens": self.opens,
            "wifi_name": self.wifi_name,
            "wifi_password": self.wifi_password,
            "emergency_contact": self.emergency_contact,
        }


_doors = table(Door).c
_DOORS = Prepared(
    select(*(_doors[name] for name in DoorFacts.__dataclass_fields__)).where(
        _doors.space_id.in_(bindparam("space_ids", expanding=True))
    )
)


def doors_of(space_ids: Collection[int]) -> dict[int, DoorFacts]:
    """Return the doors of these spaces by space id; many have none."""
    rows = _DOORS.rows({"space_ids": list(space_ids)}) if space_ids else []
    return {row.space_id: DoorFacts(*row) for row in rows}


def door_of(space_id: int) -> DoorFacts:
    """Return the door of a space; one that nobody described opens in no way that we know."""
    return doors_of([space_id]).get(space_id) or DoorFacts(space_id, "none", *(None,) * 7)
