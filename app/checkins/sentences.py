"""What a verdict says to the person: one sentence that tells what to do, if anything."""

from __future__ import annotations

from datetime import datetime

from app import i18n
from app.errors import N_

ACCEPTED = {
    "check_in": N_("Du bist seit {time} Uhr eingecheckt: {space}."),
    "check_out": N_("Du hast um {time} Uhr ausgecheckt: {space}. Bis bald!"),
}
REASONS = {
    "duplicate": N_("Dieser Scan war schon da. Der erste zählt, du musst nichts tun."),
    "no_booking": N_("Du bist da, aber für {space} finden wir keine Buchung von dir. Buch jetzt noch einen Platz."),
    "wrong_space": N_("Gebucht hast du woanders, gescannt hast du hier: {space}. Prüf deine Buchungen."),
    "old_sign": N_(
        "Du bist eingecheckt, aber dieses Schild gilt nicht mehr. Sag bitte den Gastgebern Bescheid: {space}."
    ),
    "unowned": N_("Eingecheckt: {space}, {time} Uhr. Gescannt wurde vor dem Anmelden; warst du das nicht, melde dich."),
    "in_future": N_("Eingecheckt: {space}. Die Uhr deines Handys ging vor; bitte stell sie auf automatisch."),
    "bad_signature": N_("Eingecheckt: {space}, {time} Uhr. Der Check-in trägt nicht die Unterschrift deines Geräts."),
    "revoked_device": N_(
        "Dieses Gerät hast du gesperrt. Was es vorher erfasst hat, ist gespeichert und markiert; Neues zählt nicht."
    ),
    "unknown_code": N_(
        "Diesen Code kennen wir nicht. Scann das Schild am Eingang noch einmal oder tipp seinen Code ein."
    ),
    "foreign_code": N_(
        "Das ist kein Schild von Nahplatz. Scann das Schild am Eingang und melde das fremde den Gastgebern."
    ),
    "too_late": N_("Dieser Check-in kam nach mehr als 14 Tagen an. Er ist gespeichert, zählt aber nicht mehr."),
    "malformed": N_(
        "Dieser Check-in ist unlesbar angekommen. Wir heben ihn auf; melde dich über die Hilfe, wenn er fehlt."
    ),
    "id_reused": N_("Dieser Check-in war so nicht lesbar. Scann das Schild noch einmal."),
}


def sentence(kind: str | None, reason: str | None, space: tuple[str, str] | None, at: datetime | None) -> str:
    """Say a verdict in the present language. `space` is name and time zone."""
    source = REASONS[reason] if reason else ACCEPTED[kind or "check_in"]
    text = i18n.gettext(source)
    if space is None or at is None:
        return text
    name, timezone = space
    return text.format_map({"space": name, "time": i18n.format_time(at, timezone)})
