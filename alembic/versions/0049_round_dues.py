"""Nothing: how the round that is due is found stands in 0019 from the start.

Revision ID: 0049
Revises: 0048
"""

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
