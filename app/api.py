"""The JSON door: one way to read a body, one OpenAPI description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, json, request
from pydantic import BaseModel, ConfigDict, ValidationError
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.config import ModeEnum
from spectree.models import InType, SecureType, SecuritySchemeData

from app import access
from app.errors import N_, InvalidInput

spec = SpecTree(
    "flask",
    title="Nahplatz",
    version="1",
    mode=ModeEnum.strict,
    annotations=False,
    security_schemes=[
        SecurityScheme("session", SecuritySchemeData(SecureType.API_KEY, name="session", field_in=InType.COOKIE)),
        SecurityScheme(
            "client", SecuritySchemeData(SecureType.API_KEY, name="Nahplatz-Client", field_in=InType.HEADER)
        ),
    ],
)


# Text of one line without what no keyboard types: a database would refuse some of it.
PRINTED = r"^[^\x00-\x1f\x7f]*$"


class Body(BaseModel):
    """A JSON body: unknown fields are refused, so that a typing mistake never passes silently."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """RFC 9457 problem details; `code` is stable, `detail` is a sentence for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: dict[str, str] = {}


M = TypeVar("M", bound=BaseModel)
View = TypeVar("View", bound=Callable[..., Any])

# German sentences for what pydantic finds, by its error type; everything else gets the last one.
SENTENCES = {
    "missing": N_("Diese Angabe fehlt."),
    "extra_forbidden": N_("Dieses Feld kennen wir nicht."),
    "json_invalid": N_("Das ist kein lesbares JSON."),
    "date_from_datetime_parsing": N_("Das ist kein Datum (JJJJ-MM-TT)."),
    "date_parsing": N_("Das ist kein Datum (JJJJ-MM-TT)."),
    "uuid_parsing": N_("Das ist keine UUID."),
    "half_hour": N_("Das ist keine Uhrzeit zur vollen oder halben Stunde (wie 09:00 oder 09:30)."),
    "hours_order": N_("Das Ende muss nach dem Anfang liegen."),
    "literal_error": N_("Dieser Wert ist hier nicht vorgesehen."),
    "enum": N_("Dieser Wert ist hier nicht vorgesehen."),
    "string_too_long": N_("Das ist zu lang."),
    "too_long": N_("Das ist zu viel auf einmal."),
}
UNUSABLE = N_("Diese Angabe ist so nicht brauchbar.")


def read(model: type[M]) -> M:
    """Read the JSON body as `model`. Refuses: `InvalidInput`, naming each field."""
    try:
        return model.model_validate_json(request.get_data(cache=False) or b"null")
    except ValidationError as error:
        raise InvalidInput(fields_of(error)) from error


def read_query(model: type[M]) -> M:
    """Read the query string as `model`. Refuses: `InvalidInput`, naming each field."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise InvalidInput(fields_of(error)) from error


def fields_of(error: ValidationError) -> dict[str, str]:
    fields: dict[str, str] = {}
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in found["loc"]) or "body"
        fields.setdefault(name, SENTENCES.get(found["type"], UNUSABLE))
    return fields


def respond(body: BaseModel | dict[str, Any], status: int = 200) -> Response:
    text = body.model_dump_json() if isinstance(body, BaseModel) else json.dumps(body)
    return Response(text, status, content_type="application/json")


def not_modified(etag: str) -> Response | None:
    """Return the 304 answer when the caller already has `etag`."""
    if etag not in request.if_none_match:
        return None
    response = Response(status=304)
    response.set_etag(etag)
    return response


def describe(
    *,
    answer: type[BaseModel] | None = None,
    json: type[BaseModel] | None = None,
    **more: Any,
) -> Callable[[View], View]:
    """Describe a view in OpenAPI. `errors` lists further statuses, `query` its parameters, `status` the good one."""
    status = more.pop("status", (200,))
    errors = more.pop("errors", ())
    answers: dict[str, Any] = {f"HTTP_{code}": answer for code in status}
    answers |= {f"HTTP_{code}": Problem for code in errors}
    if more.pop("etag", False):
        answers["HTTP_304"] = None
    described = spec.validate(json=json, resp=Answers(**answers), skip_validation=True, **more)

    def mark(view: View) -> View:
        # The library finds its notes along `__wrapped__`; the view itself runs without the library around it.
        wrapper = described(view)
        del wrapper.__wrapped__
        cast("Any", view).__wrapped__ = wrapper
        return view

    return mark


def install(app: Flask) -> None:
    spec.app = app
    app.add_url_rule("/api/v1/openapi.json", "openapi", _openapi)


@access.public
def _openapi() -> Response:
    return respond(description())


def description() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document. Problems and GeoJSON have media types that the library does not know."""
    document: dict[str, Any] = json.loads(json.dumps(spec.spec))
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for code, answer in operation["responses"].items():
                content = answer.get("content", {})
                if code >= "400" and "application/json" in content:
                    content["application/problem+json"] = content.pop("application/json")
                elif path.endswith(".geojson") and content:
                    content["application/geo+json"] = content.pop("application/json")
    return document
