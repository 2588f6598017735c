"""The server. `create_app` puts the house together, from the ground floor up."""

from __future__ import annotations

import logging
from importlib import import_module
from pathlib import Path

from flask import Flask

from app import access, api, assets, config, headers, i18n, problems, shedding
from app.errors import N_
from app.extensions import csrf, db, login_manager

# In the total order of the house, from the bottom; each may have routes, commands and pages.
PACKAGES = (
    "audit",
    "messages",
    "people",
    "places",
    "employers",
    "spaces",
    "funding",
    "bookings",
    "checkins",
    "billing",
    "reminders",
    "phone",
    "site",
    "hosting",
    "reporting",
    "privacy",
    "jobs",
    "demo",
)
ROOT = Path(__file__).parent.parent


def create_app(settings: config.Config | None = None, *, has_shell: bool = True) -> Flask:
    """Make the application from `settings`, else from the environment.

    A web server does without `flask …`, the migrations and what they import: a tenth of its memory.
    """
    settings = settings or config.from_env()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=settings.log_level,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    app = Flask(__name__, static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(
        NAHPLATZ=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=180 * 86400,
        MAX_CONTENT_LENGTH=access.BODY_LIMIT,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    shedding.install(app)  # before anything else is done for a request
    db.init_app(app)
    login_manager.init_app(app, add_context_processor=False)
    csrf.init_app(app)
    _prepare_templates(app)
    headers.install(app)  # below the assets, which have headers of their own
    _install_packages(app)
    if has_shell:
        logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # it tells each of its imports
        import_module("app.shell").install(app, PACKAGES)
    api.install(app)
    access.guard(app)
    problems.install(app)
    return app


def _engine_options(settings: config.Config) -> dict[str, object]:
    if settings.is_sqlite:
        return {"connect_args": {"timeout": 10}}
    return {
        "pool_size": 8,
        "max_overflow": 8,
        "pool_pre_ping": False,
        "pool_recycle": 1800,
    }


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        dateformat=i18n.format_day,
        timeformat=i18n.format_time,
        seatname=i18n.format_seat,
        ownname=i18n.own_name,
        currencyformat=i18n.format_money,
        decimalformat=i18n.format_number,
    )
    settings = app.config["NAHPLATZ"]
    app.jinja_env.globals.update(
        _=i18n.say,
        N_=N_,
        kept=i18n.kept,
        ngettext=i18n.say_count,
        language=i18n.language,
        languages=i18n.LANGUAGES,
        demo=settings.demo,
        operator=settings.legal_body,
        public_url=settings.public_url,
    )


def _install_packages(app: Flask) -> None:
    """Register what each package offers: `routes.blueprint`, `routes.offline_pages`."""
    pages: dict[str, assets.Page] = {}
    for name in PACKAGES:
        folder = Path(__file__).parent / name
        import_module(f"app.{name}")
        if (folder / "models.py").exists() or (folder / "models").is_dir():
            import_module(f"app.{name}.models")
        if (folder / "routes.py").exists() or (folder / "routes").is_dir():
            routes = import_module(f"app.{name}.routes")
            app.register_blueprint(routes.blueprint)
            pages |= routes.offline_pages(app) if hasattr(routes, "offline_pages") else {}
    # Who is there for a booking is known above the bookings; their pages ask here.
    app.extensions["present"] = import_module("app.checkins.queries").present
    assets.install(app, pages)
