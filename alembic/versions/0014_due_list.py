"""List what is due on a ward, for whoever does it.

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/due_list.v1.sql")
    op.sql_file("auth/ownership.v1.sql")
    op.execute("GRANT EXECUTE ON FUNCTION report.due_list TO ward_client")


def downgrade() -> None:
    op.sql_file("report/due_list.v1.down.sql")
