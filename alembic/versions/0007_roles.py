"""Name the permissions and give them to the first roles.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("public/roles.v1.sql")


def downgrade() -> None:
    op.sql_file("public/roles.v1.down.sql")
