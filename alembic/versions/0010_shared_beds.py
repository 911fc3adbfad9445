"""Share a bed on purpose, with the patient who was seen in it.

Revision ID: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_COMMANDS = "GRANT EXECUTE ON FUNCTION admission.admit, admission.transfer TO ward_client"


def upgrade() -> None:
    op.sql_file("admission/shared_beds.v1.sql")
    op.sql_file("auth/ownership.v1.sql")
    op.sql_file("public/share_bed.v1.sql")
    op.execute(_COMMANDS)


def downgrade() -> None:
    op.sql_file("public/share_bed.v1.down.sql")
    op.sql_file("admission/shared_beds.v1.down.sql")
    op.sql_file("auth/ownership.v1.sql")
    op.execute(_COMMANDS)
