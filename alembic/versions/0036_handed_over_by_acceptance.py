"""Call a bed handed over only where its taker accepted it.

Revision ID: 0036
Revises: 0035
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("public/take_bed.v2.sql")


def downgrade() -> None:
    op.sql_file("public/take_bed.v2.down.sql")
