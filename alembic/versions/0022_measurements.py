"""Keep bedside measurements of any kind, checked against the registered kinds.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_kinds()
    _add_measurements()
    op.sql_file("report/measured_line.v1.sql")
    op.guard_tables("report.measurement_kinds", "report.measurements")
    op.sql_file("report/measurements.v1.sql")
    op.sql_file("report/measurement_kinds.v1.sql")
    op.sql_file("auth/ownership.v1.sql")


def downgrade() -> None:
    op.sql_file("report/measurements.v1.down.sql")
    op.execute("DROP TABLE report.measurements")
    op.execute("DROP TABLE report.measurement_kinds")


def _add_kinds() -> None:
    op.create_table(
        "measurement_kinds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column(
            "hash", sa.Text(), nullable=False, comment="SHA-256 of the data file, hexadecimal"
        ),
        sa.Column(
            "fields", postgresql.JSONB(), nullable=False, comment="as the data file declares them"
        ),
        sa.Column("derived", postgresql.JSONB(), nullable=False, comment="what follows from them"),
        sa.Column("summary", postgresql.JSONB(), nullable=False, comment="parts of the one line"),
        sa.CheckConstraint(
            "jsonb_typeof(fields) = 'array' AND jsonb_typeof(derived) = 'array'"
            " AND jsonb_typeof(summary) = 'array'",
            name=op.f("ck_measurement_kinds_fields_shaped"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement_kinds")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_measurement_kinds_name_version")),
        schema="report",
        comment="Registered kinds of measurement; append-only.",
    )


def _add_measurements() -> None:
    op.create_table(
        "measurements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "patient_id", sa.Uuid(), nullable=False, comment="of the admission; set by trigger"
        ),
        sa.Column(
            "ward_id",
            sa.Uuid(),
            nullable=True,
            comment="where the patient was at the time; set by trigger, access does not follow it",
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("kind_version", sa.Text(), nullable=False),
        sa.Column(
            "kind_hash", sa.Text(), nullable=False, comment="SHA-256 of the data file, hexadecimal"
        ),
        sa.Column(
            "values",
            postgresql.JSONB(),
            nullable=False,
            comment="by the field's name; numbers as text, in the unit of the field",
        ),
        sa.Column(
            "derived",
            postgresql.JSONB(),
            server_default="{}",
            nullable=False,
            comment="what followed from the values, numbers as text; set by trigger",
        ),
        sa.Column(
            "summary",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="the values in one line; empty: a strike-out; set by trigger",
        ),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("device_source", sa.Text(), server_default="manual entry", nullable=False),
        sa.Column("status", sa.Text(), server_default="final", nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "jsonb_typeof(values) = 'object' AND jsonb_typeof(derived) = 'object'",
            name=op.f("ck_measurements_values_shaped"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'entered_in_error')", name=op.f("ck_measurements_status_known")
        ),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR change_reason <> ''",
            name=op.f("ck_measurements_correction_with_reason"),
        ),
        sa.CheckConstraint(
            "status = 'final' OR supersedes_id IS NOT NULL",
            name=op.f("ck_measurements_strike_out_names_original"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_measurements_occurred_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_measurements_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["report.measurements.id"],
            name=op.f("fk_measurements_supersedes_id_measurements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurements")),
        schema="report",
        comment="Bedside measurements of any kind; append-only.",
    )
    op.create_index(
        "ix_measurements_admission_id_occurred_at",
        "measurements",
        ["admission_id", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_measurements_supersedes_id",
        "measurements",
        ["supersedes_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )
