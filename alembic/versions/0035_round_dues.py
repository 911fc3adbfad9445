"""Tell what became of every round that was due.

Revision ID: 0035
Revises: 0034
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("rounding/compliance.v1.sql")
    op.sql_file("auth/ownership.v2.sql")
    op.execute("GRANT EXECUTE ON FUNCTION rounding.round_dues, rounding.answered TO ward_client")


def downgrade() -> None:
    op.execute("DROP FUNCTION rounding.answered")
    op.execute("DROP FUNCTION rounding.answered_between")
    op.execute("DROP FUNCTION rounding.round_dues")
    op.execute("DROP FUNCTION rounding.dues_between")
    op.execute("DROP TYPE rounding.round_due")
