"""What people choose a way for: topics, the kinds of messages that each covers, and what holds unless they choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.errors import N_

# "push" reaches every phone that its person allowed it on.
Way = Literal["mail", "push", "both", "none"]
WAYS: tuple[Way, ...] = ("push", "mail", "both", "none")


@dataclass(frozen=True)
class Topic:
    """One line of the choices. `unasked` holds without a choice; `has_mail`: a mail then stands in for push."""

    name: str
    title: str
    kinds: tuple[str, ...]
    unasked: Way
    has_mail: bool = True

    def ways(self, choice: Way | None, *, has_phone: bool) -> tuple[bool, bool]:
        """Return whether a message goes by mail, and whether by push. `choice`: None when the person has not chosen.

        What a person chose holds to the letter. Unasked, what can reach no phone comes by mail.
        """
        way = choice or self.unasked
        is_instead = choice is None and way == "push" and not has_phone and self.has_mail
        return way in {"mail", "both"} or is_instead, way in {"push", "both"} and has_phone


EVENING, HOUR, CHECK_IN = "reminder_evening", "reminder_hour", "reminder_check_in"
# What somebody sends to their own phone to see whether it works: a push only, and no topic.
TRIAL = "push_trial"

TOPICS = {
    each.name: each
    for each in (
        Topic(
            "confirmation",
            N_("Bestätigung, wenn du buchst, änderst oder absagst"),
            ("booking_made", "booking_changed", "booking_cancelled", "bookings_cancelled"),
            "mail",
        ),
        Topic("evening", N_("Erinnerung am Abend davor"), (EVENING,), "push"),
        Topic("hour", N_("Erinnerung eine Stunde davor"), (HOUR,), "push", has_mail=False),
        Topic("check_in", N_("Frage zu Beginn: jetzt einchecken?"), (CHECK_IN,), "push", has_mail=False),
        Topic("closed", N_("Ein Ort schließt, und deine Buchung fällt aus"), ("booking_closed",), "mail"),
        Topic("released", N_("Dein Platz wurde freigegeben, weil du nicht da warst"), ("seat_released",), "push"),
        Topic("payer", N_("Dein Kontingent oder Pilotprogramm endet"), ("payer_ended",), "mail"),
        Topic("invitation", N_("Ein Arbeitgeber lädt dich ein"), ("employment_offered",), "mail"),
    )
}
TOPIC_OF = {kind: topic for topic in TOPICS.values() for kind in topic.kinds}
