"""Let assessments be put off, tell what became of each, and who was let sleep by policy.

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_table()
    op.guard_tables("report.assessment_deferrals")
    op.sql_file("report/assessment_deferrals.v1.sql")
    op.sql_file("report/assessment_dues.v2.sql")
    op.sql_file("report/instrument_uses.v2.sql")
    op.sql_file("report/assessments_due.v1.sql")
    op.sql_file("rounding/nights.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION report.assessments_due, rounding.nights_then TO ward_client"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION rounding.nights_then(uuid[], uuid[], timestamptz[])")
    op.sql_file("report/assessments_due.v1.down.sql")
    op.sql_file("report/instrument_uses.v2.down.sql")
    op.sql_file("report/assessment_dues.v2.down.sql")
    op.sql_file("report/assessment_deferrals.v1.down.sql")


def _add_table() -> None:
    op.create_table(
        "assessment_deferrals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False, comment="its name"),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), nullable=False, comment="the due time it answers"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "deferred_until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it is due instead",
        ),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was decided",
        ),
        sa.Column("status", sa.Text(), server_default="final", nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True, comment="the one that was a mistake"),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.CheckConstraint(
            "(status = 'final' AND supersedes_id IS NULL) OR (status = 'entered_in_error'"
            " AND supersedes_id IS NOT NULL AND change_reason <> '')",
            name=op.f("ck_assessment_deferrals_struck_out_with_reason"),
        ),
        sa.CheckConstraint(
            "deferred_until > occurred_at", name=op.f("ck_assessment_deferrals_deferred_forward")
        ),
        sa.CheckConstraint(
            "reason <> 'other' OR note <> ''",
            name=op.f("ck_assessment_deferrals_other_explained"),
        ),
        sa.CheckConstraint(
            "reason IN ('asleep', 'off_ward', 'refused', 'with_team', 'end_of_life', 'workload',"
            " 'other')",
            name=op.f("ck_assessment_deferrals_reason_known"),
        ),
        *(
            sa.CheckConstraint(
                f"{column} BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
                name=op.f(f"ck_assessment_deferrals_{column}_plausible"),
            )
            for column in ("occurred_at", "due_at", "deferred_until")
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_assessment_deferrals_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_assessment_deferrals_recorded_by_users"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["report.assessment_deferrals.id"],
            name=op.f("fk_assessment_deferrals_supersedes_id_assessment_deferrals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_deferrals")),
        schema="report",
        comment="Assessments put off for a reason; append-only.",
    )
    op.create_index(
        "ix_assessment_deferrals_admission_id_instrument",
        "assessment_deferrals",
        ["admission_id", "instrument", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_assessment_deferrals_recorded_by"),
        "assessment_deferrals",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_assessment_deferrals_supersedes_id",
        "assessment_deferrals",
        ["supersedes_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )
