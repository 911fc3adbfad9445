"""Tell IT what the server counts about itself, and keep it for comparison.

Revision ID: 0054
Revises: 0053
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "monitor_snapshots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "taken_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "database_role", sa.Text(), server_default=sa.text("SESSION_USER"), nullable=False
        ),
        sa.Column(
            "machine", JSONB(), nullable=True, comment="of the server's computer; null: not known"
        ),
        sa.Column("figures", JSONB(), nullable=False, comment="by kind, as the report has them"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitor_snapshots")),
        schema="public",
        comment="What the server counted about itself, to see what grows; no patient is in it.",
    )
    op.create_index(
        "ix_monitor_snapshots_taken_at", "monitor_snapshots", ["taken_at"], schema="public"
    )
    op.guard_tables("public.monitor_snapshots", unlogged="figures")
    op.sql_file("public/monitor.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION public.server_figures, public.monitor_trend"
        " TO ward_client, ward_monitor"
    )
    op.execute("GRANT EXECUTE ON FUNCTION public.keep_monitor_snapshot TO ward_monitor")


def downgrade() -> None:
    op.sql_file("public/monitor.v1.down.sql")
    op.drop_table("monitor_snapshots", schema="public")
