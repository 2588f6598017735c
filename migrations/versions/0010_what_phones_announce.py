"""Know which check-ins a phone says it has, so that those that never come are missed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announced",
        sa.Column("device", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_announced_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("device", "seq", name="pk_announced"),
    )
    op.create_index("ix_announced_person_id_day", "announced", ["person_id", "day"])


def downgrade() -> None:
    op.drop_table("announced")
