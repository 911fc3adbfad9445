"""Read what is handed over of a patient from the record.

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/handover_facts.v1.sql")
    op.sql_file("auth/ownership.v2.sql")


def downgrade() -> None:
    op.sql_file("report/handover_facts.v1.down.sql")
