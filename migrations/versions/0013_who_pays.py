"""Who pays: employers, programmes, quotas, accounts and their entries."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PRESENT, RESERVED = sa.text("ends_on IS NULL"), sa.text("charge = 'reserved'")


def upgrade() -> None:
    op.create_table(
        "employers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("legal_name", sa.String(length=120), nullable=True),
        sa.Column("street", sa.String(length=120), nullable=True),
        sa.Column("plz", sa.String(length=5), nullable=True),
        sa.Column("town", sa.String(length=80), nullable=True),
        sa.Column("vat_id", sa.String(length=20), nullable=True),
        sa.Column("leitweg_id", sa.String(length=46), nullable=True),
        sa.Column("domain", sa.String(length=120), nullable=True),
        sa.Column("domain_proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vouched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("codetermined_on", sa.Date(), nullable=True),
        sa.Column("codetermined_by", sa.String(length=120), nullable=True),
        sa.Column("counts_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(codetermined_on IS NULL) = (codetermined_by IS NULL)", name=op.f("ck_employers_codetermined")
        ),
        sa.CheckConstraint("(domain IS NULL) = (domain_proved_at IS NULL)", name=op.f("ck_employers_domain")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employers")),
        sa.UniqueConstraint("domain", name=op.f("uq_employers_domain")),
        sa.UniqueConstraint("slug", name=op.f("uq_employers_slug")),
    )
    op.create_table(
        "employments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=6), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("cost_centre", sa.String(length=40), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('member', 'agent')", name=op.f("ck_employments_role")),
        sa.CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name=op.f("ck_employments_days")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_employments_employer_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_employments_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employments")),
    )
    with op.batch_alter_table("employments") as batch:
        batch.create_index("ix_employments_person_id", ["person_id", "role"])
        batch.create_index(
            "uq_employments_employer_id_person_id_role",
            ["employer_id", "person_id", "role"],
            unique=True,
            sqlite_where=PRESENT,
            postgresql_where=PRESENT,
        )

    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("role", sa.String(length=6), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("cost_centre", sa.String(length=40), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'address') >= (email IS NOT NULL)", name=op.f("ck_invitations_email")),
        sa.CheckConstraint("kind IN ('address', 'link', 'domain')", name=op.f("ck_invitations_kind")),
        sa.CheckConstraint("0 <= used AND (most IS NULL OR used <= most)", name=op.f("ck_invitations_used")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_invitations_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("employer_id", "email", name=op.f("uq_invitations_employer_id_email")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitations_token_digest")),
    )
    with op.batch_alter_table("invitations") as batch:
        batch.create_index(op.f("ix_invitations_employer_id"), ["employer_id"])

    op.create_table(
        "address_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("ignored", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("0 <= done AND done <= total", name=op.f("ck_address_lists_done")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_address_lists_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_lists")),
    )
    with op.batch_alter_table("address_lists") as batch:
        batch.create_index(op.f("ix_address_lists_employer_id"), ["employer_id"])
        batch.create_index(op.f("ix_address_lists_expires_at"), ["expires_at"])

    op.create_table(
        "programmes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("funder", sa.String(length=120), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("is_for_all", sa.Boolean(), nullable=False),
        sa.Column("share_percent", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_units", sa.Integer(), nullable=True),
        sa.Column("frozen_cents", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("0 < share_percent AND share_percent <= 100", name=op.f("ck_programmes_share")),
        sa.CheckConstraint(
            "(frozen_at IS NULL) = (frozen_units IS NULL) AND (frozen_at IS NULL) = (frozen_cents IS NULL)",
            name=op.f("ck_programmes_frozen"),
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_programmes_days")),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_programmes_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("slug", name=op.f("uq_programmes_slug")),
    )
    op.create_table(
        "programme_employers",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_programme_employers_employer_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_programme_employers_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "employer_id", name=op.f("pk_programme_employers")),
    )
    op.create_table(
        "programme_people",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_programme_people_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_programme_people_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "person_id", name=op.f("pk_programme_people")),
    )
    op.create_table(
        "quotas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=6), nullable=False),
        sa.Column("frame", sa.String(length=7), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("cents", sa.Integer(), nullable=True),
        sa.Column("has_rooms", sa.Boolean(), nullable=False),
        sa.Column("carries", sa.Boolean(), nullable=False),
        sa.Column("pays_no_show", sa.Boolean(), nullable=False),
        sa.Column("pays_late", sa.Boolean(), nullable=False),
        sa.Column("cost_centre", sa.String(length=40), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("frame <> 'total' OR ends_on IS NOT NULL", name=op.f("ck_quotas_total_ends")),
        sa.CheckConstraint("frame IN ('month', 'quarter', 'total')", name=op.f("ck_quotas_frame")),
        sa.CheckConstraint("scope IN ('person', 'pool')", name=op.f("ck_quotas_scope")),
        sa.CheckConstraint("(employer_id IS NULL) <> (programme_id IS NULL)", name=op.f("ck_quotas_one_payer")),
        sa.CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name=op.f("ck_quotas_days")),
        sa.CheckConstraint("units >= 0 AND cents >= 0", name=op.f("ck_quotas_not_negative")),
        sa.CheckConstraint("units IS NOT NULL OR cents IS NOT NULL", name=op.f("ck_quotas_granted")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_quotas_employer_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_quotas_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotas")),
    )
    with op.batch_alter_table("quotas") as batch:
        batch.create_index(op.f("ix_quotas_employer_id"), ["employer_id"])
        batch.create_index(op.f("ix_quotas_programme_id"), ["programme_id"])

    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quota_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("granted_units", sa.Integer(), nullable=True),
        sa.Column("granted_cents", sa.Integer(), nullable=True),
        sa.Column("reserved_units", sa.Integer(), nullable=False),
        sa.Column("reserved_cents", sa.Integer(), nullable=False),
        sa.Column("settled_units", sa.Integer(), nullable=False),
        sa.Column("settled_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("reserved_cents + settled_cents <= granted_cents", name=op.f("ck_accounts_cents")),
        sa.CheckConstraint("reserved_units + settled_units <= granted_units", name=op.f("ck_accounts_units")),
        sa.CheckConstraint(
            "reserved_units >= 0 AND settled_units >= 0 AND reserved_cents >= 0 AND settled_cents >= 0",
            name=op.f("ck_accounts_not_negative"),
        ),
        sa.ForeignKeyConstraint(["quota_id"], ["quotas.id"], name=op.f("fk_accounts_quota_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("quota_id", "holder", "first_on", name=op.f("uq_accounts_quota_id_holder_first_on")),
    )
    with op.batch_alter_table("accounts") as batch:
        batch.create_index("ix_accounts_holder", ["holder", "last_on"])

    op.create_table(
        "quota_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quota_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(town_id IS NULL) <> (space_id IS NULL)", name=op.f("ck_quota_places_one_place")),
        sa.ForeignKeyConstraint(["quota_id"], ["quotas.id"], name=op.f("fk_quota_places_quota_id")),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name=op.f("fk_quota_places_space_id")),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_quota_places_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_places")),
        sa.UniqueConstraint("quota_id", "space_id", name=op.f("uq_quota_places_quota_id_space_id")),
        sa.UniqueConstraint("quota_id", "town_id", name=op.f("uq_quota_places_quota_id_town_id")),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("booking_uuid", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("granted_units", sa.Integer(), nullable=False),
        sa.Column("granted_cents", sa.Integer(), nullable=False),
        sa.Column("reserved_units", sa.Integer(), nullable=False),
        sa.Column("reserved_cents", sa.Integer(), nullable=False),
        sa.Column("settled_units", sa.Integer(), nullable=False),
        sa.Column("settled_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.CheckConstraint("(kind IN ('grant', 'carry')) = (booking_uuid IS NULL)", name=op.f("ck_entries_booking")),
        sa.CheckConstraint(
            "kind IN ('grant', 'carry', 'reserve', 'release', 'settle', 'correct')", name=op.f("ck_entries_kind")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_entries_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("key", name=op.f("uq_entries_key")),
    )
    with op.batch_alter_table("entries") as batch:
        batch.create_index("ix_entries_account_id", ["account_id"])
        batch.create_index("ix_entries_booking_uuid", ["booking_uuid"])

    with op.batch_alter_table("bookings") as batch:
        batch.add_column(sa.Column("payer", sa.String(length=80), nullable=True))
        batch.add_column(sa.Column("charge", sa.String(length=8), nullable=True))
        batch.add_column(sa.Column("payer_ended_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(op.f("ck_bookings_charge"), "charge IN ('reserved', 'settled', 'released')")
        batch.create_check_constraint(op.f("ck_bookings_payer"), "charge IS NULL OR payer IS NOT NULL")
        batch.create_index("ix_bookings_reserved", ["date"], sqlite_where=RESERVED, postgresql_where=RESERVED)


def downgrade() -> None:
    with op.batch_alter_table("bookings") as batch:
        batch.drop_index("ix_bookings_reserved")
        batch.drop_constraint(op.f("ck_bookings_payer"), type_="check")
        batch.drop_constraint(op.f("ck_bookings_charge"), type_="check")
        batch.drop_column("payer_ended_at")
        batch.drop_column("charge")
        batch.drop_column("payer")

    with op.batch_alter_table("entries") as batch:
        batch.drop_index("ix_entries_booking_uuid")
        batch.drop_index("ix_entries_account_id")

    op.drop_table("entries")
    op.drop_table("quota_places")
    with op.batch_alter_table("accounts") as batch:
        batch.drop_index("ix_accounts_holder")

    op.drop_table("accounts")
    with op.batch_alter_table("quotas") as batch:
        batch.drop_index(op.f("ix_quotas_programme_id"))
        batch.drop_index(op.f("ix_quotas_employer_id"))

    op.drop_table("quotas")
    op.drop_table("programme_people")
    op.drop_table("programme_employers")
    op.drop_table("programmes")
    with op.batch_alter_table("address_lists") as batch:
        batch.drop_index(op.f("ix_address_lists_expires_at"))
        batch.drop_index(op.f("ix_address_lists_employer_id"))

    op.drop_table("address_lists")
    with op.batch_alter_table("invitations") as batch:
        batch.drop_index(op.f("ix_invitations_employer_id"))

    op.drop_table("invitations")
    with op.batch_alter_table("employments") as batch:
        batch.drop_index("uq_employments_employer_id_person_id_role", sqlite_where=PRESENT, postgresql_where=PRESENT)
        batch.drop_index("ix_employments_person_id")

    op.drop_table("employments")
    op.drop_table("employers")
