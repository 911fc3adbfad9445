"""Say whom a patient is given to: a person, a role, or whoever takes over.

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "handovers",
        sa.Column("to_user_id", sa.Uuid(), nullable=True, comment="null: no person in particular"),
        schema="report",
    )
    op.add_column(
        "handovers",
        sa.Column("to_role", sa.Text(), nullable=True, comment="name of a role; null: no role"),
        schema="report",
    )
    op.create_foreign_key(
        op.f("fk_handovers_to_user_id_users"),
        "handovers",
        "users",
        ["to_user_id"],
        ["id"],
        source_schema="report",
        referent_schema="public",
    )
    op.create_check_constraint(
        op.f("ck_handovers_to_one"),
        "handovers",
        "to_user_id IS NULL OR to_role IS NULL",
        schema="report",
    )
    op.create_index(
        op.f("ix_handovers_to_user_id"), "handovers", ["to_user_id"], unique=False, schema="report"
    )
    op.sql_file("report/handover_receivers.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION report.handover_receivers, report.handover_people"
        " TO ward_client"
    )


def downgrade() -> None:
    op.sql_file("report/handover_receivers.v1.down.sql")
    op.drop_column("handovers", "to_role", schema="report")
    op.drop_column("handovers", "to_user_id", schema="report")
