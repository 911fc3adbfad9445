"""Let a workstation keep the handover of a ward for the time when the database is away.

Revision ID: 0054
Revises: 0053
"""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/handover_copy.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute("GRANT EXECUTE ON FUNCTION report.handover_copy TO ward_client")


def downgrade() -> None:
    op.execute("DROP FUNCTION report.handover_copy(uuid)")
