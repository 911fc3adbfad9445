"""Find when a checklist was done last by its own index, however long the stay.

Revision ID: 0049
Revises: 0048
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("rounding/dues.v2.sql")


def downgrade() -> None:
    op.sql_file("rounding/dues.v2.down.sql")
