"""What a quota promised when it was reserved, corrections by hand, links taken back; charges found by their day."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

RESERVED, CHARGED = sa.text("charge = 'reserved'"), sa.text("charge IS NOT NULL")
OF_A_BOOKING = "(kind IN ('grant', 'carry')) = (booking_uuid IS NULL)"
PROMISE = (
    "UPDATE entries SET {0} = (SELECT quotas.{0} FROM quotas JOIN accounts ON accounts.quota_id = quotas.id "
    "WHERE accounts.id = entries.account_id) WHERE kind = 'reserve'"
)


def upgrade() -> None:
    with op.batch_alter_table("programmes") as batch:
        batch.add_column(sa.Column("invitation", sa.Integer(), server_default="1", nullable=False))
    with op.batch_alter_table("programmes") as batch:
        batch.alter_column("invitation", server_default=None)
    with op.batch_alter_table("entries") as batch:
        batch.add_column(sa.Column("pays_late", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("pays_no_show", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("note", sa.String(length=300), nullable=True))
        batch.drop_constraint(op.f("ck_entries_booking"), type_="check")
        batch.create_check_constraint(op.f("ck_entries_booking"), f"kind = 'correct' OR {OF_A_BOOKING}")
        batch.create_check_constraint(
            op.f("ck_entries_note"), "(note IS NOT NULL) = (kind = 'correct' AND booking_uuid IS NULL)"
        )
    # Until now a quota's rules could not be changed: what it promises it has always promised.
    for name in ("pays_late", "pays_no_show"):
        op.execute(PROMISE.format(name))
    with op.batch_alter_table("bookings") as batch:
        batch.drop_index("ix_bookings_reserved")
        batch.create_index("ix_bookings_charge", ["charge", "date"], sqlite_where=CHARGED, postgresql_where=CHARGED)


def downgrade() -> None:
    with op.batch_alter_table("bookings") as batch:
        batch.drop_index("ix_bookings_charge")
        batch.create_index("ix_bookings_reserved", ["date"], sqlite_where=RESERVED, postgresql_where=RESERVED)
    # The sums stay true; why they were corrected has no place any more.
    op.execute("UPDATE entries SET kind = 'grant', note = NULL WHERE kind = 'correct' AND booking_uuid IS NULL")
    with op.batch_alter_table("entries") as batch:
        batch.drop_constraint(op.f("ck_entries_note"), type_="check")
        batch.drop_constraint(op.f("ck_entries_booking"), type_="check")
        batch.create_check_constraint(op.f("ck_entries_booking"), OF_A_BOOKING)
        batch.drop_column("note")
        batch.drop_column("pays_no_show")
        batch.drop_column("pays_late")
    with op.batch_alter_table("programmes") as batch:
        batch.drop_column("invitation")
