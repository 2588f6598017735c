"""What is due, what it says, and which way it goes."""

from app.reminders.queries.feeds import (
    DAYS_BACK,
    TIMEZONE,
    FeedFacts,
    Owner,
    appointments,
    own_feed,
    owner_of,
    token_digest,
    token_of,
)
from app.reminders.queries.said import said
from app.reminders.queries.starting import KINDS, Due, Page, due
from app.reminders.queries.subscriptions import Phone, State, endpoint_digest, phones, targets, trial_state
from app.reminders.queries.ways import QUIET, Chosen, chosen

__all__ = [
    "DAYS_BACK",
    "KINDS",
    "QUIET",
    "TIMEZONE",
    "Chosen",
    "Due",
    "FeedFacts",
    "Owner",
    "Page",
    "Phone",
    "State",
    "appointments",
    "chosen",
    "due",
    "endpoint_digest",
    "own_feed",
    "owner_of",
    "phones",
    "said",
    "targets",
    "token_digest",
    "token_of",
    "trial_state",
]
