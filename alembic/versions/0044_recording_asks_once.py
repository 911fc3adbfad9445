"""Record a set in fewer steps: ask once what every set asks, and the rest of few sets alone.

Revision ID: 0044
Revises: 0043
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/recording.v2.sql")
    op.sql_file("auth/reach.v3.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute("GRANT EXECUTE ON FUNCTION auth.reaching TO ward_client")


def downgrade() -> None:
    op.sql_file("auth/reach.v3.down.sql")
    op.sql_file("report/recording.v2.down.sql")
    op.sql_file("auth/ownership.v3.sql")
