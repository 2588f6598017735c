"""Somebody offers a space; an officer approves it, asks back or declines. Until then it is not public."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from app import transaction
from app.audit import steps as audit
from app.errors import N_, DomainError, InvalidInput
from app.extensions import db
from app.people.models import Person
from app.places import queries as places
from app.places import steps as place_steps
from app.spaces import steps
from app.spaces.models import Application, Host, Operator, Space
from app.spaces.operations.facts import OperatorDraft, PlaceDraft
from app.spaces.queries import applying, keeping
from app.spaces.queries.applying import ApplicationFacts, UnknownApplication

MOST_OPEN = 5


@dataclass(frozen=True)
class OfferDraft:
    """A space as somebody offers it: a new operator, or the id of one that the person acts for."""

    town_ags: str
    place: PlaceDraft
    operator: OperatorDraft | None
    operator_id: int | None
    note: str | None


class TooManyOffers(DomainError):
    """So many wait at once for one person at most."""

    code = "too_many_offers"
    message = N_("Du hast schon 5 Anträge offen. Warte, bis die Fachstelle über einen davon entschieden hat.")


class AlreadyDecided(DomainError):
    """Somebody decided before."""

    code = "already_decided"
    message = N_("Über diesen Antrag ist schon entschieden. Lade die Seite neu.")


class ApplicantGone(DomainError):
    """Whoever offered the space has no account any more, so nobody would look after it."""

    code = "applicant_gone"
    message = N_("Wer den Ort angeboten hat, ist nicht mehr da. Du kannst den Antrag nur noch ablehnen.")


@transaction.write
def offer_space(*, person_id: int, draft: OfferDraft, now: datetime) -> str:
    """Store a space that is not public yet and tell the officers of its town, or else of the county.

    Returns the slug. Refuses: `TooManyOffers`, `InvalidInput` (unknown town, an operator of others).
    """
    db.session.execute(update(Person).where(Person.id == person_id).values(version=Person.version + 1))  # one at a time
    mine = (Application.person_id == person_id, Application.state.in_(applying.OPEN))
    if (db.session.scalar(select(func.count()).where(*mine)) or 0) >= MOST_OPEN:
        raise TooManyOffers
    space = Space(slug=_free_slug(Space, draft.place.name), state="applied", **_facts(draft))
    space.operator_id = _operator(person_id, draft)
    db.session.add(space)
    db.session.flush()
    db.session.add(Application(space_id=space.id, person_id=person_id, state="sent", note=draft.note, made_at=now))
    db.session.flush()
    _send(space, person_id, draft.town_ags, "offer_space", now)
    return space.slug


@transaction.write
def offer_again(*, person_id: int, slug: str, draft: OfferDraft, now: datetime) -> None:
    """Change an offer that is not decided, usually after a question, and send it again.

    Refuses: `UnknownApplication`, `AlreadyDecided`, `InvalidInput` (unknown town).
    """
    found = applying.own_application(person_id, slug)
    space, application = _locked(found)
    for name, value in _facts(draft).items():
        setattr(space, name, value)
    if draft.operator is None or keeping.acts_for_operator(person_id, space.operator_id):
        space.operator_id = _operator(person_id, draft)
    else:  # it came with the offer, and nobody else knows it
        operator = db.session.get_one(Operator, space.operator_id)
        operator.name = draft.operator.legal_name
        for name, value in asdict(draft.operator).items():
            setattr(operator, name, value)
    application.state, application.note = "sent", draft.note
    db.session.flush()
    _send(space, person_id, draft.town_ags, "offer_again", now)


@transaction.write
def ask_back(*, slug: str, person_id: int, question: str, now: datetime) -> None:
    """Ask whoever offers a space for something. Refuses: `UnknownApplication`, `AlreadyDecided`."""
    found = applying.application_before(person_id, slug)
    _, application = _locked(found)
    application.state, application.question = "asked", question
    _answer(found, "asked", question, person_id, now)


@transaction.write
def decline(*, slug: str, person_id: int, reason: str, now: datetime) -> None:
    """Say no, and why. Refuses: `UnknownApplication`, `AlreadyDecided`."""
    found = applying.application_before(person_id, slug)
    _, application = _locked(found)
    application.state, application.question, application.decided_at = "declined", reason, now
    _answer(found, "declined", reason, person_id, now)


@transaction.write
def approve(*, slug: str, person_id: int, now: datetime) -> None:
    """Make a space public; whoever offered it becomes host of its operator.

    Refuses: `UnknownApplication`, `AlreadyDecided`, `ApplicantGone`.
    """
    found = applying.application_before(person_id, slug)
    space, application = _locked(found)
    if application.person_id is None:
        raise ApplicantGone
    application.state, application.question, application.decided_at = "approved", None, now
    space.state = "open"
    space.version += 1
    if not keeping.acts_for_operator(application.person_id, space.operator_id):
        db.session.add(Host(person_id=application.person_id, operator_id=space.operator_id, made_at=now))
    host = Person.id == application.person_id
    db.session.execute(update(Person).where(host).values(acts_for_others=True))
    _answer(found, "approved", None, person_id, now)


def _facts(draft: OfferDraft) -> dict[str, Any]:
    town = places.town_by_ags(draft.town_ags)
    if town is None:
        raise InvalidInput({"town": N_("Wähl bitte die Kommune aus der Liste.")})
    return {"town_id": town.id, **asdict(draft.place)}


def _operator(person_id: int, draft: OfferDraft) -> int:
    """Return the operator's id: that of an own one, or of a new one."""
    if draft.operator_id is not None and keeping.acts_for_operator(person_id, draft.operator_id):
        return draft.operator_id
    if draft.operator is None:
        raise InvalidInput({"operator": N_("Wähl bitte einen Betreiber aus der Liste.")})
    name = draft.operator.legal_name
    operator = Operator(slug=_free_slug(Operator, name), name=name, **asdict(draft.operator))
    db.session.add(operator)
    db.session.flush()
    return operator.id


def _free_slug(model: type[Space | Operator], name: str) -> str:
    """Return the slug of a name, with a number behind it when it is taken."""
    wanted = place_steps.slug_of(name)[:50].rstrip("-")
    wanted = wanted or "ort"
    taken = set(db.session.scalars(select(model.slug).where(model.slug.startswith(wanted))))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)


def _locked(found: ApplicationFacts) -> tuple[Space, Application]:
    """Lock an application and its space. Refuses: `AlreadyDecided`."""
    space = steps.lock_space(found.space_id)
    row = select(Application).where(Application.space_id == found.space_id)
    application = db.session.scalars(row.execution_options(populate_existing=True)).one_or_none()
    if application is None:
        raise UnknownApplication
    if application.state not in applying.OPEN:
        raise AlreadyDecided
    return space, application


def _send(space: Space, person_id: int, ags: str, action: str, now: datetime) -> None:
    """Write down that something waits, and tell who decides."""
    subject, actor = ("space", space.slug), steps.public_id(person_id)
    audit.record(actor=actor, action=action, subject=subject, detail={"person": person_id}, now=now)
    town = places.town_by_ags(ags)
    payload = {"space": {"slug": space.slug, "name": space.name}, "town": town.name if town else None}
    for officer in applying.officers_of(ags):
        steps.tell(officer, "space_offered", {**payload, "is_again": action == "offer_again"}, now=now)


def _answer(found: ApplicationFacts, decision: str, text: str | None, officer: int, now: datetime) -> None:
    """Write down what an officer did, and tell whoever offers the space."""
    db.session.flush()
    action = {"asked": "ask_back", "declined": "decline_space", "approved": "approve_space"}[decision]
    detail = {"person": found.person_id, "text": text}
    subject, actor = ("space", found.slug), steps.public_id(officer)
    audit.record(actor=actor, action=action, subject=subject, detail=detail, now=now)
    if found.person_id is not None:
        payload = {"space": {"slug": found.slug, "name": found.space_name}, "decision": decision, "text": text}
        steps.tell(found.person_id, "offer_answered", payload, now=now)
