"""What is owed: statements, invoices and their numbers; how VAT is charged, and where invoices go."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WAITS, IS_OPEN = sa.text("posted_at IS NULL"), sa.text("invoice_id IS NULL")
IS_SETTLED = sa.text("settled_units <> 0 OR settled_cents <> 0")


def upgrade() -> None:
    with op.batch_alter_table("operators") as batch:
        batch.add_column(sa.Column("desk_vat", sa.String(length=8), nullable=True))
        batch.add_column(sa.Column("room_vat", sa.String(length=8), nullable=True))
        batch.create_check_constraint(op.f("ck_operators_desk_vat"), "desk_vat IN ('standard', 'small')")
        batch.create_check_constraint(op.f("ck_operators_room_vat"), "room_vat IN ('standard', 'small', 'exempt')")
        batch.create_check_constraint(op.f("ck_operators_small"), "(desk_vat = 'small') = (room_vat = 'small')")
    # Who had not ticked the box has said nothing yet.
    op.execute("UPDATE operators SET desk_vat = 'small', room_vat = 'small' WHERE is_small_business")
    with op.batch_alter_table("operators") as batch:
        batch.drop_column("is_small_business")
    with op.batch_alter_table("bookings") as batch:
        batch.add_column(sa.Column("operator_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("vat", sa.String(length=8), nullable=True))
        batch.create_foreign_key(op.f("fk_bookings_operator_id"), "operators", ["operator_id"], ["id"])
    # Nothing has been sold but by who runs the space now.
    op.execute("UPDATE bookings SET operator_id = (SELECT operator_id FROM spaces WHERE spaces.id = bookings.space_id)")
    with op.batch_alter_table("employers") as batch:
        batch.add_column(sa.Column("invoice_email", sa.String(length=254), nullable=True))
    with op.batch_alter_table("programmes") as batch:
        batch.add_column(sa.Column("street", sa.String(length=120), nullable=True))
        batch.add_column(sa.Column("plz", sa.String(length=5), nullable=True))
        batch.add_column(sa.Column("town", sa.String(length=80), nullable=True))
        batch.add_column(sa.Column("invoice_email", sa.String(length=254), nullable=True))
        batch.add_column(sa.Column("leitweg_id", sa.String(length=46), nullable=True))
    with op.batch_alter_table("entries") as batch:
        batch.create_index("ix_entries_settled", ["made_at"], sqlite_where=IS_SETTLED, postgresql_where=IS_SETTLED)

    op.create_table(
        "statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(employer_id IS NULL) <> (programme_id IS NULL)", name=op.f("ck_statements_one_payer")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_statements_employer_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_statements_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint("employer_id", "month", name=op.f("uq_statements_employer_id_month")),
        sa.UniqueConstraint("programme_id", "month", name=op.f("uq_statements_programme_id_month")),
    )
    with op.batch_alter_table("statements") as batch:
        batch.create_index("ix_statements_waiting", ["id"], sqlite_where=WAITS, postgresql_where=WAITS)
        batch.create_index("ix_statements_month", ["month"])

    op.create_table(
        "statement_entries",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_statement_entries_entry_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_statement_entries_statement_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_statement_entries")),
    )
    with op.batch_alter_table("statement_entries") as batch:
        batch.create_index(op.f("ix_statement_entries_statement_id"), ["statement_id"])

    op.create_table(
        "invoice_series",
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("from_month", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("agreed_by", sa.String(length=40), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("days BETWEEN 1 AND 90", name=op.f("ck_invoice_series_days")),
        sa.CheckConstraint("last >= 0", name=op.f("ck_invoice_series_last")),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_invoice_series_operator_id")),
        sa.PrimaryKeyConstraint("operator_id", name=op.f("pk_invoice_series")),
        sa.UniqueConstraint("prefix", name=op.f("uq_invoice_series_prefix")),
    )
    op.create_table(
        "invoices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=24), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("tax_cents", sa.Integer(), nullable=False),
        sa.Column("rounding_cents", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'correction') = (corrects_id IS NOT NULL)", name=op.f("ck_invoices_corrects")),
        sa.CheckConstraint("kind IN ('invoice', 'correction')", name=op.f("ck_invoices_kind")),
        sa.CheckConstraint("net_cents + tax_cents + rounding_cents = cents", name=op.f("ck_invoices_sums")),
        sa.ForeignKeyConstraint(["corrects_id"], ["invoices.id"], name=op.f("fk_invoices_corrects_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_invoices_operator_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_invoices_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("label", name=op.f("uq_invoices_label")),
        sa.UniqueConstraint("operator_id", "number", name=op.f("uq_invoices_operator_id_number")),
    )
    with op.batch_alter_table("invoices") as batch:
        batch.create_index("ix_invoices_statement_id", ["statement_id"])
        batch.create_index("ix_invoices_operator_id_month", ["operator_id", "month"])

    op.create_table(
        "statement_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("space", sa.String(length=120), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("vat", sa.String(length=8), nullable=True),
        sa.Column("is_priced", sa.Boolean(), nullable=False),
        sa.Column("is_share", sa.Boolean(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("is_priced OR cents = 0", name=op.f("ck_statement_lines_priced")),
        sa.CheckConstraint("kind IN ('desk', 'room')", name=op.f("ck_statement_lines_kind")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_statement_lines_invoice_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_statement_lines_operator_id")),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name=op.f("fk_statement_lines_space_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_statement_lines_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_lines")),
    )
    with op.batch_alter_table("statement_lines") as batch:
        batch.create_index(op.f("ix_statement_lines_statement_id"), ["statement_id"])
        batch.create_index(op.f("ix_statement_lines_invoice_id"), ["invoice_id"])
        batch.create_index("ix_statement_lines_open", ["operator_id"], sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)

    op.create_table(
        "statement_centres",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("cost_centre", sa.String(length=40), nullable=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_statement_centres_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_centres")),
        sa.UniqueConstraint("statement_id", "cost_centre", name=op.f("uq_statement_centres_statement_id_cost_centre")),
    )


def downgrade() -> None:
    op.drop_table("statement_centres")
    op.drop_table("statement_lines")
    op.drop_table("invoices")
    op.drop_table("invoice_series")
    op.drop_table("statement_entries")
    op.drop_table("statements")
    with op.batch_alter_table("entries") as batch:
        batch.drop_index("ix_entries_settled")
    with op.batch_alter_table("programmes") as batch:
        for name in ("leitweg_id", "invoice_email", "town", "plz", "street"):
            batch.drop_column(name)
    with op.batch_alter_table("employers") as batch:
        batch.drop_column("invoice_email")
    with op.batch_alter_table("bookings") as batch:
        batch.drop_constraint(op.f("fk_bookings_operator_id"), type_="foreignkey")
        batch.drop_column("vat")
        batch.drop_column("operator_id")
    with op.batch_alter_table("operators") as batch:
        batch.add_column(sa.Column("is_small_business", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE operators SET is_small_business = (desk_vat = 'small') WHERE desk_vat IS NOT NULL")
    with op.batch_alter_table("operators") as batch:
        batch.drop_constraint(op.f("ck_operators_small"), type_="check")
        batch.drop_constraint(op.f("ck_operators_room_vat"), type_="check")
        batch.drop_constraint(op.f("ck_operators_desk_vat"), type_="check")
        batch.drop_column("room_vat")
        batch.drop_column("desk_vat")
