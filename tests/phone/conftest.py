"""A phone, a space and its sign, as for check-ins."""

from tests.phones import book, code, phone, phone_of, sign, space, state, statements

__all__ = ["book", "code", "phone", "phone_of", "sign", "space", "state", "statements"]
