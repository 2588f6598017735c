"""Hosts take back what was a mistake, and a check-in remembers more of what speaks against it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DOUBTS = "doubt IN ('bad_signature', 'revoked_device', 'wrong_window', 'seat_taken', 'space_closed')"
OLD_DOUBTS = "doubt IN ('bad_signature', 'revoked_device')"


def upgrade() -> None:
    with op.batch_alter_table("checkins") as batch:
        batch.drop_constraint(op.f("ck_checkins_doubt"), type_="check")
        batch.create_check_constraint(op.f("ck_checkins_doubt"), DOUBTS)
        is_set = sa.text("undoes IS NOT NULL")
        batch.create_index("ix_checkins_undoes", ["undoes"], sqlite_where=is_set, postgresql_where=is_set)


def downgrade() -> None:
    op.execute("UPDATE checkins SET doubt = NULL WHERE doubt IN ('wrong_window', 'seat_taken', 'space_closed')")
    with op.batch_alter_table("checkins") as batch:
        batch.drop_index("ix_checkins_undoes")
        batch.drop_constraint(op.f("ck_checkins_doubt"), type_="check")
        batch.create_check_constraint(op.f("ck_checkins_doubt"), OLD_DOUBTS)
