"""Moves on accounts: reserve, settle, release, correct. Steps change rows and never commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.funding.models import CORRECT, RELEASE, RESERVE, SETTLE
from app.funding.queries import Held, Part, Payer, given_back, holdings
from app.funding.steps.applying import NOTHING, Amount, Delta, Why, apply, lock_accounts
from app.funding.steps.opening import opened


def reserve(payer: Payer, why: Why, *, now: datetime) -> None:
    """Take what a payer gives for a new booking. Begins the operation anew when somebody else took it meanwhile."""
    deltas = [
        Delta(opened(part.candidate, now=now), RESERVE, 0, given(part), NOTHING, promised(part)) for part in payer.parts
    ]
    if deltas:
        apply(deltas, why, now=now)


def take_over(payer: Payer, find: Callable[[], Payer | None], why: Why, *, now: datetime) -> Payer | None:
    """Let another payer pay for a booking: give back what is reserved for it, and take what the new one gives.

    All accounts are locked in the order of their ids, before anything changes. `find` looks for the payer again once
    what was reserved is free; None when it gives too little then, and the transaction must end without a change. An
    account that the booking left before takes it back by a correction: each is reserved once.
    """
    before = [held.account_id for held in holdings(why.booking)]
    lock_accounts([*before, *(opened(part.candidate, now=now) for part in payer.parts)])
    _move(why, _free, now=now)
    chosen = find()
    if chosen is None or chosen.lacks is not None:
        return None
    entries = {held.account_id: held.entries for held in holdings(why.booking)}
    ids = [opened(part.candidate, now=now) for part in chosen.parts]

    def kind(account: int) -> str:
        return CORRECT if account in entries else RESERVE

    deltas = [
        Delta(account, kind(account), entries.get(account, 0), given(part), NOTHING, promised(part))
        for account, part in zip(ids, chosen.parts, strict=True)
    ]
    if deltas:
        apply(deltas, why, now=now)
    return chosen


def given(part: Part) -> Amount:
    return part.units, part.cents


def promised(part: Part) -> tuple[bool, bool]:
    """Return what cancelling late and not coming will cost, whatever the quota says by then."""
    return part.candidate.pays_late, part.candidate.pays_no_show


def settle(why: Why, *, now: datetime) -> bool:
    """Make what is reserved for a booking used. Returns whether anything was reserved."""
    return _move(why, _used, now=now)


def let_go(why: Why, *, is_late: bool, now: datetime) -> bool:
    """Give back what is reserved for a booking that ended; what ended late is used where the quota says so.

    Returns whether anything was used.
    """
    return _move(why, lambda held: _used(held) if is_late and held.pays_late else _free(held), now=now)


def decide_absence(why: Why, *, now: datetime) -> bool:
    """Use or give back what is reserved for somebody who never came, as each quota says.

    Returns whether anything was used.
    """
    return _move(why, lambda held: _used(held) if held.pays_no_show else _free(held), now=now)


def reserve_again(why: Why, *, now: datetime) -> None:
    """Correct: what counted as used is only reserved."""
    _move(why, lambda held: (CORRECT, held.settled, _minus(held.settled)), now=now)


def take_again(why: Why, *, now: datetime) -> None:
    """Correct: what a booking's end gave back is used, for its person had come before.

    Begins the operation anew when others have taken it in this moment.
    """
    entries = {held.account_id: held.entries for held in holdings(why.booking)}
    back = given_back(why.booking)
    deltas = [Delta(key, CORRECT, entries[key], NOTHING, amount) for key, amount in sorted(back.items())]
    if deltas:
        apply(deltas, why, now=now)


def _used(held: Held) -> tuple[str, Amount, Amount]:
    return SETTLE, _minus(held.reserved), held.reserved


def _free(held: Held) -> tuple[str, Amount, Amount]:
    return RELEASE, _minus(held.reserved), NOTHING


def _minus(amount: Amount) -> Amount:
    return -amount[0], -amount[1]


def _move(why: Why, change: Callable[[Held], tuple[str, Amount, Amount]], *, now: datetime) -> bool:
    """Change every account that holds something for a booking. Doing so twice is doing so once."""
    found = [(held, *change(held)) for held in holdings(why.booking)]
    deltas = [
        # In closed books every move is a counter-entry.
        Delta(held.account_id, CORRECT if held.is_frozen else kind, held.entries, reserved, settled)
        for held, kind, reserved, settled in found
        if (reserved, settled) != (NOTHING, NOTHING)
    ]
    if deltas:
        apply(deltas, why, now=now)
    return any(delta.settled > NOTHING for delta in deltas)
