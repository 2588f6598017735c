"""Help and legal pages. They are the same for everybody, so that phones keep a copy of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, Response, current_app, g, redirect, render_template, request

from app import access, clock, i18n, problems
from app.errors import DomainError
from app.site import forms, operations
from app.site.routes import blueprint

PAGES = {
    "hilfe": "site/help.html",
    "impressum": "site/imprint.html",
    "datenschutz": "site/privacy.html",
    "barrierefreiheit": "site/accessibility.html",
}


@blueprint.get("/hilfe")
@access.public
def help_page() -> str:
    return render_template(PAGES["hilfe"])


@blueprint.get("/impressum")
@access.public
def imprint() -> str:
    return render_template(PAGES["impressum"])


@blueprint.get("/datenschutz")
@access.public
def privacy() -> str:
    return render_template(PAGES["datenschutz"])


@blueprint.get("/barrierefreiheit")
@access.public
def accessibility() -> str:
    return render_template(PAGES["barrierefreiheit"], values={}, errors={}, sent=request.args.get("sent") == "1")


@blueprint.post("/barrierefreiheit")
@access.public
def send_feedback() -> Any:
    try:
        feedback = forms.read_feedback(request.form)
        if not feedback.is_trapped:
            remark = operations.Remark(feedback.name, feedback.email, feedback.message)
            operations.send_feedback(remark=remark, to=_recipient(), now=clock.now())
    except DomainError as refusal:
        errors = problems.field_sentences(refusal) or {"message": problems.sentence(refusal)}
        page = render_template(PAGES["barrierefreiheit"], values=request.form, errors=errors, sent=False)
        return page, refusal.status
    # A machine that filled the trap hears the same, so that it does not learn.
    return redirect("/barrierefreiheit?sent=1", 303)


def _recipient() -> str:
    settings = current_app.config["NAHPLATZ"]
    return str(settings.legal_body.email or settings.mail_from)


@blueprint.get("/manifest.webmanifest")
@access.public
def manifest() -> Any:
    response = Response(render_template("site/manifest.json.j2"), content_type="application/manifest+json")
    response.add_etag()
    return response.make_conditional(request)


def offline_pages(app: Flask) -> dict[str, Callable[[], str]]:
    """Return the pages that phones keep, by file name, one per language."""
    return {
        f"{name}.{language}.html": partial(_offline_page, app, name, language)
        for name in PAGES
        for language in i18n.LANGUAGES
    }


def _offline_page(app: Flask, name: str, language: str) -> str:
    """Render a page for nobody in particular: a token in it would be somebody's and make every start a new build."""
    with app.test_request_context(f"/{name}"), i18n.speaking(language):
        g.csrf_token = ""
        return render_template(PAGES[name], values={}, errors={}, sent=False)
