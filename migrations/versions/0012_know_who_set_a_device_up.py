"""A device of a space knows who set it up, and stops when that person no longer acts for the space."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("devices") as batch:
        batch.add_column(sa.Column("maker_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_devices_maker_id_people"), "people", ["maker_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_index(op.f("ix_devices_maker_id"), ["maker_id"])


def downgrade() -> None:
    with op.batch_alter_table("devices") as batch:
        batch.drop_index(op.f("ix_devices_maker_id"))
        batch.drop_constraint(op.f("fk_devices_maker_id_people"), type_="foreignkey")
        batch.drop_column("maker_id")
