"""Say what observations are due when and why; plans, deferrals, leave.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_tables()
    op.sql_file("report/dues.v1.sql")
    op.sql_file("report/schedule.v1.sql")
    op.sql_file("admission/leaves.v1.sql")
    op.sql_file("report/latest_scores.v2.sql")
    op.sql_file("auth/ownership.v1.sql")
    op.sql_file("public/schedule.v1.sql")
    op.execute("GRANT EXECUTE ON FUNCTION report.observation_dues TO ward_client")


def downgrade() -> None:
    op.sql_file("public/schedule.v1.down.sql")
    op.sql_file("report/latest_scores.v2.down.sql")
    op.sql_file("auth/ownership.v1.sql")
    op.sql_file("report/schedule.v1.down.sql")
    for table in ("report.observation_deferrals", "report.observation_plans"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP TABLE report.schedule_settings")
    op.execute("DROP TABLE admission.leaves")


def _add_tables() -> None:
    op.create_table(
        "schedule_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "arrival_minutes",
            sa.SMALLINT(),
            nullable=False,
            comment="first set after arrival on a ward",
        ),
        sa.Column(
            "restart_minutes",
            sa.SMALLINT(),
            nullable=False,
            comment="first set after leave or a discharge undone, at the latest",
        ),
        sa.Column(
            "unknown_minutes",
            sa.SMALLINT(),
            nullable=False,
            comment="between sets while no score says how often",
        ),
        sa.Column(
            "refusal_cap_minutes",
            sa.SMALLINT(),
            nullable=False,
            comment="longest wait after a refusal",
        ),
        sa.Column(
            "longest_deferral_minutes",
            sa.SMALLINT(),
            nullable=False,
            comment="longest a set may be put off at once",
        ),
        sa.Column(
            "shortest_minutes",
            sa.SMALLINT(),
            nullable=False,
            comment="no set is asked for more often",
        ),
        sa.Column(
            "grace_minutes",
            sa.SMALLINT(),
            nullable=False,
            comment="whole minutes after the due time that still are on time",
        ),
        sa.Column(
            "source",
            sa.Text(),
            nullable=False,
            comment="where the numbers come from, who approved them",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("source <> ''", name=op.f("ck_schedule_settings_with_source")),
        sa.CheckConstraint(
            "arrival_minutes BETWEEN 5 AND 1440 AND restart_minutes BETWEEN 5 AND 1440 AND unknown_minutes BETWEEN 5 AND 1440 AND refusal_cap_minutes BETWEEN 5 AND 1440 AND longest_deferral_minutes BETWEEN 5 AND 1440 AND shortest_minutes BETWEEN 5 AND 60 AND grace_minutes BETWEEN 0 AND 240",
            name=op.f("ck_schedule_settings_minutes_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_schedule_settings_recorded_by_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_settings")),
        sa.UniqueConstraint("seq", name=op.f("uq_schedule_settings_seq")),
        schema="report",
        comment="Numbers of the schedule; newest row in force.",
    )
    op.create_index(
        op.f("ix_schedule_settings_recorded_by"),
        "schedule_settings",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_table(
        "leaves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "expected_back_at", sa.DateTime(timezone=True), nullable=True, comment="null: a return"
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'left') = (expected_back_at IS NOT NULL)",
            name=op.f("ck_leaves_leave_says_until_when"),
        ),
        sa.CheckConstraint(
            "expected_back_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_leaves_expected_back_at_plausible"),
        ),
        sa.CheckConstraint("kind IN ('left', 'returned')", name=op.f("ck_leaves_kind_known")),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_leaves_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "expected_back_at > occurred_at", name=op.f("ck_leaves_back_after_leaving")
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_leaves_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_leaves_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
        schema="admission",
        comment="Leave and return (HL7 A21, A22); append-only.",
    )
    op.create_index(
        "ix_leaves_admission_id_occurred_at",
        "leaves",
        ["admission_id", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_leaves_recorded_by"), "leaves", ["recorded_by"], unique=False, schema="admission"
    )
    op.create_table(
        "observation_deferrals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), nullable=False, comment="the due time it answers"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "deferred_until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the set is due instead; after a refusal set by trigger",
        ),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was decided or refused",
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
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(status = 'final' AND supersedes_id IS NULL) OR (status = 'entered_in_error' AND supersedes_id IS NOT NULL AND change_reason <> '')",
            name=op.f("ck_observation_deferrals_struck_out_with_reason"),
        ),
        sa.CheckConstraint(
            "deferred_until BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_observation_deferrals_deferred_until_plausible"),
        ),
        sa.CheckConstraint(
            "due_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_observation_deferrals_due_at_plausible"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_observation_deferrals_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "reason <> 'other' OR note <> ''",
            name=op.f("ck_observation_deferrals_other_explained"),
        ),
        sa.CheckConstraint(
            "reason IN ('asleep_and_stable', 'off_ward', 'refused', 'end_of_life', 'procedure', 'workload', 'equipment', 'other')",
            name=op.f("ck_observation_deferrals_reason_known"),
        ),
        sa.CheckConstraint(
            "deferred_until > occurred_at", name=op.f("ck_observation_deferrals_deferred_forward")
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_observation_deferrals_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_observation_deferrals_recorded_by_users"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["report.observation_deferrals.id"],
            name=op.f("fk_observation_deferrals_supersedes_id_observation_deferrals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_deferrals")),
        schema="report",
        comment="Sets put off for a reason; append-only.",
    )
    op.create_index(
        "ix_observation_deferrals_admission_id_occurred_at",
        "observation_deferrals",
        ["admission_id", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_observation_deferrals_recorded_by"),
        "observation_deferrals",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_observation_deferrals_supersedes_id",
        "observation_deferrals",
        ["supersedes_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )
    op.create_table(
        "observation_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "interval_minutes",
            sa.SMALLINT(),
            nullable=True,
            comment="longest time between sets; null: as the score asks again",
        ),
        sa.Column(
            "asked_minutes",
            sa.SMALLINT(),
            nullable=False,
            comment="what the score asked for when this was decided; set by trigger",
        ),
        sa.Column("decided_by", sa.Text(), nullable=False, comment="who decided, by name"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "review_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when to think about it again",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="until when it holds; null: until another is made",
        ),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="since when it holds; set by trigger",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "decided_by <> ''", name=op.f("ck_observation_plans_names_who_decided")
        ),
        sa.CheckConstraint(
            "expires_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_observation_plans_expires_at_plausible"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_observation_plans_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "reason <> '' OR coalesce(interval_minutes <= asked_minutes, false)",
            name=op.f("ck_observation_plans_longer_or_stop_with_reason"),
        ),
        sa.CheckConstraint(
            "review_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_observation_plans_review_at_plausible"),
        ),
        sa.CheckConstraint(
            "asked_minutes BETWEEN 5 AND 10080", name=op.f("ck_observation_plans_asked_plausible")
        ),
        sa.CheckConstraint(
            "expires_at > occurred_at AND (interval_minutes IS NOT NULL OR expires_at IS NULL)",
            name=op.f("ck_observation_plans_expires_later"),
        ),
        sa.CheckConstraint(
            "interval_minutes BETWEEN 5 AND 10080",
            name=op.f("ck_observation_plans_interval_plausible"),
        ),
        sa.CheckConstraint(
            "interval_minutes IS NULL OR interval_minutes <= asked_minutes OR expires_at IS NOT NULL",
            name=op.f("ck_observation_plans_longer_expires"),
        ),
        sa.CheckConstraint(
            "review_at > occurred_at AND (interval_minutes IS NOT NULL OR review_at IS NULL)",
            name=op.f("ck_observation_plans_reviewed_later"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_observation_plans_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_observation_plans_recorded_by_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_plans")),
        schema="report",
        comment="How often to observe, as decided; append-only.",
    )
    op.create_index(
        "ix_observation_plans_admission_id_occurred_at",
        "observation_plans",
        ["admission_id", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_observation_plans_recorded_by"),
        "observation_plans",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
