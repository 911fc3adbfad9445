"""Find when a checklist was done last by its own index, however long the stay.

Revision ID: 0048
Revises: 0047
"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("rounding/dues.v2.sql")


def downgrade() -> None:
    op.sql_file("rounding/dues.v2.down.sql")
