"""How forms of those who act for others are answered: on to the next page, or back with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request

from app import access, i18n, problems
from app.errors import DomainError

# Shows a page with what was typed and what is wrong with it.
Page = Callable[[Mapping[str, Any], dict[str, str]], str]


def me() -> int:
    return access.signed_in().person_id


def answer(change: Callable[[], object], page: Page, done: str | None, target: str) -> Any:
    """Carry out a change, say `done` and go on to `target`; a refusal comes back beside its field.

    Without `done` the change itself returns what is to be said, in the reader's language.

    What is refused without a field stands above the form, under the name "form".
    """
    try:
        said = change()
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        return page(request.form, wrong(refusal)), refusal.status
    flash(i18n.gettext(done) if done else str(said), "success")
    return redirect(target, 303)


def wrong(refusal: DomainError) -> dict[str, str]:
    """Return what a refusal says about which field."""
    return problems.field_sentences(refusal) or {"form": problems.sentence(refusal)}
