"""Invite everybody on a list: upload it, see what will happen to each line, confirm, watch it go."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import redirect, render_template, request

from app import access, clock
from app.answers import answer, me, wrong
from app.employers import operations, queries
from app.employers.forms import lists as forms
from app.employers.routes import blueprint, inviting
from app.employers.routes.registering import acting
from app.errors import N_, DomainError

ON_A_PAGE = 100
# The other lines have something that somebody may want to mend first.
INVITE = "invite"


@blueprint.post("/arbeitgeber/<slug>/einladen/liste")
@access.person(max_body=forms.LARGEST_FILE + access.BODY_LIMIT)
def upload_list(slug: str) -> Any:
    acting(slug)
    try:
        read = forms.read_list(_content())
        number = operations.keep_list(slug=slug, person_id=me(), read=read, now=clock.now())
    except DomainError as refusal:
        return inviting.page(slug, request.form, wrong(refusal)), refusal.status
    return redirect(_own_page(slug, number), 303)


def _content() -> bytes:
    file = request.files.get("file")
    if file is None:
        return b""
    with file.stream:  # a large one lies on the disk until it is closed
        return file.read()


@blueprint.get("/arbeitgeber/<slug>/einladen/liste/<int:upload>")
@access.person
def show_list(slug: str, upload: int) -> str:
    return _page(slug, upload, {})


@blueprint.post("/arbeitgeber/<slug>/einladen/liste/<int:upload>")
@access.person
def confirm_list(slug: str, upload: int) -> Any:
    def change() -> None:
        operations.confirm_list(slug=slug, person_id=me(), number=upload, now=clock.now())

    acting(slug)
    done = N_("Die Einladungen gehen jetzt nach und nach hinaus.")
    return answer(change, lambda _, errors: _page(slug, upload, errors), done, _own_page(slug, upload))


@blueprint.post("/arbeitgeber/<slug>/einladen/liste/<int:upload>/verwerfen")
@access.person
def discard_list(slug: str, upload: int) -> Any:
    def change() -> None:
        operations.discard_list(slug=slug, person_id=me(), number=upload, now=clock.now())

    acting(slug)
    done = N_("Die Liste ist weg. Wer schon eingeladen wurde, bleibt eingeladen.")
    return answer(change, lambda _, errors: _page(slug, upload, errors), done, inviting.own_page(slug))


def _own_page(slug: str, number: int) -> str:
    return f"/arbeitgeber/{slug}/einladen/liste/{number}"


def _page(slug: str, number: int, errors: dict[str, str]) -> str:
    employer = acting(slug)
    found = queries.uploaded(employer.id, number, now=clock.now())
    is_all = request.args.get("zeilen") == "alle"
    verdicts = [line.rpartition("\t")[2] for line in found.lines]
    shown = [line for line, verdict in zip(found.lines, verdicts, strict=True) if is_all or verdict != INVITE]
    skip = min(max(request.args.get("ab", 0, type=int), 0), forms.MOST_LINES)
    return render_template(
        "employers/list.html",
        employer=employer,
        found=found,
        counts=Counter(verdicts),
        shown=queries.unpacked(shown[skip : skip + ON_A_PAGE]),
        count=len(shown),
        is_all=is_all,
        skip=skip,
        on_a_page=ON_A_PAGE,
        a_minute=operations.PIECE * 60 // operations.PIECE_SECONDS,
        errors=errors,
    )
