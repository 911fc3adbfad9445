"""Give hospitals' own reports one row for each patient: bed, age, allergies, latest set.

Revision ID: 0057
Revises: 0056
"""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/patient_summary.v1.sql")


def downgrade() -> None:
    op.execute("DROP VIEW IF EXISTS report.patient_summary")
