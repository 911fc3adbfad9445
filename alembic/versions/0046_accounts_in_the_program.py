"""Show accounts, what was done to them, and what roles may do, in the program.

Revision ID: 0046
Revises: 0045
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("auth/account_lists.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.sql_file("auth/account_lists_grants.v1.sql")


def downgrade() -> None:
    op.sql_file("auth/account_lists.v1.down.sql")
