"""Let a workstation keep a copy of a ward for the time when the database is away.

Revision ID: 0052
Revises: 0051
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_KINDS = "ck_access_logs_kind_known"
_NAMED = "ck_access_logs_opened_patient_named"
_BEFORE = "'ward', 'break_glass', 'privacy', 'search', 'print', 'report', 'audit'"


def upgrade() -> None:
    _allow(f"{_BEFORE}, 'copy'", "kind IN ('search', 'report', 'audit', 'copy')")
    op.sql_file("report/ward_copy.v1.sql")
    op.sql_file("audit/access_events.v2.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute("GRANT EXECUTE ON FUNCTION auth.open_ward_copy, report.ward_copy TO ward_client")


def downgrade() -> None:
    op.sql_file("audit/access_events.v2.down.sql")
    op.sql_file("report/ward_copy.v1.down.sql")
    _allow(_BEFORE, "kind IN ('search', 'report', 'audit')")


def _allow(kinds: str, unnamed: str) -> None:
    """Allow these kinds of entries, and those of no patient."""
    for name, condition in (
        (_KINDS, f"kind IN ({kinds})"),
        (_NAMED, f"{unnamed} OR patient_id IS NOT NULL"),
    ):
        op.drop_constraint(name, "access_logs", schema="audit")
        op.create_check_constraint(op.f(name), "access_logs", condition, schema="audit")
