"""Read an import file, or say which place in it is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from app.api import SENTENCES as COMMON
from app.api import UNUSABLE
from app.errors import N_, InvalidInput
from app.spaces.schemas.county import CountyFile

TWICE = N_("Das steht schon weiter oben in der Datei.")
# German sentences for what pydantic finds, by its error type.
SENTENCES = COMMON | {
    "string_type": N_("Hier wird ein Text erwartet."),
    "string_too_short": N_("Hier steht nichts; wenn es unbekannt ist, schreib null."),
    "int_type": N_("Hier wird eine ganze Zahl erwartet."),
    "int_from_float": N_("Hier wird eine ganze Zahl erwartet."),
    "float_type": N_("Hier wird eine Zahl erwartet."),
    "finite_number": N_("Hier wird eine Zahl erwartet."),
    "bool_type": N_("Hier wird true oder false erwartet."),
    "list_type": N_("Hier wird eine Liste [ … ] erwartet."),
    "dict_type": N_("Hier wird ein Objekt { … } erwartet."),
    "model_type": N_("Hier wird ein Objekt { … } erwartet."),
    "date_type": N_("Das ist kein Datum (JJJJ-MM-TT)."),
    "too_short": N_("Hier fehlt etwas; drei Uhrzeiten: öffnet, teilt, schließt."),
    "greater_than_equal": N_("Diese Zahl ist zu klein."),
    "less_than_equal": N_("Diese Zahl ist zu groß."),
}
PATTERNS = {
    "slug": N_("Ein Kurzname besteht aus kleinen Buchstaben a–z, Ziffern und einzelnen Bindestrichen."),
    "ags": N_("Ein Gemeindeschlüssel hat 8 Ziffern, der eines Kreises 5."),
    "plz": N_("Eine Postleitzahl hat 5 Ziffern."),
    "url": N_("Eine Adresse im Netz beginnt mit http:// oder https://."),
    "phone": N_("Eine Telefonnummer besteht aus Ziffern, Leerzeichen, / - ( ) und vorn höchstens einem +."),
    "since": N_("Gemeint ist ein Jahr, ein Monat oder ein Tag: 2022, 2022-09 oder 2022-09-07."),
}


def read(content: bytes) -> CountyFile:
    """Read the bytes of an import file.

    Refuses: `InvalidInput`, with a sentence for each place, named like `spaces[3].hours.mo`.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput({f"byte {error.start}": N_("Die Datei ist nicht als UTF-8 gespeichert.")}) from error
    try:
        file = CountyFile.model_validate_json(text)
    except ValidationError as error:
        raise InvalidInput(_places(error)) from error
    if twice := dict.fromkeys(_doubles(file), TWICE):
        raise InvalidInput(twice)
    return file


def _places(error: ValidationError) -> dict[str, str]:
    places: dict[str, str] = {}
    for found in error.errors(include_url=False, include_input=False):
        kind, path = found["type"], found["loc"]
        if kind == "json_invalid":
            position = re.search(r"line (\d+) column (\d+)", found["msg"])
            places[f"{position[1]}:{position[2]}" if position else "1:1"] = SENTENCES[kind]
        elif kind == "string_pattern_mismatch":
            places.setdefault(_name(path), PATTERNS.get(str(path[-1]), UNUSABLE))
        else:
            # Our own kinds bring their sentence along.
            own = found["msg"] if "ctx" not in found and kind not in SENTENCES else UNUSABLE
            places.setdefault(_name(path), SENTENCES.get(kind, own))
    return places


def _name(path: Iterable[str | int]) -> str:
    """Write a path as `spaces[3].name`; "[key]" is how pydantic marks a wrong key of an object."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path if part != "[key]")
    return "".join(parts).lstrip(".") or "1:1"


def _doubles(file: CountyFile) -> Iterator[str]:
    """Yield the places that say again what must be said once."""
    yield from (f"towns[{i}].ags" for i in _again([town.ags for town in file.towns]))
    yield from (f"towns[{i}].slug" for i in _again([town.slug for town in file.towns]))
    yield from (f"towns[{i}].name" for i in _again([town.name for town in file.towns]))
    yield from (f"spaces[{i}].slug" for i in _again([space.slug for space in file.spaces]))
    for index, space in enumerate(file.spaces):
        numbers = [desk.number for desk in space.desks or []]
        yield from (f"spaces[{index}].desks[{i}].number" for i in _again(numbers))


def _again(values: Iterable[str | int]) -> Iterator[int]:
    seen: set[str | int] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield index
        seen.add(value)
