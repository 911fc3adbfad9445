"""Keep the shift times of wards, and how many of each grade a shift wants.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_ward_shifts()
    op.guard_tables("public.ward_shifts")
    op.sql_file("public/shifts.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION public.shifts_between, public.set_ward_shift TO ward_client"
    )
    op.sql_file("public/shift_permissions.v1.sql")


def downgrade() -> None:
    op.take_back_permissions("shift.allocate", "shift.take", "shift.edit", "duty.sign")
    op.sql_file("public/shifts.v1.down.sql")


def _add_ward_shifts() -> None:
    op.create_table(
        "ward_shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False, comment="by the ward's clock"),
        sa.Column(
            "ends_at",
            sa.Time(),
            nullable=False,
            comment="by the ward's clock; not after starts_at: on the next day",
        ),
        sa.Column(
            "wanted",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="how many of each grade; missing: no target",
        ),
        sa.Column(
            "is_used",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="false: not run from that day on",
        ),
        sa.Column(
            "in_force_from", sa.Date(), nullable=False, comment="for starts on this day and later"
        ),
        sa.Column("source", sa.Text(), nullable=False, comment="who decided it"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_by", sa.Uuid(), nullable=True, comment="null: made by the system or by IT"
        ),
        sa.CheckConstraint(
            "in_force_from BETWEEN DATE '1900-01-01' AND DATE '2200-01-01'",
            name=op.f("ck_ward_shifts_in_force_from_plausible"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(wanted) = 'object'", name=op.f("ck_ward_shifts_wanted_shaped")
        ),
        sa.CheckConstraint(
            "name <> '' AND length(name) <= 30", name=op.f("ck_ward_shifts_name_short")
        ),
        sa.CheckConstraint("source <> ''", name=op.f("ck_ward_shifts_with_source")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_ward_shifts_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_ward_shifts_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward_shifts")),
        sa.UniqueConstraint("seq", name=op.f("uq_ward_shifts_seq")),
        schema="public",
        comment="Shift times of wards, with what was before.",
    )
    op.create_index(
        op.f("ix_ward_shifts_recorded_by"),
        "ward_shifts",
        ["recorded_by"],
        unique=False,
        schema="public",
    )
    op.create_index(
        "ix_ward_shifts_ward_id_name",
        "ward_shifts",
        ["ward_id", "name", sa.literal_column("in_force_from DESC")],
        unique=False,
        schema="public",
    )
