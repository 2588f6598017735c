"""Reminders, the ways that people choose, and the phones that show messages."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("fate", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("fate IN ('told', 'late', 'needless')", name=op.f("ck_reminders_fate")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_reminders_booking_id")),
        sa.PrimaryKeyConstraint("booking_id", "kind", name=op.f("pk_reminders")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_reminders_at"), "reminders", ["at"])
    op.create_table(
        "choices",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=4), nullable=False),
        sa.CheckConstraint("way IN ('mail', 'push', 'both', 'none')", name=op.f("ck_choices_way")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_choices_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_choices")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "quiet_hours",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "begins BETWEEN 0 AND 1439 AND ends BETWEEN 0 AND 1439", name=op.f("ck_quiet_hours_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_quiet_hours_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_quiet_hours")),
    )
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(length=2000), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("p256dh", sa.String(length=100), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("browser", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_push_subscriptions_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("digest", name=op.f("uq_push_subscriptions_digest")),
    )
    op.create_index(op.f("ix_push_subscriptions_person_id"), "push_subscriptions", ["person_id"])
    with op.batch_alter_table("messages") as batch:
        batch.add_column(sa.Column("way", sa.String(length=4), nullable=True))
        batch.add_column(sa.Column("subscription_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("booking_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(op.f("ck_messages_way"), "way IN ('mail', 'push')")
        batch.create_check_constraint(op.f("ck_messages_subscription"), "subscription_id IS NULL OR way = 'push'")
        batch.create_index(op.f("ix_messages_booking_id"), ["booking_id"])
    # What waits was written when mail was the only way.
    op.execute("UPDATE messages SET way = 'mail'")


def downgrade() -> None:
    # A push has nowhere to go any more.
    op.execute("DELETE FROM messages WHERE way = 'push' OR booking_id IS NOT NULL")
    with op.batch_alter_table("messages") as batch:
        batch.drop_index(op.f("ix_messages_booking_id"))
        batch.drop_constraint(op.f("ck_messages_subscription"), type_="check")
        batch.drop_constraint(op.f("ck_messages_way"), type_="check")
        batch.drop_column("expires_at")
        batch.drop_column("booking_id")
        batch.drop_column("subscription_id")
        batch.drop_column("way")
    for name in ("push_subscriptions", "quiet_hours", "choices", "reminders"):
        op.drop_table(name)
