"""Signing in and out, and what people change about themselves."""

from app.people.operations.profile import (
    AddressKnown,
    TooManyAddresses,
    add_address,
    ask_for_address,
    choose_language,
    rename,
)
from app.people.operations.sessions import (
    Newcomer,
    Visitor,
    begin_session,
    introduce,
    renew_session,
    send_code,
    sign_in,
    sign_out,
)

__all__ = [
    "AddressKnown",
    "Newcomer",
    "TooManyAddresses",
    "Visitor",
    "add_address",
    "ask_for_address",
    "begin_session",
    "choose_language",
    "introduce",
    "rename",
    "renew_session",
    "send_code",
    "sign_in",
    "sign_out",
]
