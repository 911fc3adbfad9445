"""Say why a set is due as the schedule does when two reasons meet in a minute.

Revision ID: 0036
Revises: 0035
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/dues.v2.sql")
    op.sql_file("report/latest_scores.v3.sql")
    op.sql_file("auth/ownership.v3.sql")


def downgrade() -> None:
    op.sql_file("report/latest_scores.v3.down.sql")
    op.sql_file("report/dues.v2.down.sql")
    op.sql_file("auth/ownership.v3.sql")
