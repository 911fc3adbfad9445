"""Keep rounds: checklists, what was answered, and the tasks that follow.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_templates()
    _add_rounds()
    _add_round_records()
    _add_tasks()
    _add_task_events()
    op.guard_tables(
        "rounding.templates",
        "rounding.rounds",
        "rounding.round_records",
        "rounding.tasks",
        "rounding.task_events",
    )
    op.sql_file("rounding/rounding.v1.sql")
    op.sql_file("rounding/dues.v1.sql")
    op.sql_file("rounding/tasks.v1.sql")
    op.sql_file("auth/ownership.v2.sql")
    op.sql_file("public/rounding.v1.sql")
    op.sql_file("rounding/templates.v1.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION rounding.due_list, rounding.open_tasks, rounding.round_size"
        " TO ward_client"
    )


def downgrade() -> None:
    op.take_back_permissions("round.record", "round.correct", "round.edit")
    op.sql_file("rounding/rounding.v1.down.sql")
    for table in ("task_events", "tasks", "round_records", "rounds", "templates"):
        op.execute(f"DROP TABLE rounding.{table}")


def _add_templates() -> None:
    op.create_table(
        "templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "facility_id", sa.Uuid(), nullable=True, comment="null: shipped with the program"
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="the same in every version"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "content",
            postgresql.JSONB(),
            nullable=False,
            comment="items, intervals in minutes, reasons to put it off",
        ),
        sa.Column(
            "hash",
            sa.Text(),
            sa.Computed("md5(content::text)", persisted=True),
            nullable=False,
            comment="of the content",
        ),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "name ~ '^[a-z][a-z0-9_]{0,39}$'", name=op.f("ck_templates_name_short")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_templates_version_counts")),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["public.facilities.id"],
            name=op.f("fk_templates_facility_id_facilities"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_templates_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
        sa.UniqueConstraint(
            "facility_id", "name", "version", name=op.f("uq_templates_facility_id_name_version")
        ),
        schema="rounding",
        comment="Versions of checklists; append-only.",
    )
    op.create_index(
        op.f("ix_templates_recorded_by"),
        "templates",
        ["recorded_by"],
        unique=False,
        schema="rounding",
    )


def _add_rounds() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False, comment="where it began"),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="of its first record",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_rounds_occurred_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_rounds_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_rounds_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        schema="rounding",
        comment="What was answered and put off in one go; append-only.",
    )
    op.create_index(
        op.f("ix_rounds_recorded_by"), "rounds", ["recorded_by"], unique=False, schema="rounding"
    )
    op.create_index(
        "ix_rounds_ward_id_occurred_at",
        "rounds",
        ["ward_id", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="rounding",
    )


def _add_round_records() -> None:
    op.create_table(
        "round_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "round_id",
            sa.Uuid(),
            nullable=True,
            comment="records saved together are one round",
        ),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ward_id", sa.Uuid(), nullable=True, comment="where it was done; set by trigger"
        ),
        sa.Column(
            "subject_ward_id",
            sa.Uuid(),
            nullable=True,
            comment="the ward a ward's checklist is about",
        ),
        sa.Column(
            "bed_id", sa.Uuid(), nullable=True, comment="where the patient lay; set by trigger"
        ),
        sa.Column(
            "admission_id", sa.Uuid(), nullable=True, comment="null: a checklist of the ward"
        ),
        sa.Column(
            "patient_id", sa.Uuid(), nullable=True, comment="of the admission; set by trigger"
        ),
        sa.Column("outcome", sa.Text(), server_default="done", nullable=False),
        sa.Column(
            "answers",
            postgresql.JSONB(),
            server_default="{}",
            nullable=False,
            comment="by the item's name; numbers as text",
        ),
        sa.Column(
            "words",
            postgresql.JSONB(),
            server_default="{}",
            nullable=False,
            comment="what was said to an answer, by the item's name",
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was put off"),
        sa.Column("deferred_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.Column("status", sa.Text(), server_default="final", nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'deferred') = (reason IS NOT NULL AND deferred_until IS NOT NULL) OR status <> 'final'",
            name=op.f("ck_round_records_deferred_with_reason"),
        ),
        sa.CheckConstraint(
            "deferred_until BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_round_records_deferred_until_plausible"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(answers) = 'object' AND jsonb_typeof(words) = 'object'",
            name=op.f("ck_round_records_answers_shaped"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_round_records_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "outcome IN ('done', 'deferred')", name=op.f("ck_round_records_outcome_known")
        ),
        sa.CheckConstraint(
            "status = 'final' OR supersedes_id IS NOT NULL",
            name=op.f("ck_round_records_strike_out_names_original"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'entered_in_error')", name=op.f("ck_round_records_status_known")
        ),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR change_reason <> ''",
            name=op.f("ck_round_records_correction_with_reason"),
        ),
        sa.CheckConstraint(
            "(admission_id IS NULL) = (patient_id IS NULL)",
            name=op.f("ck_round_records_patient_of_the_stay"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_round_records_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["bed_id"], ["room.beds.id"], name=op.f("fk_round_records_bed_id_beds")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patients.id"],
            name=op.f("fk_round_records_patient_id_patients"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_round_records_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounding.rounds.id"], name=op.f("fk_round_records_round_id_rounds")
        ),
        sa.ForeignKeyConstraint(
            ["subject_ward_id"],
            ["room.wards.id"],
            name=op.f("fk_round_records_subject_ward_id_wards"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["rounding.round_records.id"],
            name=op.f("fk_round_records_supersedes_id_round_records"),
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["rounding.templates.id"],
            name=op.f("fk_round_records_template_id_templates"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_round_records_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_records")),
        schema="rounding",
        comment="Answered and deferred checklists; append-only.",
    )
    op.create_index(
        "ix_round_records_admission_id_occurred_at",
        "round_records",
        ["admission_id", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="rounding",
    )
    op.create_index(
        "ix_round_records_answers",
        "round_records",
        ["answers"],
        unique=False,
        schema="rounding",
        postgresql_using="gin",
        postgresql_ops={"answers": "jsonb_path_ops"},
    )
    op.create_index(
        op.f("ix_round_records_bed_id"),
        "round_records",
        ["bed_id"],
        unique=False,
        schema="rounding",
    )
    op.create_index(
        op.f("ix_round_records_patient_id"),
        "round_records",
        ["patient_id"],
        unique=False,
        schema="rounding",
    )
    op.create_index(
        op.f("ix_round_records_recorded_by"),
        "round_records",
        ["recorded_by"],
        unique=False,
        schema="rounding",
    )
    op.create_index(
        op.f("ix_round_records_round_id"),
        "round_records",
        ["round_id"],
        unique=False,
        schema="rounding",
    )
    op.create_index(
        op.f("ix_round_records_subject_ward_id"),
        "round_records",
        ["subject_ward_id"],
        unique=False,
        schema="rounding",
    )
    op.create_index(
        op.f("ix_round_records_template_id"),
        "round_records",
        ["template_id"],
        unique=False,
        schema="rounding",
    )
    op.create_index(
        "ix_round_records_ward_id_occurred_at",
        "round_records",
        ["ward_id", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="rounding",
    )
    op.create_index(
        "uq_round_records_supersedes_id",
        "round_records",
        ["supersedes_id"],
        unique=True,
        schema="rounding",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )


def _add_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "ward_id", sa.Uuid(), nullable=False, comment="where it was opened; set by trigger"
        ),
        sa.Column(
            "subject_ward_id", sa.Uuid(), nullable=True, comment="of a task of the ward itself"
        ),
        sa.Column("bed_id", sa.Uuid(), nullable=True, comment="null: a task of the ward"),
        sa.Column("admission_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True, comment="the answer that asked for it"),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "due_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_tasks_due_at_plausible"),
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_tasks_says_what")),
        sa.CheckConstraint(
            "(admission_id IS NULL) = (patient_id IS NULL)",
            name=op.f("ck_tasks_patient_of_the_stay"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_tasks_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(["bed_id"], ["room.beds.id"], name=op.f("fk_tasks_bed_id_beds")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.patients.id"], name=op.f("fk_tasks_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["rounding.round_records.id"],
            name=op.f("fk_tasks_record_id_round_records"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_tasks_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["subject_ward_id"], ["room.wards.id"], name=op.f("fk_tasks_subject_ward_id_wards")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_tasks_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        schema="rounding",
        comment="Tasks of beds and wards; append-only.",
    )
    op.create_index(
        op.f("ix_tasks_admission_id"), "tasks", ["admission_id"], unique=False, schema="rounding"
    )
    op.create_index(op.f("ix_tasks_bed_id"), "tasks", ["bed_id"], unique=False, schema="rounding")
    op.create_index(
        op.f("ix_tasks_patient_id"), "tasks", ["patient_id"], unique=False, schema="rounding"
    )
    op.create_index(
        op.f("ix_tasks_record_id"), "tasks", ["record_id"], unique=False, schema="rounding"
    )
    op.create_index(
        op.f("ix_tasks_recorded_by"), "tasks", ["recorded_by"], unique=False, schema="rounding"
    )
    op.create_index(
        op.f("ix_tasks_subject_ward_id"),
        "tasks",
        ["subject_ward_id"],
        unique=False,
        schema="rounding",
    )
    op.create_index(
        "ix_tasks_ward_id_due_at", "tasks", ["ward_id", "due_at"], unique=False, schema="rounding"
    )


def _add_task_events() -> None:
    op.create_table(
        "task_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("deferred_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'deferred') = (deferred_until IS NOT NULL)",
            name=op.f("ck_task_events_deferred_until_when"),
        ),
        sa.CheckConstraint(
            "deferred_until BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_task_events_deferred_until_plausible"),
        ),
        sa.CheckConstraint(
            "kind = 'done' OR reason <> ''", name=op.f("ck_task_events_with_reason")
        ),
        sa.CheckConstraint(
            "kind IN ('done', 'deferred', 'cancelled')", name=op.f("ck_task_events_kind_known")
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_task_events_occurred_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_task_events_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["rounding.tasks.id"], name=op.f("fk_task_events_task_id_tasks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_events")),
        sa.UniqueConstraint("seq", name=op.f("uq_task_events_seq")),
        schema="rounding",
        comment="What became of tasks; append-only.",
    )
    op.create_index(
        op.f("ix_task_events_recorded_by"),
        "task_events",
        ["recorded_by"],
        unique=False,
        schema="rounding",
    )
    op.create_index(
        op.f("ix_task_events_task_id"), "task_events", ["task_id"], unique=False, schema="rounding"
    )
    op.create_index(
        "uq_task_events_ended",
        "task_events",
        ["task_id"],
        unique=True,
        schema="rounding",
        postgresql_where=sa.text("kind IN ('done', 'cancelled')"),
    )
