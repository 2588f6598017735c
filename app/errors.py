"""What may go wrong on purpose. A refusal is a subclass beside the operation that raises it."""

from __future__ import annotations

from typing import ClassVar


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark `text` for the catalogue; it is translated when it is shown."""
    return text


class DomainError(Exception):
    """A refusal that a person can act on.

    `code` is for machines and never changes, `message` is the German source of a sentence that says what to do
    next; `{names}` in it are filled from `values`, which are also given to API callers.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 409
    message: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.code)
        self.values = values


class NotFound(DomainError):
    """Unknown, or not yours: both look the same from outside."""

    code = "not_found"
    status = 404
    message = N_("Das gibt es hier nicht (mehr). Geh zurück zur Startseite und such von dort aus weiter.")


class InvalidInput(DomainError):
    """Fields of a form or body that cannot be used. `fields` maps a field's name to a German source sentence."""

    code = "invalid_input"
    status = 422
    message = N_("Bitte prüf die markierten Angaben.")

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__()
        self.fields = fields


class Busy(DomainError):
    """The database was too busy five times in a row; nothing was stored."""

    code = "busy"
    status = 503
    message = N_("Gerade ist sehr viel los. Nichts wurde gespeichert – versuch es in ein paar Sekunden noch einmal.")


class StorageFull(Busy):
    """The disk is full or cannot be written; nothing was stored, and it goes on by itself once there is room."""

    code = "storage_full"
    message = N_("Wir können gerade nichts speichern. Versuch es in ein paar Minuten noch einmal.")
