"""Say who must come to a patient who gets worse, and keep what came of it.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "escalation_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=True, comment="null: what the program ships"),
        sa.Column("ward_id", sa.Uuid(), nullable=True, comment="null: every ward of the facility"),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("step", sa.SMALLINT(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("acknowledge_minutes", sa.SMALLINT(), nullable=False),
        sa.Column("arrive_minutes", sa.SMALLINT(), nullable=False),
        sa.Column("renotify_minutes", sa.SMALLINT(), nullable=False),
        sa.Column(
            "cascade_minutes",
            sa.SMALLINT(),
            nullable=True,
            comment="unanswered for so long, the next step is called; null: the last",
        ),
        sa.Column(
            "is_active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="false: the step is taken away",
        ),
        sa.Column("source", sa.Text(), nullable=False, comment="where roles and times come from"),
        sa.Column("set_by", sa.Text(), nullable=False, comment="who decided it, by name"),
        sa.Column(
            "in_force_from",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "is_active OR step > 1 OR level = 'low'",
            name=op.f("ck_escalation_rules_somebody_is_called"),
        ),
        sa.CheckConstraint(
            "in_force_from BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_escalation_rules_in_force_from_plausible"),
        ),
        sa.CheckConstraint(
            "level IN ('low', 'low-medium', 'concern', 'medium', 'high')",
            name=op.f("ck_escalation_rules_level_known"),
        ),
        sa.CheckConstraint(
            "role IN ('registered_nurse', 'nurse_in_charge', 'medical_team', 'medical_registrar', 'critical_care_outreach', 'consultant')",
            name=op.f("ck_escalation_rules_role_known"),
        ),
        sa.CheckConstraint(
            "source <> '' AND set_by <> ''", name=op.f("ck_escalation_rules_said_by_whom")
        ),
        sa.CheckConstraint(
            "acknowledge_minutes BETWEEN 1 AND 1440 AND arrive_minutes BETWEEN 1 AND 1440 AND renotify_minutes BETWEEN 1 AND 1440 AND cascade_minutes BETWEEN 1 AND 1440",
            name=op.f("ck_escalation_rules_minutes_possible"),
        ),
        sa.CheckConstraint(
            "arrive_minutes >= acknowledge_minutes",
            name=op.f("ck_escalation_rules_arrives_after_answer"),
        ),
        sa.CheckConstraint("step BETWEEN 1 AND 9", name=op.f("ck_escalation_rules_step_possible")),
        sa.CheckConstraint(
            "ward_id IS NULL OR facility_id IS NOT NULL",
            name=op.f("ck_escalation_rules_ward_of_facility"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["public.facilities.id"],
            name=op.f("fk_escalation_rules_facility_id_facilities"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_escalation_rules_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_rules")),
        schema="report",
        comment="Whom to call at which risk, and how long to wait; the history is kept.",
    )
    op.create_index(
        op.f("ix_escalation_rules_facility_id"),
        "escalation_rules",
        ["facility_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "ix_escalation_rules_level_seq",
        "escalation_rules",
        ["level", "step", sa.literal_column("seq DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_escalation_rules_ward_id"),
        "escalation_rules",
        ["ward_id"],
        unique=False,
        schema="report",
    )
    op.create_table(
        "escalations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "patient_id",
            sa.Uuid(),
            nullable=False,
            comment="of the admission; set by the database",
        ),
        sa.Column(
            "ward_id",
            sa.Uuid(),
            nullable=False,
            comment="whose rules apply: where the patient was; access does not follow it",
        ),
        sa.Column("vital_sign_id", sa.Uuid(), nullable=True, comment="null: a concern"),
        sa.Column("level", sa.Text(), nullable=False, comment="reached when it was opened"),
        sa.Column(
            "points",
            sa.SMALLINT(),
            nullable=True,
            comment="points known of the set; null: a concern",
        ),
        sa.Column(
            "words", sa.Text(), nullable=True, comment="the concern; null: a score opened it"
        ),
        sa.Column(
            "asks_nurse",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="recorded by somebody who may not answer it",
        ),
        sa.Column("asks_sepsis", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="the clock starts: when it was recorded",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.CheckConstraint(
            "CASE WHEN vital_sign_id IS NULL THEN words <> '' AND level = 'concern' ELSE words IS NULL AND level <> 'concern' END",
            name=op.f("ck_escalations_set_or_concern"),
        ),
        sa.CheckConstraint(
            "level IN ('low', 'low-medium', 'concern', 'medium', 'high')",
            name=op.f("ck_escalations_level_known"),
        ),
        sa.CheckConstraint(
            "opened_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_escalations_opened_at_plausible"),
        ),
        sa.CheckConstraint(
            "points BETWEEN 0 AND 100", name=op.f("ck_escalations_points_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_escalations_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["vital_sign_id"],
            ["report.vital_signs.id"],
            name=op.f("fk_escalations_vital_sign_id_vital_signs"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        schema="report",
        comment="Calls for help, by a score or a concern; append-only.",
    )
    op.create_index(
        "ix_escalations_admission_id_seq",
        "escalations",
        ["admission_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_escalations_vital_sign_id"),
        "escalations",
        ["vital_sign_id"],
        unique=False,
        schema="report",
    )
    op.create_table(
        "escalation_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "patient_id",
            sa.Uuid(),
            nullable=False,
            comment="of the escalation; set by the database",
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "round",
            sa.SMALLINT(),
            nullable=False,
            comment="how often it was raised before: a raise asks for answers anew",
        ),
        sa.Column("step", sa.SMALLINT(), nullable=True, comment="of a repeat or a next call"),
        sa.Column("role", sa.Text(), nullable=True, comment="who was called or answered"),
        sa.Column("person", sa.Text(), nullable=True, comment="who that was, as given"),
        sa.Column("nurse_id", sa.Uuid(), nullable=True, comment="the nurse who was informed"),
        sa.Column("vital_sign_id", sa.Uuid(), nullable=True, comment="the set behind a change"),
        sa.Column(
            "level", sa.Text(), nullable=True, comment="in force from here; of raised, lowered"
        ),
        sa.Column("points", sa.SMALLINT(), nullable=True),
        sa.Column("asks_sepsis", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("silent_minutes", sa.SMALLINT(), nullable=True),
        sa.Column("workstation", sa.Text(), nullable=True, comment="whose sound was silenced"),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="of a repeat or a next call: when it fell due, however late it was written",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: by the passing of time"),
        sa.CheckConstraint(
            "(kind = 'informed') = (nurse_id IS NOT NULL)",
            name=op.f("ck_escalation_events_informed_whom"),
        ),
        sa.CheckConstraint(
            "(kind IN ('raised', 'lowered')) = (level IS NOT NULL)",
            name=op.f("ck_escalation_events_level_of_change"),
        ),
        sa.CheckConstraint(
            "(kind IN ('re_notified', 'cascaded')) = (step IS NOT NULL)",
            name=op.f("ck_escalation_events_step_of_call"),
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'outcome' THEN coalesce(code IN ('stable_on_ward', 'treatment_started', 'higher_care', 'treatment_limits', 'died', 'other'), false) WHEN 'not_escalated' THEN coalesce(code IN ('plan_in_place', 'usual_for_patient', 'treatment_limits', 'end_of_life', 'doubtful_value', 'other'), false) WHEN 'sepsis_answered' THEN coalesce(code IN ('suspected', 'not_suspected', 'unsure'), false) WHEN 'closed' THEN coalesce(code IN ('corrected'), false) ELSE code IS NULL END",
            name=op.f("ck_escalation_events_code_fits_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('informed', 'notified', 're_notified', 'cascaded', 'acknowledged', 'arrived', 'sepsis_answered', 'planned', 'silenced', 'concern', 'raised', 'lowered', 'outcome', 'not_escalated', 'closed')",
            name=op.f("ck_escalation_events_kind_known"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('planned', 'concern') AND code IS DISTINCT FROM 'other' OR coalesce(words <> '', false)",
            name=op.f("ck_escalation_events_said_in_words"),
        ),
        sa.CheckConstraint(
            "level IN ('low', 'low-medium', 'concern', 'medium', 'high')",
            name=op.f("ck_escalation_events_level_known"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_escalation_events_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "role IN ('registered_nurse', 'nurse_in_charge', 'medical_team', 'medical_registrar', 'critical_care_outreach', 'consultant')",
            name=op.f("ck_escalation_events_role_known"),
        ),
        sa.CheckConstraint(
            "points BETWEEN 0 AND 100", name=op.f("ck_escalation_events_points_plausible")
        ),
        sa.CheckConstraint(
            "silent_minutes BETWEEN 1 AND 60",
            name=op.f("ck_escalation_events_silent_minutes_possible"),
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["report.escalations.id"],
            name=op.f("fk_escalation_events_escalation_id_escalations"),
        ),
        sa.ForeignKeyConstraint(
            ["nurse_id"], ["public.users.id"], name=op.f("fk_escalation_events_nurse_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_escalation_events_recorded_by_users"),
        ),
        sa.ForeignKeyConstraint(
            ["vital_sign_id"],
            ["report.vital_signs.id"],
            name=op.f("fk_escalation_events_vital_sign_id_vital_signs"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_events")),
        schema="report",
        comment="What happened to each escalation; append-only.",
    )
    op.create_index(
        "ix_escalation_events_escalation_id_seq",
        "escalation_events",
        ["escalation_id", "seq"],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_escalation_events_nurse_id"),
        "escalation_events",
        ["nurse_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_escalation_events_recorded_by"),
        "escalation_events",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_escalation_events_vital_sign_id"),
        "escalation_events",
        ["vital_sign_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_escalation_events_due_once",
        "escalation_events",
        ["escalation_id", "kind", "step", "occurred_at"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("kind IN ('re_notified', 'cascaded')"),
    )
    op.create_index(
        "uq_escalation_events_one_answer",
        "escalation_events",
        ["escalation_id", "round", "kind"],
        unique=True,
        schema="report",
        postgresql_where=sa.text(
            "kind IN ('acknowledged', 'arrived', 'outcome', 'not_escalated', 'closed')"
        ),
    )
    op.sql_file("report/escalations.v1.sql")
    op.sql_file("auth/ownership.v1.sql")
    op.sql_file("auth/escalation_grants.v1.sql")


def downgrade() -> None:
    op.sql_file("report/escalations.v1.down.sql")
    op.drop_table("escalation_events", schema="report")
    op.drop_table("escalations", schema="report")
    op.drop_table("escalation_rules", schema="report")
