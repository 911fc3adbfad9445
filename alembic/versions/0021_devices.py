"""Keep a register of devices: what is in place, the looks at its site, what came out.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLES = ("device_removals", "device_checks", "devices", "device_settings", "device_packs")


def upgrade() -> None:
    _add_packs_and_settings()
    _add_devices()
    _add_checks()
    _add_removals()
    op.guard_tables(
        "report.device_packs",
        "report.device_settings",
        "report.devices",
        "report.device_checks",
        "report.device_removals",
    )
    op.sql_file("report/devices.v1.sql")
    op.sql_file("report/device_packs.v1.sql")
    op.sql_file("auth/ownership.v1.sql")
    op.sql_file("public/devices.v1.sql")


def downgrade() -> None:
    op.take_back_permissions("device.check", "device.record")
    op.sql_file("report/devices.v1.down.sql")
    for table in TABLES:
        op.execute(f"DROP TABLE report.{table}")


def _add_packs_and_settings() -> None:
    op.create_table(
        "device_packs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column(
            "hash", sa.Text(), nullable=False, comment="SHA-256 of the data file, hexadecimal"
        ),
        sa.Column(
            "schemes", postgresql.JSONB(), nullable=False, comment="as the data file declares them"
        ),
        sa.Column(
            "kinds", postgresql.JSONB(), nullable=False, comment="as the data file declares them"
        ),
        sa.CheckConstraint(
            "jsonb_typeof(schemes) = 'array' AND jsonb_typeof(kinds) = 'array'",
            name=op.f("ck_device_packs_shaped"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_packs")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_device_packs_name_version")),
        schema="report",
        comment="Registered kinds of device; append-only.",
    )
    op.create_table(
        "device_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "check_minutes", sa.SMALLINT(), nullable=False, comment="longest time between looks"
        ),
        sa.Column(
            "stay_hours",
            sa.SMALLINT(),
            nullable=True,
            comment="longest time in place; null: none set",
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
        sa.CheckConstraint("source <> ''", name=op.f("ck_device_settings_with_source")),
        sa.CheckConstraint(
            "check_minutes BETWEEN 15 AND 10080", name=op.f("ck_device_settings_check_plausible")
        ),
        sa.CheckConstraint(
            "stay_hours BETWEEN 1 AND 17520", name=op.f("ck_device_settings_stay_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_device_settings_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_settings")),
        sa.UniqueConstraint("seq", name=op.f("uq_device_settings_seq")),
        schema="report",
        comment="How often devices are looked at; newest in force.",
    )
    op.create_index(
        op.f("ix_device_settings_recorded_by"),
        "device_settings",
        ["recorded_by"],
        unique=False,
        schema="report",
    )


def _add_devices() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "device_id",
            sa.Uuid(),
            nullable=False,
            comment="the first row of this device; set by trigger",
        ),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "patient_id", sa.Uuid(), nullable=False, comment="of the admission; set by trigger"
        ),
        sa.Column(
            "ward_id",
            sa.Uuid(),
            nullable=True,
            comment="where the patient was when it was put in; set by trigger",
        ),
        sa.Column("pack_version", sa.Text(), nullable=False),
        sa.Column(
            "pack_hash", sa.Text(), nullable=False, comment="SHA-256 of the data file, hexadecimal"
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False, comment="where on the body, in words"),
        sa.Column("side", sa.Text(), nullable=True, comment="null: no sides there, or not said"),
        sa.Column(
            "size", sa.Text(), nullable=True, comment="gauge or size with its unit, in words"
        ),
        sa.Column(
            "inserted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="null: not known; may be before the admission",
        ),
        sa.Column("inserted_by", sa.Text(), nullable=True, comment="in words; null: not known"),
        sa.Column("reason", sa.Text(), nullable=True, comment="what it is for"),
        sa.Column(
            "due_out_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it is to come out, as decided; null: not decided",
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="final", nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.CheckConstraint(
            "btrim(site) <> '' AND length(site) <= 200", name=op.f("ck_devices_site_named")
        ),
        sa.CheckConstraint(
            "due_out_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_devices_due_out_at_plausible"),
        ),
        sa.CheckConstraint(
            "inserted_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_devices_inserted_at_plausible"),
        ),
        sa.CheckConstraint(
            "side IN ('left', 'right', 'middle')", name=op.f("ck_devices_side_known")
        ),
        sa.CheckConstraint(
            "status = 'final' OR supersedes_id IS NOT NULL",
            name=op.f("ck_devices_strike_out_names_original"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'entered_in_error')", name=op.f("ck_devices_status_known")
        ),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR change_reason <> ''",
            name=op.f("ck_devices_correction_with_reason"),
        ),
        sa.CheckConstraint(
            "(supersedes_id IS NULL) = (device_id = id)",
            name=op.f("ck_devices_first_row_names_it"),
        ),
        sa.CheckConstraint(
            "due_out_at > inserted_at", name=op.f("ck_devices_out_after_insertion")
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_devices_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["report.devices.id"], name=op.f("fk_devices_device_id_devices")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_devices_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["report.devices.id"], name=op.f("fk_devices_supersedes_id_devices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        schema="report",
        comment="Cannulas, catheters, drains in patients; append-only.",
    )
    op.create_index(
        op.f("ix_devices_admission_id"), "devices", ["admission_id"], unique=False, schema="report"
    )
    op.create_index(
        op.f("ix_devices_device_id"), "devices", ["device_id"], unique=False, schema="report"
    )
    op.create_index(
        op.f("ix_devices_recorded_by"), "devices", ["recorded_by"], unique=False, schema="report"
    )
    op.create_index(
        "uq_devices_supersedes_id",
        "devices",
        ["supersedes_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )


def _add_checks() -> None:
    op.create_table(
        "device_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "patient_id", sa.Uuid(), nullable=False, comment="of the admission; set by trigger"
        ),
        sa.Column(
            "ward_id",
            sa.Uuid(),
            nullable=True,
            comment="where the patient was at the time; set by trigger",
        ),
        sa.Column("pack_version", sa.Text(), nullable=False),
        sa.Column(
            "pack_hash", sa.Text(), nullable=False, comment="SHA-256 of the data file, hexadecimal"
        ),
        sa.Column(
            "scheme", sa.Text(), nullable=False, comment="of the device's kind; set by trigger"
        ),
        sa.Column(
            "signs",
            postgresql.JSONB(),
            nullable=False,
            comment="by name: there or not; a sign that is missing was not looked for",
        ),
        sa.Column(
            "score",
            sa.SMALLINT(),
            nullable=True,
            comment="VIP 0-5, or 0 well, 1 concern; set by trigger; null: the signs do not suffice",
        ),
        sa.Column(
            "at_least",
            sa.SMALLINT(),
            nullable=False,
            comment="what the signs seen come to; set by trigger",
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the site was looked at",
        ),
        sa.Column("status", sa.Text(), server_default="final", nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.CheckConstraint(
            "jsonb_typeof(signs) = 'object'", name=op.f("ck_device_checks_signs_shaped")
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_device_checks_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "status = 'final' OR supersedes_id IS NOT NULL",
            name=op.f("ck_device_checks_strike_out_names_original"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'entered_in_error')", name=op.f("ck_device_checks_status_known")
        ),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR change_reason <> ''",
            name=op.f("ck_device_checks_correction_with_reason"),
        ),
        sa.CheckConstraint(
            "at_least BETWEEN 0 AND 5 AND (score IS NULL OR score = at_least)",
            name=op.f("ck_device_checks_score_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_device_checks_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["report.devices.id"], name=op.f("fk_device_checks_device_id_devices")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_device_checks_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["report.device_checks.id"],
            name=op.f("fk_device_checks_supersedes_id_device_checks"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_checks")),
        schema="report",
        comment="Looks at the sites of devices; append-only.",
    )
    op.create_index(
        op.f("ix_device_checks_admission_id"),
        "device_checks",
        ["admission_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "ix_device_checks_device_id_occurred_at",
        "device_checks",
        ["device_id", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_device_checks_recorded_by"),
        "device_checks",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_device_checks_supersedes_id",
        "device_checks",
        ["supersedes_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )


def _add_removals() -> None:
    op.create_table(
        "device_removals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "patient_id", sa.Uuid(), nullable=False, comment="of the admission; set by trigger"
        ),
        sa.Column(
            "ward_id",
            sa.Uuid(),
            nullable=True,
            comment="where the patient was at the time; set by trigger",
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tip", sa.Text(), nullable=False, comment="how the tip looked"),
        sa.Column("removed_by", sa.Text(), nullable=False, comment="in words"),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "occurred_at", sa.DateTime(timezone=True), nullable=False, comment="when it came out"
        ),
        sa.Column("status", sa.Text(), server_default="final", nullable=False),
        sa.Column(
            "supersedes_id",
            sa.Uuid(),
            nullable=True,
            comment="the row before; a removal after one that was struck out names that, by trigger",
        ),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.CheckConstraint(
            "btrim(removed_by) <> ''", name=op.f("ck_device_removals_names_who_removed")
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_device_removals_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "reason <> 'other' OR note <> ''", name=op.f("ck_device_removals_other_explained")
        ),
        sa.CheckConstraint(
            "reason IN ('not_needed', 'due_out', 'phlebitis', 'infection', 'blocked', 'leaking', 'fell_out', 'replaced', 'other')",
            name=op.f("ck_device_removals_reason_known"),
        ),
        sa.CheckConstraint(
            "status = 'final' OR supersedes_id IS NOT NULL",
            name=op.f("ck_device_removals_strike_out_names_original"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'entered_in_error')", name=op.f("ck_device_removals_status_known")
        ),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR change_reason <> ''",
            name=op.f("ck_device_removals_correction_with_reason"),
        ),
        sa.CheckConstraint(
            "tip IN ('intact', 'not_intact', 'not_seen')",
            name=op.f("ck_device_removals_tip_known"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_device_removals_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["report.devices.id"], name=op.f("fk_device_removals_device_id_devices")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_device_removals_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["report.device_removals.id"],
            name=op.f("fk_device_removals_supersedes_id_device_removals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_removals")),
        schema="report",
        comment="Removals of devices; append-only.",
    )
    op.create_index(
        op.f("ix_device_removals_admission_id"),
        "device_removals",
        ["admission_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "ix_device_removals_device_id",
        "device_removals",
        ["device_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_device_removals_recorded_by"),
        "device_removals",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_device_removals_device_id",
        "device_removals",
        ["device_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_index(
        "uq_device_removals_supersedes_id",
        "device_removals",
        ["supersedes_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )
