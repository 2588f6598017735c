"""Writing the host's snapshot."""

from __future__ import annotations

import base64
from datetime import datetime

from app.bookings.queries import Free
from app.hosting.queries import Guest, KeyFacts, Notice, Snapshot, Week, Written
from app.spaces.queries import Closed, Opening, SpaceFacts

SCHEMA = 1


def snapshot_out(snapshot: Snapshot, *, with_names: bool, now: datetime) -> dict[str, object]:
    """Write the snapshot (shape: `HostSnapshotOut`); without names people are known by their initials."""
    opening = snapshot.opening
    return {
        "schema": SCHEMA,
        "server_time": _moment(now),
        "space": _place(snapshot.space),
        "day": snapshot.day.isoformat(),
        "hours": _hours(opening) if isinstance(opening, Opening) else None,
        "closed": opening.reason if isinstance(opening, Closed) else None,
        "note": opening.note if isinstance(opening, Closed) else None,
        "seats": [{"number": each.number, "name": each.name, "kind": each.kind} for each in snapshot.seats],
        "guests": [_guest(each, with_names=with_names) for each in snapshot.guests],
        "free": _free(snapshot.week[0].free),
        "week": [_day(each) for each in snapshot.week],
        "attention": [_notice(each, with_names=with_names) for each in snapshot.notices],
        "written": [_written(each) for each in snapshot.written],
        "keys": [_key(each) for each in snapshot.keys],
    }


def _place(space: SpaceFacts) -> dict[str, object]:
    return {"id": space.id, "slug": space.slug, "name": space.name, "timezone": space.timezone}


def initials(name: str) -> str:
    """Shorten a name to what two guests of a day can be told apart by: "Ana Beispiel" is "A. B.", "Gast 2" "G. 2"."""
    return " ".join(word if word.isdigit() else f"{word[0]}." for word in name.split())


def _hours(opening: Opening) -> dict[str, int]:
    return {"opens": opening.opens, "splits": opening.splits, "closes": opening.closes}


def _guest(guest: Guest, *, with_names: bool) -> dict[str, object]:
    def shown(name: str | None) -> str | None:
        return name if with_names or name is None else initials(name)

    came = guest.presence
    return {
        "booking": str(guest.booking),
        "pass": guest.pass_id.hex(),
        "name": shown(guest.name),
        "label": shown(guest.label),
        "seat": {"number": guest.seat_number, "name": guest.seat_name},
        "period": guest.period,
        "starts_at": _moment(guest.starts_at),
        "ends_at": _moment(guest.ends_at),
        "state": guest.state,
        "checked_in_at": _moment(came.checked_in_at) if came else None,
        "left_at": _moment(came.left_at) if came else None,
        "evidence": came.evidence if came else None,
        "is_late": bool(came and came.is_late),
        "ended": guest.ended,
    }


def _free(free: Free) -> dict[str, int | None]:
    return {"morning": free.morning, "afternoon": free.afternoon}


def _day(day: Week) -> dict[str, object]:
    return {
        "date": day.date.isoformat(),
        "closed": day.closed.reason if day.closed else None,
        "note": day.closed.note if day.closed else None,
        "booked": {"morning": day.booked[0], "afternoon": day.booked[1]},
        "free": _free(day.free),
    }


def _notice(notice: Notice, *, with_names: bool) -> dict[str, object]:
    name = notice.name if with_names or not notice.name else initials(notice.name)
    return {
        "kind": notice.kind,
        "booking": str(notice.booking) if notice.booking else None,
        "event": str(notice.event),
        "text": notice.text(name),
        "at": _moment(notice.at),
    }


def _written(written: Written) -> dict[str, object]:
    return {
        "event": str(written.event),
        "kind": written.kind,
        "booking": str(written.booking) if written.booking else None,
        "at": _moment(written.at),
    }


def _key(key: KeyFacts) -> dict[str, object]:
    return {
        "kid": key.kid,
        "key": base64.urlsafe_b64encode(key.public_key).decode().rstrip("="),
        "valid_from": _moment(key.valid_from),
        "retired_at": _moment(key.retired_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
