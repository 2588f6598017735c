"""A check-in remembers what speaks against its device, and the house that it came out of a backup."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("backup_made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_restores"),
    )
    with op.batch_alter_table("checkins") as batch:
        batch.add_column(sa.Column("doubt", sa.String(length=20), nullable=True))
        batch.create_check_constraint(op.f("ck_checkins_doubt"), "doubt IN ('bad_signature', 'revoked_device')")


def downgrade() -> None:
    with op.batch_alter_table("checkins") as batch:
        batch.drop_constraint(op.f("ck_checkins_doubt"), type_="check")
        batch.drop_column("doubt")
    op.drop_table("restores")
