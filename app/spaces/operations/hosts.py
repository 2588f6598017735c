"""Say who looks after which space, and hand it over."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import select

from app import transaction
from app.audit import steps as audit
from app.errors import N_, DomainError, InvalidInput, NotFound
from app.extensions import db
from app.people import queries as people
from app.places import steps as places
from app.spaces import steps
from app.spaces.models import Host, Operator, Space
from app.spaces.queries import applying, hosting, keeping
from app.spaces.queries.directory import UnknownSpace
from app.spaces.steps import Kept

# Stops the devices that a person set up for spaces: person, spaces, public id of who acts, now.
Stop = Callable[[int, Collection[int], str, datetime], object]


class UnknownOperator(DomainError):
    """There is no operator of that slug."""

    code = "unknown_operator"
    status = 404
    message = N_("Einen Betreiber {slug} kennen wir nicht. Bekannt sind: {known}.")


@transaction.write
def appoint_host(*, email: str, operator: str, now: datetime) -> bool:
    """Let the person at `email` act for all spaces of an operator. Returns whether that is new.

    Refuses: `UnknownOperator`, `InvalidInput` when `email` is no address.
    """
    ids = {known.slug: known.id for known in db.session.scalars(select(Operator))}
    if operator not in ids:
        raise UnknownOperator(slug=operator, known=", ".join(sorted(ids)) or "–")
    person_id = places.somebody_who_acts(email, now=now)
    mine = select(Host.id).where(Host.person_id == person_id, Host.operator_id == ids[operator])
    if db.session.scalar(mine) is not None:
        return False
    db.session.add(Host(person_id=person_id, operator_id=ids[operator], made_at=now))
    detail = {"person": person_id}
    audit.record(actor="shell", action="appoint_host", subject=("operator", operator), detail=detail, now=now)
    return True


class LastHost(DomainError):
    """A space would have nobody left."""

    code = "last_host"
    message = N_("Dann wäre niemand mehr für den Ort da. Nenn zuerst jemanden, der weitermacht.")


class AlreadyHost(DomainError):
    """Whoever is named acts for the space already."""

    code = "already_host"
    message = N_("Diese Person kümmert sich hier schon.")


class NotYours(DomainError):
    """Who acts for one space only does not decide about those who act for all spaces of its operator."""

    code = "not_yours"
    status = 403
    message = N_("Diese Person kümmert sich um alle Orte des Betreibers. Das ändern nur andere, die das auch tun.")


@transaction.write
def name_host(*, slug: str, person_id: int, email: str, is_for_all: bool, now: datetime) -> None:
    """Let the person at `email` act for a space, or for all spaces of its operator, and tell them.

    Refuses: `UnknownSpace`, `NotYours`, `AlreadyHost`, `InvalidInput` when `email` is no address.
    """
    kept = _locked(slug, person_id)
    if is_for_all and not keeping.acts_for_operator(person_id, kept.space.operator_id):
        raise NotYours
    operator_id = kept.space.operator_id
    same = Host.operator_id == operator_id if is_for_all else hosting.acting_for(kept.space.id, operator_id)
    known = people.find_by_email(email)
    if known is not None and db.session.scalar(select(Host.id).where(Host.person_id == known, same)) is not None:
        raise AlreadyHost
    _name(kept, email, is_for_all=is_for_all, now=now)


@transaction.write
def name_first_host(*, slug: str, person_id: int, email: str, now: datetime) -> None:
    """Let the person at `email` act for a space that nobody looks after, and tell them: an officer of its town may.

    Refuses: `UnknownSpace`, also when it has a host or lies elsewhere, `InvalidInput` when `email` is no address.
    """
    found = next((each for each in applying.without_host(person_id) if each.slug == slug), None)
    if found is None:
        raise UnknownSpace
    kept = Kept(steps.lock_space(found.id), steps.public_id(person_id))
    if db.session.scalar(select(Host.id).where(hosting.acting_for(found.id, found.operator_id)).limit(1)) is not None:
        raise UnknownSpace  # somebody was named while this one waited for the lock
    _name(kept, email, is_for_all=False, now=now)


@transaction.write
def remove_host(*, slug: str, person_id: int, host_id: int, stop: Stop, now: datetime) -> None:
    """Let somebody no longer act for a space, and tell them. Devices that they set up stop.

    Refuses: `UnknownSpace`, `NotFound`, `NotYours`, `LastHost`.
    """
    kept = _locked(slug, person_id)
    host = _host(kept.space, host_id)
    if host.operator_id is not None and not keeping.acts_for_operator(person_id, host.operator_id):
        raise NotYours
    _remove(kept, host, stop, now=now)
    if host.person_id != person_id:
        payload = {"space": {"slug": slug, "name": kept.space.name}, "is_named": False}
        steps.tell(host.person_id, "host_named", payload, now=now)


@transaction.write
def hand_over(*, slug: str, person_id: int, email: str, stop: Stop, now: datetime) -> None:
    """Let the person at `email` act instead of oneself, for all that one acts for here. One's own devices stop.

    Refuses: `UnknownSpace`, `LastHost`, `InvalidInput` when `email` is no address, or one of one's own.
    """
    kept = _locked(slug, person_id)
    if people.find_by_email(email) == person_id:  # else one would leave without anybody in one's place
        raise InvalidInput({"successor": N_("Das ist deine eigene Adresse. Nenn die Person, die weitermacht.")})
    scopes = hosting.acting_for(kept.space.id, kept.space.operator_id)
    own = db.session.scalars(select(Host).where(Host.person_id == person_id, scopes).order_by(Host.id)).all()
    for host in own:
        _name(kept, email, is_for_all=host.operator_id is not None, now=now)
    for host in own:
        _remove(kept, host, stop, now=now)


def _locked(slug: str, person_id: int) -> Kept:
    """Lock a space and its operator, so that two hosts cannot remove each other at once."""
    kept = steps.lock_hosted(slug, person_id)
    if kept.space.operator_id is not None:
        db.session.execute(select(Operator.id).where(Operator.id == kept.space.operator_id).with_for_update())
    hosting.hosted_space(person_id, slug)  # somebody may have removed this one while it waited for the lock
    return kept


def _host(space: Space, host_id: int) -> Host:
    host = db.session.scalars(
        select(Host).where(Host.id == host_id, hosting.acting_for(space.id, space.operator_id))
    ).one_or_none()
    if host is None:
        raise NotFound
    return host


def _name(kept: Kept, email: str, *, is_for_all: bool, now: datetime) -> None:
    newcomer = places.somebody_who_acts(email, now=now)
    scope = {"operator_id": kept.space.operator_id} if is_for_all else {"space_id": kept.space.id}
    if db.session.scalar(select(Host.id).filter_by(person_id=newcomer, **scope)) is not None:
        return
    db.session.add(Host(person_id=newcomer, made_at=now, **scope))
    steps.write_down(kept, "name_host", {"person": newcomer, "is_for_all": is_for_all}, now=now)
    payload = {"space": {"slug": kept.space.slug, "name": kept.space.name}, "is_named": True}
    steps.tell(newcomer, "host_named", payload, now=now)


def _remove(kept: Kept, host: Host, stop: Stop, *, now: datetime) -> None:
    db.session.delete(host)
    db.session.flush()
    whose = Space.id == host.space_id if host.space_id else Space.operator_id == host.operator_id
    left = []
    for space in db.session.scalars(select(Space).where(whose, Space.state != "applied")):
        scope = hosting.acting_for(space.id, space.operator_id)
        staying = db.session.scalars(select(Host.person_id).where(scope)).all()
        if not staying:
            raise LastHost
        if host.person_id not in staying:
            left.append(space.id)
    stop(host.person_id, left, kept.actor, now)
    detail = {"person": host.person_id, "is_for_all": host.operator_id is not None}
    # The short session stays until the night sees for whom else they act.
    steps.write_down(kept, "remove_host", detail, now=now)
