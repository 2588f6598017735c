"""What one person's phone needs to know to work without network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, func, select

from app import clock, i18n
from app.bookings import queries as bookings
from app.bookings.models import Booking
from app.bookings.queries import CARRIED, BookingFacts, Entrance, Paying, Replacement
from app.checkins import queries as checkins
from app.checkins.queries import CheckinFacts, Missing, SignHashes
from app.errors import N_
from app.extensions import db, table, unless_changed
from app.places.models import Town
from app.spaces.models import Space
from app.statements import Prepared

# Phones look back as far as check-ins are judged.
LOOKS_BACK = timedelta(days=14)

_spaces = table(Space).c
_towns = table(Town).c
_bookings = table(Booking).c


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A space as the phone shows it."""

    id: int
    slug: str
    name: str
    town: str
    address: str | None
    plz: str | None
    lat: float | None
    lon: float | None
    timezone: str
    arrival: str | None
    is_sample: bool


@dataclass(frozen=True)
class Snapshot:
    """All of it, read after the state that names it, so that a phone may have more than its name says, never less."""

    bookings: list[BookingFacts]
    places: list[PlaceFacts]
    signs: dict[int, SignHashes]
    checkins: list[CheckinFacts]
    passes: dict[UUID, str]
    replacements: dict[int, Replacement]
    entrances: dict[int, Entrance]
    paying: dict[int, Paying]
    resend_since: datetime | None
    missing: list[Missing]


_STATE = Prepared(
    select(
        func.count(),
        func.coalesce(func.sum(_spaces.version), 0),
        select(func.count())
        .where(
            _bookings.person_id == bindparam("person_id"),
            _bookings.ends_at > bindparam("since"),
            _bookings.starts_at <= bindparam("carried"),
        )
        .scalar_subquery(),
        *bookings.PAYING_STATE,
    ).where(
        _spaces.id.in_(
            select(_bookings.space_id).where(
                _bookings.person_id == bindparam("person_id"), _bookings.ends_at > bindparam("since")
            )
        )
    )
)


def state(person_id: int, *, now: datetime) -> tuple[int | date, ...]:
    """Return what changes with the spaces that the snapshot shows, the doors it tells, who pays, and with the days.

    The person has an own version. A door may be told up to an hour late: it is needed much later.
    """
    # A space that drops out of it with the hour may be shown a little longer: phones sort by time themselves.
    since = (now - LOOKS_BACK).replace(minute=0, second=0, microsecond=0)
    versions = unless_changed(("snapshot", person_id, since), partial(_versions, person_id, since))
    return *versions, clock.local_day(now, "Europe/Berlin")


def _versions(person_id: int, since: datetime) -> tuple[int, ...]:
    asked = {"person_id": person_id, "since": since, "carried": since + LOOKS_BACK + CARRIED}
    return tuple(int(each) for each in _STATE.row(asked))


def snapshot(person_id: int, signer: checkins.Signer, *, now: datetime) -> Snapshot:
    """Return all that the phone of a person keeps. `signer` makes the passes."""
    found = bookings.snapshot_bookings(person_id, now=now)
    space_ids = sorted({booking.space_id for booking in found})
    recent = checkins.recent_checkins(person_id, now=now)
    at_doors = _at_doors({booking.space_id: booking.space_version for booking in found})
    places = [at_doors[space_id][0] for space_id in space_ids]
    signs = {space_id: at_doors[space_id][1] for space_id in space_ids}
    passes = checkins.passes_of(found, signer, now=now)
    missing = checkins.missing_checkins(person_id, now=now)
    instead, entrances = bookings.replacements(found, now=now), bookings.entrances(found, now=now)
    since = checkins.resend_since(now=now)
    paying = bookings.paying(person_id, now=now) if found else {}
    return Snapshot(found, places, signs, recent, passes, instead, entrances, paying, since, missing)


def own_booking(person_id: int, named: bytes, *, now: datetime) -> UUID | None:
    """Return which of the bookings on a person's phone a pass names by the last 8 bytes of its uuid, if any."""
    kept = bookings.snapshot_bookings(person_id, now=now)
    return next((booking.uuid for booking in kept if booking.uuid.bytes[8:] == named), None)


AtDoor = tuple[PlaceFacts, SignHashes]
NO_SIGN = SignHashes((), ())
# A space and its signs by its id and version, which rises with both: colleagues' phones all ask for the same few.
_kept: WeakKeyDictionary[Engine, dict[tuple[int, int], AtDoor]] = WeakKeyDictionary()
MOST_KEPT = 2_000


def _at_doors(versions: dict[int, int]) -> dict[int, AtDoor]:
    """Return spaces and signs by space id, at least as new as these versions."""
    kept = _kept.setdefault(db.engine, {})
    found = {space_id: kept.get((space_id, version)) for space_id, version in versions.items()}
    missing = [space_id for space_id, known in found.items() if known is None]
    if missing:
        if len(kept) > MOST_KEPT:
            kept.clear()
        signs = checkins.sign_hashes(missing)
        for place in _places(missing):
            found[place.id] = kept[place.id, versions[place.id]] = place, signs.get(place.id, NO_SIGN)
    return {space_id: known for space_id, known in found.items() if known is not None}


_PLACES = Prepared(
    select(
        _spaces.id,
        _spaces.slug,
        _spaces.name,
        _towns.name,
        _spaces.address,
        _spaces.plz,
        _spaces.lat,
        _spaces.lon,
        _spaces.timezone,
        _spaces.arrival,
        _spaces.is_sample,
    )
    .join_from(table(Space), table(Town), _towns.id == _spaces.town_id)
    .where(_spaces.id.in_(bindparam("ids", expanding=True)))
    .order_by(_spaces.id)
)


def _places(space_ids: list[int]) -> list[PlaceFacts]:
    return [PlaceFacts(*row) for row in _PLACES.rows({"ids": space_ids})]


PAST_PAGE = 20
MOVED = N_("Auf einen anderen Tag oder eine andere Tageszeit verlegt.")
UNPAID = N_("Das Programm zahlt an diesem Tag nicht mehr, und es war nicht gewählt, wer sonst zahlt.")
SHUT = N_("Der Ort hatte geschlossen. Du zahlst dafür nichts.")
FREED = N_("Der Platz wurde freigegeben. Kommt in den 14 Tagen danach noch ein Check-in an, zählt er trotzdem.")


@dataclass(frozen=True, slots=True)
class Visit:
    """A booking that is over, in the space's own time. `state` is attended, missed, cancelled or unknown yet."""

    uuid: UUID
    date: date
    period: str
    space: PlaceFacts
    seat: dict[str, object]
    state: str
    checked_in_at: datetime | None
    reason: str | None


@dataclass(frozen=True)
class PastPage:
    """Some visits, newest first, and whether there are older ones."""

    visits: list[Visit]
    has_older: bool


def past(person_id: int, *, page: int, now: datetime) -> PastPage:
    """Return the given page (from 1) of a person's bookings whose time has passed."""
    found = bookings.past_bookings(person_id, now=now, skip=(page - 1) * PAST_PAGE, limit=PAST_PAGE + 1)
    shown = found[:PAST_PAGE]
    places = {place.id: place for place in _places(sorted({booking.space_id for booking in shown}))}
    came = checkins.arrivals([booking.id for booking in shown])
    visits = [_visit(booking, places[booking.space_id], came, now) for booking in shown]
    return PastPage(visits, len(found) > PAST_PAGE)


def _visit(booking: BookingFacts, place: PlaceFacts, came: Mapping[int, datetime | None], now: datetime) -> Visit:
    is_recent = now - booking.ends_at <= LOOKS_BACK
    came_at = came.get(booking.id)
    if booking.id in came:
        state = "attended"
    elif not booking.is_open:
        state = "cancelled"
    else:
        state = "unknown" if is_recent else "missed"
    return Visit(
        uuid=booking.uuid,
        date=booking.date,
        period=booking.period,
        space=place,
        seat={"number": booking.seat_number, "name": booking.seat_name},
        state=state,
        checked_in_at=came_at.astimezone(clock.zone(place.timezone)) if came_at and is_recent else None,
        reason=_reason(booking, state),
    )


def _reason(booking: BookingFacts, state: str) -> str | None:
    """Say more about a booking that nobody came to. What a release says of its person lasts until a check-in comes."""
    if state == "unknown" and booking.released_at is not None:
        return i18n.gettext(FREED)
    text = {"moved": MOVED, "closed": SHUT, "unpaid": UNPAID}.get(booking.ended_reason or "")
    return i18n.gettext(text) if text else None
