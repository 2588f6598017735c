"""A phone that scans, and a space with a sign to scan."""

from tests.phones import book, code, phone, phone_of, sign, space, state, statements

__all__ = ["book", "code", "phone", "phone_of", "sign", "space", "state", "statements"]
