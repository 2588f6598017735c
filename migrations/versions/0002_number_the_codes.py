"""Number the sign-in codes of an address, so that the limit per hour holds for requests at the same time."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_in_codes") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), nullable=True))
    op.execute("UPDATE sign_in_codes SET number = id")
    with op.batch_alter_table("sign_in_codes") as batch:
        batch.alter_column("number", existing_type=sa.Integer(), nullable=False)
        batch.create_unique_constraint(op.f("uq_sign_in_codes_email_number"), ["email", "number"])


def downgrade() -> None:
    with op.batch_alter_table("sign_in_codes") as batch:
        batch.drop_constraint(op.f("uq_sign_in_codes_email_number"), type_="unique")
        batch.drop_column("number")
