"""Give hospitals' own reports what is to come: sets, rounds, tasks, assessments, discharges.

Revision ID: 0060
Revises: 0059
"""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/upcoming_ward_events.v1.sql")


def downgrade() -> None:
    op.execute("DROP VIEW IF EXISTS report.upcoming_appointments")
    op.execute("DROP VIEW IF EXISTS report.upcoming_ward_events")
