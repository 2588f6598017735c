"""Signing in and out, and what people change about themselves."""

from app.people.operations.profile import (
    AddressKnown,
    LastAddress,
    TooManyAddresses,
    add_address,
    ask_for_address,
    choose_language,
    remove_address,
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
    sign_out_everywhere,
)

__all__ = [
    "AddressKnown",
    "LastAddress",
    "Newcomer",
    "TooManyAddresses",
    "Visitor",
    "add_address",
    "ask_for_address",
    "begin_session",
    "choose_language",
    "introduce",
    "remove_address",
    "rename",
    "renew_session",
    "send_code",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
]
