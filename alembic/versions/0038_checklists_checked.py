"""Take in only checklists whose "once" and whose openings can be read.

Revision ID: 0038
Revises: 0037
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("rounding/template_problem.v2.sql")
    op.sql_file("auth/ownership.v3.sql")


def downgrade() -> None:
    op.sql_file("rounding/template_problem.v2.down.sql")
    op.sql_file("auth/ownership.v3.sql")
