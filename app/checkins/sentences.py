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
    "double_use": N_("Dieser Ausweis wurde schon einmal gezeigt. Der erste Check-in zählt, du musst nichts tun."),
    "seat_taken": N_("Du bist da, aber dein Platz ist inzwischen vergeben: {space}. Nimm bitte einen anderen freien."),
    "space_closed": N_("{space} war da geschlossen. Dein Check-in ist gespeichert; such dir bitte einen anderen Ort."),
    "wrong_window": N_("Eingecheckt: {space}. Der Code der Anzeige passte nicht zur Uhrzeit, du musst nichts tun."),
    "undone": N_("Dieser Check-in wurde am Empfang zurückgenommen: {space}. Warst du doch da, sag es den Gastgebern."),
    "wrong_space": N_("Gebucht hast du woanders, gescannt hast du hier: {space}. Prüf deine Buchungen."),
    "old_sign": N_(
        "Du bist eingecheckt, aber dieses Schild gilt nicht mehr. Sag bitte den Gastgebern Bescheid: {space}."
    ),
    "unowned": N_("Eingecheckt: {space}, {time} Uhr. Gescannt wurde vor dem Anmelden; warst du das nicht, melde dich."),
    "in_future": N_("Eingecheckt: {space}. Die Uhr deines Handys ging vor; bitte stell sie auf automatisch."),
    "implausible": N_(
        "Eingecheckt: {space}, {time} Uhr. Das passt kaum zu deinen anderen Check-ins. Warst du da, ist alles gut."
    ),
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


HOST_ACCEPTED = {
    "check_in": N_("Eingecheckt um {time} Uhr."),
    "check_out": N_("Ausgecheckt um {time} Uhr."),
    "walk_in": N_("Der Gast hat einen Platz."),
    "undo": N_("Zurückgenommen."),
}
HOST_REASONS = {
    "duplicate": N_("War schon eingecheckt. Du musst nichts tun."),
    "double_use": N_("Dieser Ausweis wurde schon einmal gezeigt. Frag nach, wer von beiden gebucht hat."),
    "no_booking": N_("Hier ist für diese Zeit nichts gebucht. Biete einen freien Platz an."),
    "wrong_space": N_("Das gehört zu einem anderen Ort. Hier zählt es nicht."),
    "seat_taken": N_("Der Platz ist vergeben. Biete einen anderen an."),
    "space_closed": N_("An diesem Tag ist hier geschlossen. Der Eintrag ist gespeichert."),
    "implausible": N_("Eingecheckt um {time} Uhr. Das passt kaum zu den anderen Check-ins. Frag nach, wer da ist."),
    "bad_signature": N_("Diesen Ausweis hat Nahplatz nicht ausgestellt. Lass ihn in der App neu öffnen."),
    "unknown_code": N_("Das ist kein Ausweis. Lass in der App „Ausweis“ öffnen."),
    "foreign_code": N_("Dieser Code ist nicht von Nahplatz. Öffne ihn nicht."),
    "too_late": N_("Das liegt zu lange zurück und zählt nicht mehr. Der Eintrag ist gespeichert."),
    "undone": N_("Das wurde zurückgenommen."),
    "id_reused": N_("Dieser Eintrag war nicht lesbar. Trag ihn noch einmal ein."),
    "malformed": N_("Dieser Eintrag war nicht lesbar. Trag ihn noch einmal ein."),
    "in_future": N_("Gespeichert. Die Uhr dieses Geräts geht vor; stell sie auf automatisch."),
    "revoked_device": N_("Dieses Gerät ist gesperrt. Melde dich an und gib es unter „Geräte“ neu frei."),
}
SEATED_ELSEWHERE = N_("Platz {asked} war schon vergeben, der Gast hat jetzt Platz {given}.")
UNDO_REASONS = {
    "unknown_code": N_("Was zurückgenommen werden soll, ist noch nicht angekommen. Es wird nachgeholt."),
    "too_late": N_("Zurücknehmen geht nur am selben Tag."),
    "malformed": N_("Das lässt sich nicht zurücknehmen. War es anders, dann trag es neu ein."),
}

Place = tuple[str, str]


def sentence(kind: str | None, reason: str | None, space: Place | None, at: datetime | None) -> str:
    """Say a verdict to the person, in the present language. `space` is name and time zone."""
    return _said(REASONS[reason] if reason else ACCEPTED.get(kind or "", ACCEPTED["check_in"]), space, at)


def host_sentence(kind: str | None, reason: str | None, space: Place | None, at: datetime | None) -> str:
    """Say a verdict to a host."""
    if reason is None:
        return _said(HOST_ACCEPTED[kind or "check_in"], space, at)
    return _said((kind == "undo" and UNDO_REASONS.get(reason)) or HOST_REASONS[reason], space, at)


def seated_elsewhere(asked: int, given: int) -> str:
    """Say to a host that a walk-in got another seat than the one that was asked for."""
    return i18n.gettext(SEATED_ELSEWHERE).format(asked=asked, given=given)


def _said(source: str, space: Place | None, at: datetime | None) -> str:
    text = i18n.gettext(source)
    if space is None or at is None:
        return text
    name, timezone = space
    return text.format_map({"space": name, "time": i18n.format_time(at, timezone)})
