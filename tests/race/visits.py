"""What happened at the doors before a check-in race: the same events, made anew by every process that needs them.

Every visit has one booking. Guests with an even number have one phone; the others have two, both scan the same visit,
and one of them scans once more an hour later. Which of the two phones was first changes from visit to visit.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

IN, OUT = timedelta(minutes=5), timedelta(hours=3)
LATER, AGAIN = timedelta(seconds=30), timedelta(hours=1)
Event = dict[str, Any]


@dataclass(frozen=True)
class Guest:
    """Somebody with bookings: `starts` are the moments (ISO 8601, UTC) at which these begin, `code` what they scan."""

    number: int
    person: str
    cookie: str
    code: str
    starts: tuple[str, ...]

    @property
    def phones(self) -> list[str]:
        return [self._name(f"phone {number}") for number in range(1 + self.number % 2)]

    @property
    def plain(self) -> dict[str, Any]:
        return asdict(self)

    def events(self) -> dict[str, list[Event]]:
        """Return the events of each phone, in the order in which it made them."""
        made: dict[str, list[Event]] = {phone: [] for phone in self.phones}
        for day, start in enumerate(self.starts):
            begin = datetime.fromisoformat(start)
            order = self.phones[:: -1 if day % 2 else 1]
            for place, phone in enumerate(order):
                moments = [("check_in", begin + IN + place * LATER), ("check_out", begin + OUT + place * LATER)]
                if place:
                    moments.insert(1, ("check_in", begin + AGAIN))
                made[phone] += [self._event(phone, len(made[phone]) + n, *each) for n, each in enumerate(moments, 1)]
        return made

    def counted(self) -> set[str]:
        """Return the events that must count in the end: the earliest of each visit and kind."""
        first: dict[tuple[str, str], Event] = {}
        for events in self.events().values():
            for event in events:
                visit = event["captured_at"][:10], event["kind"]
                if visit not in first or event["captured_at"] < first[visit]["captured_at"]:
                    first[visit] = event
        return {event["id"] for event in first.values()}

    def _event(self, phone: str, seq: int, kind: str, at: datetime) -> Event:
        return {
            "id": self._name(f"{phone} {seq}"),
            "device": phone,
            "seq": seq,
            "kind": kind,
            "code": self.code,
            "booking": None,
            "captured_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "boot": f"of visit {seq}",
            "boot_ms": 5000,
            "last_server_time": None,
            "app_version": "0123456789ab",
            "schema": 1,
            "signature": None,
        }

    def _name(self, what: str) -> str:
        return str(uuid.uuid5(uuid.UUID(self.person), what))
