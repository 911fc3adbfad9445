"""Have a person's reach told in the order it is written, without a search for a better one.

Revision ID: 0059
Revises: 0058
"""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("auth/written_order.v1.sql")


def downgrade() -> None:
    op.sql_file("auth/written_order.v1.down.sql")
