"""What an erasure does to accounts."""

from __future__ import annotations

from sqlalchemy import update

from app.extensions import execute, table
from app.funding.models import Account


def forget(person_id: int) -> None:
    """Let a person's accounts lead to nobody. Their sums stay: what was used is still owed."""
    accounts = table(Account)
    execute(update(accounts).where(accounts.c.holder == person_id).values(holder=-accounts.c.id))
