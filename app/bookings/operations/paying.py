"""When a programme ends before a booking: tell the person, let them choose another payer, cancel what nobody pays."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import update

from app import i18n, transaction
from app.bookings import models, queries, steps
from app.bookings.models import RELEASED, RESERVED, SETTLED, Booking
from app.bookings.operations.changing import BookingOver
from app.errors import N_, DomainError
from app.extensions import execute, table
from app.funding import queries as funding
from app.funding import steps as accounts
from app.funding.models import PAYER_CHANGED
from app.funding.queries import SELF, Payer
from app.people import steps as people
from app.spaces import queries as spaces

REASON = N_("%(name)s zahlt nur bis zum %(day)s, und drei Tage vorher war noch nicht gewählt, wer sonst zahlt.")
PERSON = "person"


class AlreadySettled(DomainError):
    """What the booking costs is paid already."""

    code = "already_settled"
    message = N_("Dieser Tag ist schon abgerechnet. Wer zahlt, lässt sich nicht mehr ändern.")


class PayerFixed(DomainError):
    """Cancelling would cost the payer by now."""

    code = "payer_fixed"
    message = N_(
        "Seit 18 Uhr am Vortag steht fest, wer zahlt. Lass es dabei, oder sag die Buchung ab, wenn du nicht kommst."
    )


@transaction.write
def change_payer(*, booking_uuid: uuid.UUID, payer: str, person_id: int, now: datetime) -> None:
    """Let somebody else pay for a booking: what was reserved is given back and the new payer's share is reserved.

    The order of locks: the day, the person, the booking, the accounts by id. The worker, who settles, locks the booking
    too: else both payers would pay. Doing so twice is doing so once.
    Refuses: `UnknownBooking`, `BookingOver`, `AlreadySettled`, `PayerFixed`, `UnknownPayer`, `UsedUp`; all stays then.
    """
    known = queries.booking_of(person_id, booking_uuid)
    steps.lock_days([(known.date, known.space_id)])
    people.lock(person_id)
    steps.lock(known.id)
    booking = queries.booking_of(person_id, booking_uuid)
    if not booking.is_open or booking.ends_at <= now:
        raise BookingOver
    if booking.charge == SETTLED:
        raise AlreadySettled
    if payer == (booking.payer or SELF):
        return
    if queries.is_payer_fixed(booking, now=now):
        raise PayerFixed

    def find() -> Payer | None:
        return funding.choose(funding.payers(queries.service_of(booking)), payer)

    wanted = find()
    if wanted is None:
        raise steps.UnknownPayer
    chosen = accounts.take_over(wanted, find, accounts.Why(booking.uuid, PAYER_CHANGED, PERSON), now=now)
    if chosen is None:
        raise steps.UsedUp
    # The person pays on site: what somebody else had reserved is released.
    released = None if booking.payer is None else RELEASED
    kept = {"payer": chosen.key, "charge": RESERVED if chosen.parts else released}
    bookings = table(Booking)
    execute(update(bookings).where(bookings.c.id == booking.id).values(payer_ended_at=None, **kept))


@transaction.write
def tell_payer_ends(*, person_id: int, now: datetime) -> int:
    """Tell a person once which of their bookings lie beyond the end of a programme. Returns how many.

    Refuses: `NotFound`.
    """
    person = people.lock(person_id)
    found = queries.untold(person_id, now)
    if found:
        known = spaces.directory().by_id
        with i18n.speaking(person.language):
            steps.tell_payer_ends([(each, known[each.space_id]) for each in found], person, now=now)
        bookings = table(Booking)
        ids = [each.id for each in found]
        execute(update(bookings).where(bookings.c.id.in_(ids)).values(payer_ended_at=now))
    return len(found)


@transaction.write
def cancel_unpaid(*, booking_id: int, now: datetime) -> bool:
    """Cancel a booking that nobody pays three days before it, and tell the person. Returns whether it was still due.

    Refuses: `UnknownBooking`.
    """
    booking = queries.booking_by_id(booking_id)
    steps.lock_days([(booking.date, booking.space_id)])
    due = queries.unpaid_booking(booking_id, now)
    if due is None:
        return False
    person = people.lock(due.person_id)
    due = queries.unpaid_booking(booking_id, now)
    if due is None:  # another payer was chosen in this moment
        return False
    steps.end([booking_id], reason=models.UNPAID, now=now)
    space = spaces.directory().by_id[due.space_id]
    with i18n.speaking(person.language):
        day = i18n.format_day(due.ends_on, i18n.gettext("d. MMMM y"))
        reason = i18n.gettext(REASON, name=due.programme, day=day)
        steps.tell_called_off(booking, person, space, reason, now=now)
    steps.note_ended([booking], person, actor="worker", now=now)
    return True
