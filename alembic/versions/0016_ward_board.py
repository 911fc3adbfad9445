"""Show on the board who is called to which patient; older workstations read it as before.

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/ward_board.v1.sql")
    op.sql_file("auth/ownership.v1.sql")
    op.sql_file("auth/ward_board_grants.v1.sql")


def downgrade() -> None:
    op.sql_file("report/ward_board.v1.down.sql")
