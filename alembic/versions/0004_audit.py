"""Log every change and keep clinical rows as they were written.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("audit/change_logs.v1.sql")
    op.sql_file("auth/ownership.v1.sql")


def downgrade() -> None:
    op.drop_functions("audit")
    op.execute("REVOKE INSERT ON audit.change_logs FROM ward_definer")
