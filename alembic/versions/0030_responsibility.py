"""Keep who is allocated to which bed, who holds it and who is on duty.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_duty_signs()
    _add_bed_responsibilities()
    _add_shift_allocations()
    op.guard_tables("public.shift_allocations", "public.bed_responsibilities", "public.duty_signs")
    op.sql_file("public/duty.v1.sql")
    op.sql_file("public/responsibility.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION public.allocate_bed, public.take_bed, public.put_down_bed,"
        " public.ward_staff, public.sign_duty, public.on_duty TO ward_client"
    )


def downgrade() -> None:
    op.sql_file("public/responsibility.v1.down.sql")


def _add_duty_signs() -> None:
    op.create_table(
        "duty_signs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("works_as", sa.Text(), nullable=True, comment="in words: medical registrar"),
        sa.Column(
            "until_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="ends by itself; null: signed off",
        ),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'on') = (until_at IS NOT NULL)", name=op.f("ck_duty_signs_on_until_when")
        ),
        sa.CheckConstraint("duty IN ('ward', 'on_call')", name=op.f("ck_duty_signs_duty_known")),
        sa.CheckConstraint("kind IN ('on', 'off')", name=op.f("ck_duty_signs_kind_known")),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_duty_signs_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "until_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_duty_signs_until_at_plausible"),
        ),
        sa.CheckConstraint("length(works_as) <= 80", name=op.f("ck_duty_signs_works_as_short")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_duty_signs_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["public.users.id"], name=op.f("fk_duty_signs_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_duty_signs_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_signs")),
        sa.UniqueConstraint("seq", name=op.f("uq_duty_signs_seq")),
        schema="public",
        comment="Signs on to duty and off; append-only.",
    )
    op.create_index(
        "ix_duty_signs_occurred_at", "duty_signs", ["occurred_at"], unique=False, schema="public"
    )
    op.create_index(
        op.f("ix_duty_signs_recorded_by"),
        "duty_signs",
        ["recorded_by"],
        unique=False,
        schema="public",
    )
    op.create_index(
        "ix_duty_signs_user_id_ward_id",
        "duty_signs",
        ["user_id", "ward_id", "duty", sa.literal_column("seq DESC")],
        unique=False,
        schema="public",
    )
    op.create_index(
        op.f("ix_duty_signs_ward_id"), "duty_signs", ["ward_id"], unique=False, schema="public"
    )


def _add_bed_responsibilities() -> None:
    op.create_table(
        "bed_responsibilities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False, comment="of the bed; set by the database"),
        sa.Column("bed_id", sa.Uuid(), nullable=False),
        sa.Column(
            "user_id", sa.Uuid(), nullable=True, comment="null: nobody holds it from now on"
        ),
        sa.Column(
            "from_user_id", sa.Uuid(), nullable=True, comment="who held it before; null: nobody"
        ),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=True, comment="null: not by a handover"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: made by the system"),
        sa.CheckConstraint(
            "(user_id IS NULL) = (how IN ('put_down', 'left'))",
            name=op.f("ck_bed_responsibilities_nobody_when_put_down"),
        ),
        sa.CheckConstraint(
            "handover_id IS NULL OR how = 'handed_over'",
            name=op.f("ck_bed_responsibilities_handed_over_by_handover"),
        ),
        sa.CheckConstraint(
            "how IN ('allocated', 'taken', 'handed_over', 'put_down', 'left')",
            name=op.f("ck_bed_responsibilities_how_known"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_bed_responsibilities_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "user_id IS NOT NULL OR from_user_id IS NOT NULL",
            name=op.f("ck_bed_responsibilities_about_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["bed_id"], ["room.beds.id"], name=op.f("fk_bed_responsibilities_bed_id_beds")
        ),
        sa.ForeignKeyConstraint(
            ["from_user_id"],
            ["public.users.id"],
            name=op.f("fk_bed_responsibilities_from_user_id_users"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_bed_responsibilities_recorded_by_users"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["public.users.id"], name=op.f("fk_bed_responsibilities_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_bed_responsibilities_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bed_responsibilities")),
        sa.UniqueConstraint("seq", name=op.f("uq_bed_responsibilities_seq")),
        schema="public",
        comment="Who holds beds, from when; append-only.",
    )
    op.create_index(
        "ix_bed_responsibilities_bed_id_seq",
        "bed_responsibilities",
        ["bed_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="public",
    )
    op.create_index(
        op.f("ix_bed_responsibilities_from_user_id"),
        "bed_responsibilities",
        ["from_user_id"],
        unique=False,
        schema="public",
    )
    op.create_index(
        op.f("ix_bed_responsibilities_recorded_by"),
        "bed_responsibilities",
        ["recorded_by"],
        unique=False,
        schema="public",
    )
    op.create_index(
        op.f("ix_bed_responsibilities_user_id"),
        "bed_responsibilities",
        ["user_id"],
        unique=False,
        schema="public",
    )
    op.create_index(
        "ix_bed_responsibilities_ward_id_occurred_at",
        "bed_responsibilities",
        ["ward_id", "occurred_at"],
        unique=False,
        schema="public",
    )


def _add_shift_allocations() -> None:
    op.create_table(
        "shift_allocations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False, comment="of the bed; set by the database"),
        sa.Column("bed_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True, comment="null: nobody, after somebody was"),
        sa.Column("shift_name", sa.Text(), nullable=False),
        sa.Column(
            "shift_on",
            sa.Date(),
            nullable=False,
            comment="the ward's day on which the shift starts",
        ),
        sa.Column("shift_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shift_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="from when in the shift it counts",
        ),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "occurred_at >= shift_from AND occurred_at < shift_until",
            name=op.f("ck_shift_allocations_within_the_shift"),
        ),
        sa.CheckConstraint(
            "shift_from < shift_until", name=op.f("ck_shift_allocations_shift_lasts")
        ),
        sa.ForeignKeyConstraint(
            ["bed_id"], ["room.beds.id"], name=op.f("fk_shift_allocations_bed_id_beds")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_shift_allocations_recorded_by_users"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["public.shift_allocations.id"],
            name=op.f("fk_shift_allocations_supersedes_id_shift_allocations"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["public.users.id"], name=op.f("fk_shift_allocations_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_shift_allocations_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_allocations")),
        sa.UniqueConstraint("seq", name=op.f("uq_shift_allocations_seq")),
        schema="public",
        comment="Beds allocated to nurses by shift; append-only.",
    )
    op.create_index(
        "ix_shift_allocations_bed_id_shift_from",
        "shift_allocations",
        ["bed_id", sa.literal_column("shift_from DESC")],
        unique=False,
        schema="public",
    )
    op.create_index(
        op.f("ix_shift_allocations_recorded_by"),
        "shift_allocations",
        ["recorded_by"],
        unique=False,
        schema="public",
    )
    op.create_index(
        op.f("ix_shift_allocations_user_id"),
        "shift_allocations",
        ["user_id"],
        unique=False,
        schema="public",
    )
    op.create_index(
        "ix_shift_allocations_ward_id_shift_on",
        "shift_allocations",
        ["ward_id", "shift_on"],
        unique=False,
        schema="public",
    )
    op.create_index(
        "uq_shift_allocations_first",
        "shift_allocations",
        ["bed_id", "shift_name", "shift_on"],
        unique=True,
        schema="public",
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_index(
        "uq_shift_allocations_supersedes_id",
        "shift_allocations",
        ["supersedes_id"],
        unique=True,
        schema="public",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )
