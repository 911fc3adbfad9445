"""Find what was answered last by an index, however long the history.

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("rounding/dues.v3.sql")


def downgrade() -> None:
    op.sql_file("rounding/dues.v3.down.sql")
