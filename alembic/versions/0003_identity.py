"""Prove who is asking: sessions, sign-in, log to unlock.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sql_file("auth/identity.v1.sql")
    op.sql_file("auth/sign_in.v1.sql")
    op.sql_file("auth/ownership.v1.sql")


def downgrade() -> None:
    op.drop_functions("auth")
    op.execute("DROP VIEW auth.held_permissions, auth.opened_charts, auth.ward_stays")
    op.execute("DROP VIEW auth.live_session")
    op.revoke_all("public", "patient", "room", "admission", "report", "audit")
