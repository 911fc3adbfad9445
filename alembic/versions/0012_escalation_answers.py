"""Say how soon escalations were answered.

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/escalation_answers.v1.sql")
    op.sql_file("auth/ownership.v1.sql")
    op.execute("GRANT EXECUTE ON FUNCTION report.escalation_answers TO ward_client")


def downgrade() -> None:
    op.execute("DROP TYPE report.escalation_answer CASCADE")
