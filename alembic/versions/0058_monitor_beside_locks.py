"""Let the report on the server come while a table is locked, and say of whose rows somebody waits.

Revision ID: 0058
Revises: 0057
"""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("public/monitor.v2.sql")
    op.sql_file("auth/ownership.v3.sql")


def downgrade() -> None:
    op.sql_file("public/monitor.v2.down.sql")
