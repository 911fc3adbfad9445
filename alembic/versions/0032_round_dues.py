"""Tell what became of every round that was due.

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("rounding/compliance.v1.sql")
    op.sql_file("rounding/dues.v2.sql")
    op.sql_file("report/ward_board.v4.sql")
    op.sql_file("auth/ownership.v2.sql")
    op.execute("GRANT EXECUTE ON FUNCTION rounding.round_dues, rounding.answered TO ward_client")


def downgrade() -> None:
    op.sql_file("report/ward_board.v4.down.sql")
    op.sql_file("rounding/dues.v2.down.sql")
    op.execute("DROP FUNCTION rounding.answered")
    op.execute("DROP FUNCTION rounding.answered_between")
    op.execute("DROP FUNCTION rounding.round_dues")
    op.execute("DROP FUNCTION rounding.dues_between")
    op.execute("DROP TYPE rounding.round_due")
