"""Put on record that a report on wards is printed or saved as a file.

Revision ID: 0040
Revises: 0039
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_KINDS = "ck_access_logs_kind_known"
_NAMED = "ck_access_logs_opened_patient_named"


def upgrade() -> None:
    _allow("'ward', 'break_glass', 'search', 'print', 'report'", "kind IN ('search', 'report')")
    op.sql_file("audit/record_report.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute("GRANT EXECUTE ON FUNCTION auth.record_report TO ward_client")


def downgrade() -> None:
    op.sql_file("audit/record_report.v1.down.sql")
    _allow("'ward', 'break_glass', 'search', 'print'", "kind = 'search'")


def _allow(kinds: str, unnamed: str) -> None:
    """Allow these kinds of entries, and those of no patient."""
    for name, condition in (
        (_KINDS, f"kind IN ({kinds})"),
        (_NAMED, f"{unnamed} OR patient_id IS NOT NULL"),
    ):
        op.drop_constraint(name, "access_logs", schema="audit")
        op.create_check_constraint(op.f(name), "access_logs", condition, schema="audit")
