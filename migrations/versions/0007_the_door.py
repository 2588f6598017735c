"""Hosts keep their spaces, devices have keys, passes are signed, and a check-in knows who said so."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = "kind IN ('check_in', 'check_out', 'walk_in', 'undo')"
OLD_KINDS = "kind IN ('check_in', 'check_out') OR kind IS NULL"


def upgrade() -> None:
    op.create_table(
        "gone_events",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_gone_events"),
    )
    with op.batch_alter_table("gone_events") as batch:
        batch.create_index("ix_gone_events_made_on", ["made_on"])

    op.create_table(
        "pass_keys",
        sa.Column("kid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kid BETWEEN 0 AND 15", name="ck_pass_keys_kid"),
        sa.PrimaryKeyConstraint("kid", name="pk_pass_keys"),
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('approved', 'declined')) = (decided_at IS NOT NULL)", name="ck_applications_decided"
        ),
        sa.CheckConstraint("state IN ('sent', 'asked', 'approved', 'declined')", name="ck_applications_state"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_applications_person_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_applications_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint("space_id", name="uq_applications_space_id"),
    )
    with op.batch_alter_table("applications") as batch:
        batch.create_index("ix_applications_person_id", ["person_id"])

    op.create_table(
        "defects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(photo) <= 307200", name="ck_defects_photo"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_defects_person_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_defects_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_defects"),
    )
    with op.batch_alter_table("defects") as batch:
        batch.create_index("ix_defects_space_id", ["space_id"])

    op.create_table(
        "displays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("offset_seconds", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_displays_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_displays"),
        sa.UniqueConstraint("code", name="uq_displays_code"),
    )
    with op.batch_alter_table("displays") as batch:
        batch.create_index("ix_displays_space_id", ["space_id"])

    op.create_table(
        "doors",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("hint", sa.String(length=200), nullable=True),
        sa.Column("url", sa.String(length=300), nullable=True),
        sa.Column("secret", sa.String(length=64), nullable=True),
        sa.Column("wifi_name", sa.String(length=32), nullable=True),
        sa.Column("wifi_password", sa.String(length=63), nullable=True),
        sa.Column("emergency_contact", sa.String(length=120), nullable=True),
        sa.CheckConstraint("kind IN ('none', 'code', 'webhook')", name="ck_doors_kind"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_doors_space_id"),
        sa.PrimaryKeyConstraint("space_id", name="pk_doors"),
    )
    op.create_table(
        "photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(content) <= 307200", name="ck_photos_content"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_photos_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_photos"),
    )
    with op.batch_alter_table("photos") as batch:
        batch.create_index("ix_photos_space_id_rank", ["space_id", "rank"])

    with op.batch_alter_table("bookings") as batch:
        batch.add_column(sa.Column("pass_id", sa.LargeBinary(length=8), nullable=True))
        batch.add_column(sa.Column("label", sa.String(length=40), nullable=True))
        batch.create_index("uq_bookings_pass_id", ["pass_id"], unique=True)

    with op.batch_alter_table("checkins") as batch:
        batch.add_column(sa.Column("is_signed", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("display_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("actor_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("undoes", sa.Uuid(), nullable=True))
        batch.drop_constraint(op.f("ck_checkins_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_checkins_kind"), KINDS)
        batch.create_index("ix_checkins_space_id_local_date", ["space_id", "local_date"])
        batch.create_foreign_key("fk_checkins_display_id", "displays", ["display_id"], ["id"])
        batch.create_foreign_key("fk_checkins_actor_id", "people", ["actor_id"], ["id"], ondelete="SET NULL")

    with op.batch_alter_table("devices") as batch:
        batch.add_column(sa.Column("name", sa.String(length=60), nullable=True))
        batch.add_column(sa.Column("public_key", sa.LargeBinary(length=64), nullable=True))
        batch.add_column(sa.Column("key_made_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("space_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("token_digest", sa.String(length=64), nullable=True))
        batch.create_check_constraint(op.f("ck_devices_one_owner"), "space_id IS NULL OR person_id IS NULL")
        batch.create_check_constraint(op.f("ck_devices_token"), "token_digest IS NULL OR space_id IS NOT NULL")
        batch.create_index("ix_devices_space_id", ["space_id"])
        batch.create_unique_constraint("uq_devices_token_digest", ["token_digest"])
        batch.create_foreign_key("fk_devices_space_id", "spaces", ["space_id"], ["id"])

    with op.batch_alter_table("operators") as batch:
        batch.add_column(sa.Column("legal_name", sa.String(length=120), nullable=True))
        batch.add_column(sa.Column("address", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("plz", sa.String(length=5), nullable=True))
        batch.add_column(sa.Column("town", sa.String(length=80), nullable=True))
        batch.add_column(sa.Column("email", sa.String(length=254), nullable=True))
        batch.add_column(sa.Column("phone", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("tax_id", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("vat_id", sa.String(length=14), nullable=True))
        batch.add_column(sa.Column("iban", sa.String(length=34), nullable=True))
        batch.add_column(sa.Column("is_small_business", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("seats") as batch:
        batch.add_column(sa.Column("capacity", sa.Integer(), nullable=True))

    with op.batch_alter_table("spaces") as batch:
        batch.add_column(sa.Column("half_hour_price_cents", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("stop", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("bike_box", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("safety", sa.JSON(), server_default="{}", nullable=False))
        batch.add_column(sa.Column("safety_checked_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("state", sa.String(length=8), server_default="open", nullable=False))
        batch.add_column(sa.Column("closes_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("release_after", sa.Integer(), nullable=True))
        batch.create_check_constraint(op.f("ck_spaces_state"), "state IN ('applied', 'open', 'paused')")
        batch.create_check_constraint(op.f("ck_spaces_release_after"), "release_after BETWEEN 15 AND 480")


def downgrade() -> None:
    with op.batch_alter_table("spaces") as batch:
        batch.drop_constraint(op.f("ck_spaces_release_after"), type_="check")
        batch.drop_constraint(op.f("ck_spaces_state"), type_="check")
        batch.drop_column("release_after")
        batch.drop_column("closes_on")
        batch.drop_column("state")
        batch.drop_column("safety_checked_on")
        batch.drop_column("safety")
        batch.drop_column("bike_box")
        batch.drop_column("stop")
        batch.drop_column("half_hour_price_cents")

    with op.batch_alter_table("seats") as batch:
        batch.drop_column("capacity")

    with op.batch_alter_table("operators") as batch:
        batch.drop_column("is_small_business")
        batch.drop_column("iban")
        batch.drop_column("vat_id")
        batch.drop_column("tax_id")
        batch.drop_column("phone")
        batch.drop_column("email")
        batch.drop_column("town")
        batch.drop_column("plz")
        batch.drop_column("address")
        batch.drop_column("legal_name")

    with op.batch_alter_table("devices") as batch:
        batch.drop_constraint(op.f("ck_devices_token"), type_="check")
        batch.drop_constraint(op.f("ck_devices_one_owner"), type_="check")
        batch.drop_constraint("fk_devices_space_id", type_="foreignkey")
        batch.drop_constraint("uq_devices_token_digest", type_="unique")
        batch.drop_index("ix_devices_space_id")
        batch.drop_column("token_digest")
        batch.drop_column("space_id")
        batch.drop_column("revoked_at")
        batch.drop_column("key_made_at")
        batch.drop_column("public_key")
        batch.drop_column("name")

    with op.batch_alter_table("checkins") as batch:
        batch.drop_constraint(op.f("ck_checkins_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_checkins_kind"), OLD_KINDS)
        batch.drop_constraint("fk_checkins_actor_id", type_="foreignkey")
        batch.drop_constraint("fk_checkins_display_id", type_="foreignkey")
        batch.drop_index("ix_checkins_space_id_local_date")
        batch.drop_column("undoes")
        batch.drop_column("actor_id")
        batch.drop_column("display_id")
        batch.drop_column("is_signed")

    with op.batch_alter_table("bookings") as batch:
        batch.drop_index("uq_bookings_pass_id")
        batch.drop_column("label")
        batch.drop_column("pass_id")

    with op.batch_alter_table("photos") as batch:
        batch.drop_index("ix_photos_space_id_rank")

    op.drop_table("photos")
    op.drop_table("doors")
    with op.batch_alter_table("displays") as batch:
        batch.drop_index("ix_displays_space_id")

    op.drop_table("displays")
    with op.batch_alter_table("defects") as batch:
        batch.drop_index("ix_defects_space_id")

    op.drop_table("defects")
    with op.batch_alter_table("applications") as batch:
        batch.drop_index("ix_applications_person_id")

    op.drop_table("applications")
    op.drop_table("pass_keys")
    with op.batch_alter_table("gone_events") as batch:
        batch.drop_index("ix_gone_events_made_on")

    op.drop_table("gone_events")
