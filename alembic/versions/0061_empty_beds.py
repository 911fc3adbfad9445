"""Take only empty beds out of use; tell decisions about the building apart from changes of tables.

Revision ID: 0061
Revises: 0060
"""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("room/empty_beds.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.sql_file("audit/change_events.v2.sql")


def downgrade() -> None:
    op.sql_file("audit/change_events.v2.down.sql")
    op.sql_file("room/empty_beds.v1.down.sql")
