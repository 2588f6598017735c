"""Why no code is sent, why one is not taken, and why an address stays."""

from __future__ import annotations

from app.errors import N_, DomainError


class TooManyCodes(DomainError):
    """An asker gets five codes an hour for an address: guessing must not be helped by asking again."""

    code = "too_many_codes"
    status = 429
    message = N_(
        "An diese Adresse gingen schon 5 Codes in einer Stunde. Nimm den Code aus der neuesten Mail oder warte "
        "{minutes} Minuten."
    )


class TooManyAskers(TooManyCodes):
    """An address gets thirty codes an hour, whoever asks."""

    code = "too_many_askers"
    message = N_(
        "An diese Adresse gingen in einer Stunde sehr viele Codes. Nimm eine andere deiner Adressen oder warte "
        "{minutes} Minuten."
    )


class WrongCode(DomainError):
    """The digits are not those of the asker's newest code; `left` tries remain."""

    code = "wrong_code"
    status = 422
    message = N_("Dieser Code stimmt nicht. Vergleich ihn mit der neuesten Mail von uns.")


class WrongCodeHere(WrongCode):
    """The same where the digits may be right in another browser; whether they are is not told."""

    message = N_(
        "Dieser Code stimmt nicht. Vergleich ihn mit der Mail. Hast du ihn in einem anderen Browser angefordert, gib "
        "ihn dort ein oder fordere hier einen neuen an."
    )


class CodeSpent(DomainError):
    """The newest code is used, too old, or was tried too often."""

    code = "code_spent"
    status = 422
    message = N_("Dieser Code gilt nicht mehr. Lass dir einen neuen schicken.")


class AskedElsewhere(DomainError):
    """This browser has asked for no code for the address; whether another one has is not told."""

    code = "asked_elsewhere"
    status = 422
    message = N_(
        "Gib den Code bitte in dem Browser ein, in dem du ihn angefordert hast, oder fordere hier einen neuen an."
    )


class LastAddress(DomainError):
    """Without an address nobody could sign in again."""

    code = "last_address"
    message = N_("Deine einzige Adresse bleibt, sonst könntest du dich nicht mehr anmelden. Trag zuerst eine neue ein.")
