"""Let a message to a role reach those on duty first.

Revision ID: 0031
Revises: 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("public/messages.v2.sql")
    op.sql_file("auth/ownership.v3.sql")


def downgrade() -> None:
    op.sql_file("public/messages.v2.down.sql")
