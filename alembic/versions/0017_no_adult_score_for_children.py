"""Refuse a score that is not made for the patient's age, or not in use.

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("report/score_fits.v1.sql")
    op.sql_file("auth/ownership.v1.sql")


def downgrade() -> None:
    op.execute("DROP TRIGGER score_fits ON report.vital_signs")
    op.execute("DROP FUNCTION report.check_score_fits()")
