"""A code belongs to the browser that asked for it. Those on their way fit none; a new one is asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_in_codes") as batch:
        batch.add_column(sa.Column("asker", sa.String(length=64), nullable=True))
    op.execute("UPDATE sign_in_codes SET asker = ''")
    with op.batch_alter_table("sign_in_codes") as batch:
        batch.alter_column("asker", existing_type=sa.String(length=64), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("sign_in_codes") as batch:
        batch.drop_column("asker")
