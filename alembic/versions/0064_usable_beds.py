"""Put nobody into a bed that is closed or out of use, also when a step is undone.

Revision ID: 0064
Revises: 0063
"""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("admission/usable_beds.v1.sql")
    op.sql_file("auth/ownership.v3.sql")


def downgrade() -> None:
    op.sql_file("admission/usable_beds.v1.down.sql")
