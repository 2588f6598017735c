"""The browsers that show somebody's messages, and what became of what was sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from app import transaction
from app.errors import N_, DomainError, NotFound
from app.extensions import db
from app.messages import steps as messages
from app.messages.models import Message
from app.messages.queries import TOPIC_OF, TRIAL, Claimed
from app.messages.steps import Draft, Outcome, Target
from app.people import steps as people
from app.reminders import queries
from app.reminders.models import PushSubscription

MOST = 10
# Whoever waits in front of the screen is answered long before; a trial that comes later would only surprise.
TRIAL_GOOD_FOR = timedelta(minutes=2)
MOST_TRIALS, TRIALS_IN = 10, timedelta(hours=1)


class TooManyTrials(DomainError):
    """Somebody tries their phone again and again."""

    code = "too_many_trials"
    status = 429
    message = N_("Du hast gerade oft probiert. Versuch es in einer Stunde noch einmal.")


class NotSubscribed(DomainError):
    """A browser asks for a trial, but we do not know it any more."""

    code = "not_subscribed"
    status = 409
    message = N_("Dieses Gerät ist nicht mehr angemeldet. Schalte die Hinweise aus und wieder ein.")


@transaction.write
def subscribe(*, person_id: int, target: Target, browser: str, now: datetime) -> None:
    """Keep where a browser takes messages. It shows those of one person: whoever allowed it last.

    At most ten for each person: one more replaces the one that has been quiet for longest. Refuses: `NotFound`.
    """
    people.lock(person_id)
    digest = queries.endpoint_digest(target.endpoint)
    row = {"endpoint": target.endpoint, "p256dh": target.p256dh, "auth": target.auth, "browser": browser}
    here = PushSubscription.digest == digest
    db.session.execute(delete(PushSubscription).where(here, PushSubscription.person_id != person_id))
    # Once more the same keeps its number, to which pushes may be on their way.
    again = update(PushSubscription).where(here).values(**row).returning(PushSubscription.id)
    if db.session.scalar(again) is not None:
        return
    used_at = func.coalesce(PushSubscription.sent_at, PushSubscription.made_at)
    own = select(PushSubscription.id).where(PushSubscription.person_id == person_id)
    surplus = db.session.scalars(own.order_by(used_at.desc(), PushSubscription.id.desc()).offset(MOST - 1)).all()
    db.session.execute(delete(PushSubscription).where(PushSubscription.id.in_(surplus)))
    db.session.execute(insert(PushSubscription).values(**row, digest=digest, person_id=person_id, made_at=now))


@transaction.write
def unsubscribe(*, person_id: int, endpoint: str) -> None:
    """Forget where a browser of this person takes messages; somebody else's is left alone."""
    own = (PushSubscription.person_id == person_id, PushSubscription.digest == queries.endpoint_digest(endpoint))
    db.session.execute(delete(PushSubscription).where(*own))


@transaction.write
def forget_phone(*, person_id: int, subscription_id: int) -> None:
    """Forget a browser that its person no longer has at hand. Refuses: `NotFound`."""
    own = (PushSubscription.person_id == person_id, PushSubscription.id == subscription_id)
    done = db.session.execute(delete(PushSubscription).where(*own).returning(PushSubscription.id))
    if done.one_or_none() is None:
        raise NotFound


@transaction.write
def try_push(*, person_id: int, endpoint: str, now: datetime) -> int:
    """Write a push to the browser that asks for it, and return its id. Refuses: `NotSubscribed`, `TooManyTrials`."""
    person = people.lock(person_id)
    digest = queries.endpoint_digest(endpoint)
    own = select(PushSubscription.id).where(PushSubscription.digest == digest, PushSubscription.person_id == person_id)
    subscription_id = db.session.scalar(own)
    if subscription_id is None:
        raise NotSubscribed
    lately = (Message.person_id == person_id, Message.kind == TRIAL, Message.made_at > now - TRIALS_IN)
    if (db.session.scalar(select(func.count(Message.id)).where(*lately)) or 0) >= MOST_TRIALS:
        raise TooManyTrials
    draft = Draft(TRIAL, person_id, "", person.language, {}, expires_at=now + TRIAL_GOOD_FOR)
    return messages.write_push(draft, subscription_id=subscription_id, now=now)


@transaction.write
def settle_pushes(*, results: Sequence[tuple[Claimed, Outcome]], worker: str, now: datetime) -> None:
    """Write down what became of claimed pushes, and forget browsers that take no more.

    What was for the last of them goes by mail instead, unless its person chose otherwise.
    """
    reached = [message.subscription_id for message, outcome in results if outcome.state == "sent"]
    gone = [message for message, outcome in results if outcome.state == "gone"]
    db.session.execute(update(PushSubscription).where(PushSubscription.id.in_(reached)).values(sent_at=now))
    ended = [message.subscription_id for message in gone]
    db.session.execute(delete(PushSubscription).where(PushSubscription.id.in_(ended)))
    instead = _by_mail(gone)
    for message, outcome in results:
        if message.id not in instead:
            messages.settle(message, outcome, worker=worker, now=now)
    turned = {"way": "mail", "subscription_id": None, "due_at": now, "tries": 0}
    mine = (Message.id.in_(instead), Message.claimed_by == worker)
    db.session.execute(update(Message).where(*mine).values(**turned, claimed_by=None, claimed_until=None))


def _by_mail(gone: Sequence[Claimed]) -> set[int]:
    """Return which of the messages that found no browser a mail stands in for, once for each message and person."""
    chosen = queries.chosen({message.person_id for message in gone if message.person_id is not None})
    found: dict[tuple[int | None, str, str], int] = {}
    for message in gone:
        person = chosen.get(message.person_id or 0)
        topic = TOPIC_OF.get(message.kind)
        if topic is None or person is None or person.phones:
            continue
        choice = person.ways.get(topic.name)
        by_mail, _ = topic.ways(choice, has_phone=False)
        was_mailed, _ = topic.ways(choice, has_phone=True)
        if by_mail and not was_mailed:
            found.setdefault((message.person_id, message.kind, message.made_at.isoformat()), message.id)
    return set(found.values())
