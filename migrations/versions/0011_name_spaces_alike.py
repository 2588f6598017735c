"""Name spaces alike in the audit: what was done about signs, displays and devices knew them by number."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ACTIONS = ("new_sign", "new_display", "revoke_display", "new_host_device", "revoke_host_device")
ENTRIES = sa.table("audit_entries", *(sa.column(name) for name in ("action", "subject_kind", "subject_id")))
SPACES = sa.table("spaces", sa.column("id", sa.Integer), sa.column("slug", sa.String))
NUMBER = sa.cast(SPACES.c.id, sa.String)


def upgrade() -> None:
    _rename(NUMBER, SPACES.c.slug)


def downgrade() -> None:
    _rename(SPACES.c.slug, NUMBER)


def _rename(old: sa.ColumnElement[str], new: sa.ColumnElement[str]) -> None:
    """What names no space any more stays as it is."""
    name = sa.select(new).where(old == ENTRIES.c.subject_id).scalar_subquery()
    known = sa.select(SPACES.c.id).where(old == ENTRIES.c.subject_id).exists()
    is_meant = (ENTRIES.c.subject_kind == "space", ENTRIES.c.action.in_(ACTIONS), known)
    op.execute(sa.update(ENTRIES).where(*is_meant).values(subject_id=name))
