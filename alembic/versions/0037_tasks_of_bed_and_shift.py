"""Let tasks belong to the bed their patient lies in and the shift their time falls into.

Revision ID: 0037
Revises: 0036
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("rounding/tasks.v2.sql")
    op.sql_file("report/handover_facts.v2.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute("GRANT EXECUTE ON FUNCTION rounding.tasks_of_beds TO ward_client")


def downgrade() -> None:
    op.sql_file("report/handover_facts.v2.down.sql")
    op.sql_file("rounding/tasks.v2.down.sql")
