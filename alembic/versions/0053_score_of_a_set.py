"""Score a set by going through the bands of its pack once.

Revision ID: 0053
Revises: 0052
"""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/score_set.v2.sql")


def downgrade() -> None:
    op.sql_file("report/score_set.v2.down.sql")
