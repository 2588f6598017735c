"""A phone that scans, and a space with a sign to scan."""

from hypothesis import settings

from tests.phones import book, code, phone, phone_of, sign, space, state, statements

__all__ = ["book", "code", "phone", "phone_of", "sign", "space", "state", "statements"]

# How fast an example runs says more about the machine than about the rules.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
