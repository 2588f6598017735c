"""How Alembic reaches the database: through the app, one transaction per migration run."""

from alembic import context
from flask import current_app
from sqlalchemy import text

from app.extensions import Model, Moment, db


def _render(kind: str, item: object, context: object) -> str | bool:
    """Migrations keep no reference to the app, whose classes may change."""
    del context
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def run() -> None:
    migrate = current_app.extensions["migrate"]
    with db.engine.connect().execution_options(writes=True) as connection:
        if connection.dialect.name == "sqlite":
            # Alembic rebuilds SQLite tables; rows must not cascade away while it does.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            transactional_ddl=True,  # true on SQLite too, since we begin transactions ourselves
            render_item=_render,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
                message = "the migration left rows that point nowhere"
                raise RuntimeError(message)
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


run()
