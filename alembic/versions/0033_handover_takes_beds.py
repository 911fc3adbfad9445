"""Who accepts a patient takes the bed: responsibility moves with the acceptance.

Revision ID: 0033
Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/settle_handover.v2.sql")


def downgrade() -> None:
    op.sql_file("report/settle_handover.v2.down.sql")
