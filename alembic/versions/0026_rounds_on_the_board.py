"""Show on the board which round is due; older workstations read it as before.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_round_records_latest",
        "round_records",
        [
            "admission_id",
            "template_id",
            sa.literal_column("occurred_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
        schema="rounding",
    )
    op.sql_file("report/ward_board.v3.sql")
    op.sql_file("auth/ownership.v2.sql")
    op.execute("GRANT EXECUTE ON FUNCTION report.ward_board_v3 TO ward_client")


def downgrade() -> None:
    op.execute("DROP FUNCTION report.ward_board_v3")
    op.execute("DROP TYPE report.board_row_v3")
    op.drop_index(
        "ix_round_records_latest",
        table_name="round_records",
        schema="rounding",
    )
