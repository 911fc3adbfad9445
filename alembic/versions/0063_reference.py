"""Tell workstations when wards, beds, checklists or instruments change: they keep what they read.

Revision ID: 0063
Revises: 0062
"""

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("room/announce_reference.v1.sql")
    op.sql_file("auth/ownership.v3.sql")


def downgrade() -> None:
    op.execute("DROP FUNCTION room.announce_reference() CASCADE")
