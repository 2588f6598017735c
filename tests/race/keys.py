"""Take away the keys that make doubles impossible: only for controls, only on a race's own database."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text

POSTGRESQL = (
    "ALTER TABLE booking_slots DROP CONSTRAINT pk_booking_slots",
    "ALTER TABLE booking_slots DROP CONSTRAINT uq_booking_slots_person_id_date_slot",
)
# SQLite cannot drop a key: the table is made anew without one.
SQLITE = (
    "CREATE TABLE without_keys AS SELECT * FROM booking_slots",
    "DROP TABLE booking_slots",
    "ALTER TABLE without_keys RENAME TO booking_slots",
    "CREATE INDEX ix_booking_slots_date_space_id_slot ON booking_slots (date, space_id, slot)",
)


def drop(database_url: str) -> None:
    """Let `booking_slots` take everything."""
    engine = create_engine(database_url)
    try:
        with engine.begin() as connection:
            for statement in POSTGRESQL if engine.dialect.name == "postgresql" else SQLITE:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def drop_of_checkins(database_url: str) -> None:
    """Let `checkins` take the same event again and again."""
    engine = create_engine(database_url)
    try:
        with engine.begin() as connection:
            operations = Operations(MigrationContext.configure(connection))
            with operations.batch_alter_table("checkins") as table:
                table.drop_constraint("uq_checkins_event_id", type_="unique")
    finally:
        engine.dispose()


def drop_of_accounts(database_url: str) -> None:
    """Let `accounts` be overdrawn."""
    engine = create_engine(database_url)
    try:
        with engine.begin() as connection:
            operations = Operations(MigrationContext.configure(connection))
            with operations.batch_alter_table("accounts") as table:
                for name in ("units", "cents", "not_negative"):
                    table.drop_constraint(f"ck_accounts_{name}", type_="check")
    finally:
        engine.dispose()
