"""What people change about themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Update, update

from app import transaction
from app.audit import steps as audit
from app.errors import N_, DomainError
from app.extensions import db
from app.messages import steps as messages
from app.people import forms, queries, steps
from app.people.models import Person


class AddressKnown(DomainError):
    """The address is the person's own already."""

    code = "address_known"
    message = N_("Mit dieser Adresse kannst du dich schon anmelden.")


class TooManyAddresses(DomainError):
    """The person has as many addresses as allowed."""

    code = "too_many_addresses"
    message = N_("Mehr als 10 Adressen gehen nicht. Entfern zuerst eine, die du nicht mehr brauchst.")


ADDRESSES = 10


@transaction.write
def rename(*, person_id: int, name: str) -> None:
    """Change a person's name. Refuses: `InvalidInput`, `NotFound`."""
    typed = forms.name(name)
    steps.lock(person_id)
    db.session.execute(_person(person_id).values(name=typed))


@transaction.write
def choose_language(*, person_id: int, language: str) -> None:
    """Change the language of a person's mails and pages. Refuses: `InvalidInput`, `NotFound`."""
    chosen = forms.language(language)
    steps.lock(person_id)
    db.session.execute(_person(person_id).values(language=chosen))


def _person(person_id: int) -> Update:
    return update(Person).where(Person.id == person_id).execution_options(synchronize_session=False)


@transaction.write
def ask_for_address(*, person_id: int, email: str, secret: str, now: datetime) -> None:
    """Send a code to an address that shall also sign a person in.

    An address of somebody else gets its mail too: the page must not tell who is known here.

    Refuses: `InvalidInput`, `NotFound`, `AddressKnown`, `TooManyAddresses`, `TooManyCodes`, `TooManyAskers`.
    """
    wanted = forms.email(email)
    person = steps.lock(person_id)
    own = queries.addresses(person_id)
    if wanted in {address.email for address in own}:
        raise AddressKnown
    if len(own) >= ADDRESSES:
        raise TooManyAddresses
    code = steps.issue_code(wanted, person_id=person_id, secret=secret, now=now)
    payload = {"name": person.name, "code": code, "minutes": steps.CODE_MINUTES, "email": wanted}
    messages.write(messages.Draft("address_code", person_id, wanted, person.language, payload), now=now)


@transaction.write
def add_address(*, person_id: int, proof: steps.Proof, now: datetime) -> DomainError | None:
    """Let a proved address sign a person in, and tell the older addresses.

    The try counts, right or wrong, so these refusals are returned and committed: `WrongCode`, `CodeSpent`.

    Refuses: `InvalidInput`, `NotFound`, `TooManyAddresses`, `AddressTaken`.
    """
    typed = forms.proof(proof)
    person = steps.lock(person_id)
    refusal = steps.try_code(typed, person_id=person_id, now=now)
    if refusal is not None:
        return refusal
    older = queries.addresses(person_id)
    if len(older) >= ADDRESSES:
        raise TooManyAddresses
    steps.add_address(person_id, typed.email, now=now)
    payload = {"name": person.name, "email": typed.email}
    for address in older:
        messages.write(messages.Draft("address_added", person_id, address.email, person.language, payload), now=now)
    subject = ("person", person.public_id)
    audit.record(actor=person.public_id, action="add_address", subject=subject, detail={}, now=now)
    return None
