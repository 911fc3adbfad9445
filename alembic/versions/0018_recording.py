"""Find by their indexes who may record, what a set is scored for, and the sets of an escalation.

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("auth/reach.v2.sql")
    op.sql_file("report/recording.v1.sql")
    op.sql_file("report/sets_behind.v2.sql")
    op.sql_file("auth/ownership.v1.sql")
    op.execute("GRANT EXECUTE ON FUNCTION report.born_on_of TO ward_client")


def downgrade() -> None:
    op.sql_file("report/sets_behind.v2.down.sql")
    op.sql_file("auth/reach.v2.down.sql")
    op.execute("DROP FUNCTION report.born_on_of")
