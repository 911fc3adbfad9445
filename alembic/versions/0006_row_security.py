"""Narrow what each role sees and may do.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("auth/row_security.v1.sql")
    op.sql_file("auth/grants.v1.sql")


def downgrade() -> None:
    op.sql_file("auth/row_security.v1.down.sql")
