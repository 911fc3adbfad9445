"""Find, register, admit, move, discharge, undo, record: what clients may ask for.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("room/announce.v1.sql")
    op.sql_file("patient/directory.v1.sql")
    op.sql_file("admission/commands.v1.sql")
    op.sql_file("admission/cancellation.v1.sql")
    op.sql_file("report/vital_signs.v1.sql")
    op.sql_file("report/bed_board.v1.sql")
    op.sql_file("auth/ownership.v1.sql")


def downgrade() -> None:
    op.drop_functions("report", "admission", "patient", "room")
    op.execute("DROP TYPE report.board_bed")
    op.execute("DROP TYPE admission.result")
    op.execute("DROP TYPE patient.found")
    op.sql_file("auth/command_grants.v1.down.sql")
