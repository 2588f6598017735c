"""What a quota gave to each account of a frame, apart from what was taken or carried; when a programme got longer."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("base_units", sa.Integer(), nullable=True))
    op.add_column("accounts", sa.Column("base_cents", sa.Integer(), nullable=True))
    # What earlier frames were given nobody knows any more: what the quota gives now.
    op.execute(
        "UPDATE accounts SET base_units = (SELECT units FROM quotas WHERE quotas.id = accounts.quota_id), "
        "base_cents = (SELECT cents FROM quotas WHERE quotas.id = accounts.quota_id)"
    )
    op.add_column("programmes", sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("programmes", "extended_at")
    op.drop_column("accounts", "base_cents")
    op.drop_column("accounts", "base_units")
