"""Keep the logs of changes and of openings by month.

Revision ID: 0056
Revises: 0055
"""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

# a key over what is there already is made, and there may be millions of it
_PATIENT = "SET LOCAL statement_timeout = '30min'"


def upgrade() -> None:
    op.execute(_PATIENT)
    op.sql_file("audit/months.v1.sql")
    op.sql_file("auth/recent_openings.v1.sql")
    op.sql_file("auth/ownership.v3.sql")


def downgrade() -> None:
    op.execute(_PATIENT)
    op.sql_file("audit/months.v1.down.sql")
    op.sql_file("auth/recent_openings.v1.down.sql")
    op.execute("DROP VIEW audit.recent_openings")
    for log in ("change_logs", "access_logs"):
        op.execute(f"DROP TABLE audit.{log}_parted")
    for function in (
        "add_months(integer)", "show_recent_openings()", "months_end(text)",
        "add_part(text, text, timestamptz, timestamptz)",
    ):  # fmt: skip
        op.execute(f"DROP FUNCTION audit.{function}")
