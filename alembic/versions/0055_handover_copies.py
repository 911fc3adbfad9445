"""Let a workstation keep the handover of a ward for the time when the database is away.

Revision ID: 0055
Revises: 0054
"""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/handover_copy.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute("GRANT EXECUTE ON FUNCTION report.handover_copy TO ward_client")


def downgrade() -> None:
    op.execute("DROP FUNCTION report.handover_copy(uuid)")
