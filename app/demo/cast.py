"""The people of the demo and of the tests: one cast for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import N_
from app.people import operations as people


@dataclass(frozen=True)
class Member:
    """One of the cast. Role and sentence are German sources of translated texts."""

    key: str
    name: str
    role: str
    sentence: str

    @property
    def email(self) -> str:
        return email_of(self.key)


def email_of(key: str) -> str:
    return f"{key}@beispiel.example"


CAST = (
    Member(
        "ana",
        "Ana Beispiel",
        N_("Pendlerin"),
        N_("Ana arbeitet bei der Firma Acme in Münster und bucht öfter einen Platz in Senden."),
    ),
    Member(
        "ben",
        "Ben Beispiel",
        N_("Pendler"),
        N_("Ben arbeitet auch bei Acme und probiert das Arbeiten in der Nähe gerade erst aus."),
    ),
    Member(
        "cleo",
        "Cleo Beispiel",
        N_("Pendlerin"),
        N_("Cleo arbeitet bei einem anderen Arbeitgeber in Dortmund und bucht in Lüdinghausen."),
    ),
    Member(
        "hana",
        "Hana Beispiel",
        N_("Gastgeberin"),
        N_("Hana kümmert sich um einen Ort in Senden und ist selten selbst dort."),
    ),
    Member(
        "hugo",
        "Hugo Beispiel",
        N_("Gastgeber"),
        N_("Hugo kümmert sich um einen anderen Ort, in Dülmen."),
    ),
    Member(
        "kari",
        "Kari Beispiel",
        N_("Kreis"),
        N_("Kari arbeitet in der Fachstelle des Kreises Coesfeld."),
    ),
    Member(
        "paula",
        "Paula Beispiel",
        N_("Arbeitgeber"),
        N_("Paula handelt für Acme: Sie entscheidet, wie viele Tage die Firma ihren Leuten zahlt."),
    ),
)
BY_KEY = {member.key: member for member in CAST}
# They work for Acme too, so that its figures are of more than a few people. They have no part of their own.
EXTRAS = ("dora", "emil", "fina", "georg", "ida", "jan")


def load(now: datetime) -> dict[str, int]:
    """Make the cast known. Returns the people's ids by key; a second time nothing changes."""
    newcomers = [people.Newcomer(member.name, member.email) for member in CAST]
    return dict(zip(BY_KEY, people.introduce(newcomers=newcomers, now=now), strict=True))


def load_extras(now: datetime) -> dict[str, int]:
    """Make known who only fills the picture, in the same way."""
    newcomers = [people.Newcomer(f"{key.capitalize()} Beispiel", email_of(key)) for key in EXTRAS]
    return dict(zip(EXTRAS, people.introduce(newcomers=newcomers, now=now), strict=True))
