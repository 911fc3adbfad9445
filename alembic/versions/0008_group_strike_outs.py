"""Strike out the readings of a device or a person as a group; keep prints on record.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KINDS = "ck_access_logs_kind_known"


def upgrade() -> None:
    _add_table()
    op.add_column(
        "vital_signs",
        sa.Column(
            "strike_out_id",
            sa.Uuid(),
            nullable=True,
            comment="the group strike-out, or reinstatement, that added this row",
        ),
        schema="report",
    )
    op.create_foreign_key(
        op.f("fk_vital_signs_strike_out_id_group_strike_outs"),
        "vital_signs",
        "group_strike_outs",
        ["strike_out_id"],
        ["id"],
        source_schema="report",
        referent_schema="report",
    )
    op.create_index(
        "ix_vital_signs_strike_out_id",
        "vital_signs",
        ["strike_out_id"],
        schema="report",
        postgresql_where=sa.text("strike_out_id IS NOT NULL"),
    )
    op.drop_constraint(_KINDS, "access_logs", schema="audit")
    op.create_check_constraint(
        op.f(_KINDS),
        "access_logs",
        "kind IN ('ward', 'break_glass', 'search', 'print')",
        schema="audit",
    )
    op.sql_file("report/group_strike_outs.v1.sql")
    op.sql_file("audit/record_print.v1.sql")
    op.sql_file("auth/ownership.v1.sql")
    op.sql_file("public/strike_group.v1.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION report.measured_by, report.strike_out_group,"
        " report.struck_out_patients, report.reinstate_group, auth.record_print TO ward_client"
    )
    op.execute("GRANT SELECT ON report.group_strike_outs TO ward_client")
    op.execute("GRANT SELECT, INSERT ON report.group_strike_outs TO ward_loader")


def downgrade() -> None:
    op.sql_file("public/strike_group.v1.down.sql")
    # row security binds the owner too: while prints become openings it does not
    op.execute("ALTER TABLE audit.access_logs NO FORCE ROW LEVEL SECURITY")
    op.sql_file("audit/record_print.v1.down.sql")
    op.execute("ALTER TABLE audit.access_logs FORCE ROW LEVEL SECURITY")
    op.sql_file("report/group_strike_outs.v1.down.sql")
    op.drop_constraint(_KINDS, "access_logs", schema="audit")
    op.create_check_constraint(
        op.f(_KINDS), "access_logs", "kind IN ('ward', 'break_glass', 'search')", schema="audit"
    )
    op.drop_column("vital_signs", "strike_out_id", schema="report")
    op.drop_table("group_strike_outs", schema="report")


def _add_table() -> None:
    op.create_table(
        "group_strike_outs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False, comment="where the sets were measured"),
        sa.Column(
            "device_source", sa.Text(), nullable=True, comment="the device that measured them"
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="who recorded them"),
        sa.Column(
            "reinstates_id",
            sa.Uuid(),
            nullable=True,
            comment="null: a strike-out; else the one whose sets count again",
        ),
        sa.Column("measured_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("measured_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "sets",
            sa.Integer(),
            nullable=False,
            comment="how many sets were struck out or reinstated",
        ),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(device_source, person_id, reinstates_id) = 1",
            name=op.f("ck_group_strike_outs_one_thing_chosen"),
        ),
        sa.CheckConstraint(
            "(reinstates_id IS NULL) = (measured_from IS NOT NULL)"
            " AND (reinstates_id IS NULL) = (measured_until IS NOT NULL)",
            name=op.f("ck_group_strike_outs_stretch_of_a_strike_out"),
        ),
        sa.CheckConstraint(
            "measured_until >= measured_from", name=op.f("ck_group_strike_outs_stretch_forward")
        ),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_group_strike_outs_with_reason")),
        sa.CheckConstraint("sets > 0", name=op.f("ck_group_strike_outs_of_some_sets")),
        sa.CheckConstraint(
            "measured_from BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_group_strike_outs_measured_from_plausible"),
        ),
        sa.CheckConstraint(
            "measured_until BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_group_strike_outs_measured_until_plausible"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_group_strike_outs_occurred_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_group_strike_outs_ward_id_wards")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["public.users.id"], name=op.f("fk_group_strike_outs_person_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["reinstates_id"],
            ["report.group_strike_outs.id"],
            name=op.f("fk_group_strike_outs_reinstates_id_group_strike_outs"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_group_strike_outs_recorded_by_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_strike_outs")),
        schema="report",
        comment="Sets of a device or person struck out or reinstated as a group.",
    )
    op.create_index(
        "ix_group_strike_outs_ward_id_recorded_at",
        "group_strike_outs",
        ["ward_id", sa.literal_column("recorded_at DESC")],
        schema="report",
    )
    for column in ("person_id", "reinstates_id", "recorded_by"):
        op.create_index(
            op.f(f"ix_group_strike_outs_{column}"), "group_strike_outs", [column], schema="report"
        )
