"""Keep which oxygen saturation is prescribed for a stay, beside the SpO2 scale and not in its place.

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_targets()
    op.sql_file("report/oxygen_targets.v1.sql")
    op.sql_file("report/handover_decisions.v2.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.sql_file("public/oxygen_targets.v1.sql")


def downgrade() -> None:
    op.sql_file("public/oxygen_targets.v1.down.sql")
    op.sql_file("report/handover_decisions.v2.down.sql")
    op.sql_file("report/oxygen_targets.v1.down.sql")
    op.execute("DROP TABLE report.oxygen_targets")
    op.execute("DROP FUNCTION report.complete_oxygen_target()")


def _add_targets() -> None:
    op.create_table(
        "oxygen_targets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "low_percent",
            sa.SMALLINT(),
            nullable=True,
            comment="lowest saturation wanted, itself in the range; null: the target ended",
        ),
        sa.Column(
            "high_percent",
            sa.SMALLINT(),
            nullable=True,
            comment="highest saturation wanted on oxygen; null: the target ended",
        ),
        sa.Column(
            "decided_by", sa.Text(), nullable=False, comment="the prescriber, by name and role"
        ),
        sa.Column(
            "reason",
            sa.Text(),
            nullable=True,
            comment="asked for where it ended, and of a range that is not one of the two usual",
        ),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="set by trigger",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="set by trigger"),
        sa.Column(
            "supersedes_id",
            sa.Uuid(),
            nullable=True,
            comment="the decision this one replaces; null: the first of the stay",
        ),
        sa.CheckConstraint(
            "num_nulls(low_percent, high_percent) = 2 OR coalesce(low_percent >= 70"
            " AND high_percent <= 100 AND low_percent < high_percent, false)",
            name=op.f("ck_oxygen_targets_range_possible"),
        ),
        sa.CheckConstraint(
            "btrim(decided_by) <> '' AND length(decided_by) <= 200",
            name=op.f("ck_oxygen_targets_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "btrim(reason) <> '' AND length(reason) <= 500",
            name=op.f("ck_oxygen_targets_reason_fits"),
        ),
        sa.CheckConstraint(
            "reason IS NOT NULL OR coalesce((low_percent, high_percent) IN ((88, 92), (94, 98)), false)",
            name=op.f("ck_oxygen_targets_unusual_with_reason"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_oxygen_targets_occurred_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_oxygen_targets_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_oxygen_targets_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["report.oxygen_targets.id"],
            name=op.f("fk_oxygen_targets_supersedes_id_oxygen_targets"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oxygen_targets")),
        schema="report",
        comment="Oxygen saturations prescribed for a stay, append-only; the newest is in force.",
    )
    op.create_index(
        "ix_oxygen_targets_admission_id_seq",
        "oxygen_targets",
        ["admission_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_oxygen_targets_recorded_by"),
        "oxygen_targets",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_oxygen_targets_first",
        "oxygen_targets",
        ["admission_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_index(
        "uq_oxygen_targets_supersedes_id",
        "oxygen_targets",
        ["supersedes_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )
