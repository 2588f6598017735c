"""Something is broken: say so, and settle it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from app import transaction
from app.errors import N_, DomainError, InvalidInput, NotFound
from app.extensions import db
from app.messages import steps as messages
from app.spaces import steps
from app.spaces.models import Defect
from app.spaces.queries import broken
from app.spaces.queries.directory import directory

# As many a day: hosts shall hear of what is broken, not of somebody who is angry.
A_DAY = 5
LONGEST = 500


class EnoughSaid(DomainError):
    """The person has said a lot today."""

    code = "enough_said"
    status = 429
    message = N_("Du hast heute schon fünfmal etwas gemeldet. Ruf bitte den Ort an oder melde es morgen.")


class NobodyListens(DomainError):
    """The space has no host who would hear of it."""

    code = "nobody_listens"
    message = N_("Für diesen Ort gibt es hier noch keinen Gastgeber, der das lesen würde. Sag es bitte vor Ort.")


@transaction.write
def report_defect(*, slug: str, person_id: int, text: str, photo: bytes | None, now: datetime) -> None:
    """Tell the hosts of a space that something is broken. `photo` was made anew by `steps.picture_of`.

    Hosts are not told who said so. Refuses: `UnknownSpace`, `InvalidInput`, `EnoughSaid`, `NobodyListens`.
    """
    space = directory().space(slug)
    if not text.strip():
        raise InvalidInput({"text": N_("Sag in ein paar Worten, was kaputt ist.")})
    if len(text) > LONGEST:
        raise InvalidInput({"text": N_("Das ist zu lang. Höchstens 500 Zeichen.")})
    if broken.said_since(person_id, now - timedelta(days=1)) >= A_DAY:
        raise EnoughSaid
    listeners = broken.listeners(space.id)
    if not listeners:
        raise NobodyListens
    values = {"space_id": space.id, "person_id": person_id, "text": text.strip(), "photo": photo, "made_at": now}
    db.session.execute(insert(Defect).values(values))
    for host in listeners:
        place = {"slug": space.slug, "name": space.name}
        payload = {"name": host.name, "space": place, "text": text.strip(), "has_photo": photo is not None}
        draft = messages.Draft("defect_reported", host.person_id, host.email, host.language, payload)
        messages.write(draft, now=now)


@transaction.write
def settle_defect(*, slug: str, person_id: int, defect_id: int, now: datetime) -> None:
    """Note that something is mended; doing so twice is doing it once. Its photo goes.

    Refuses: `UnknownSpace`, `NotFound` (also for another space's).
    """
    kept = steps.lock_hosted(slug, person_id)
    is_it = (Defect.id == defect_id, Defect.space_id == kept.space.id)
    settled = db.session.execute(
        update(Defect)
        .where(*is_it, Defect.settled_at.is_(None))
        .values(settled_at=now, photo=None)
        .execution_options(synchronize_session=False)
    )
    if settled.rowcount:  # type: ignore[attr-defined]
        steps.write_down(kept, "settle_defect", {"defect": defect_id}, now=now)
    elif db.session.execute(select(Defect.id).where(*is_it)).first() is None:
        raise NotFound
