"""Put what is due on one time axis: the shift lane, and the wards' own numbers of it.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_settings()
    op.guard_tables("rounding.lane_settings")
    op.sql_file("report/lane_patients.v1.sql")
    op.sql_file("rounding/lane.v1.sql")
    op.sql_file("auth/ownership.v2.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION report.lane_patients, rounding.lane_rounds TO ward_client"
    )


def downgrade() -> None:
    op.sql_file("rounding/lane.v1.down.sql")
    op.execute("DROP TABLE rounding.lane_settings")


def _add_settings() -> None:
    op.create_table(
        "lane_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=True, comment="null: every ward without its own"),
        sa.Column(
            "visit_minutes",
            sa.SMALLINT(),
            nullable=False,
            comment="what is due within these joins into one visit",
        ),
        sa.Column(
            "night_from",
            sa.Time(),
            nullable=True,
            comment="local; patients are let sleep from here on; null: never",
        ),
        sa.Column("night_until", sa.Time(), nullable=True, comment="local"),
        sa.Column(
            "sleep_kinds",
            postgresql.ARRAY(sa.TEXT()),
            nullable=False,
            comment="what may wait until the night is over",
        ),
        sa.Column(
            "sleep_risks",
            postgresql.ARRAY(sa.TEXT()),
            nullable=False,
            comment="risks of patients it may wait for",
        ),
        sa.Column(
            "sleep_minutes",
            sa.SMALLINT(),
            nullable=False,
            comment="nothing waits longer past its time",
        ),
        sa.Column(
            "work_minutes",
            postgresql.JSONB(),
            nullable=False,
            comment="how long one item takes, by kind, where it does not say so itself",
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
        sa.CheckConstraint(
            "(night_from IS NULL) = (night_until IS NULL)",
            name=op.f("ck_lane_settings_night_whole"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(work_minutes) = 'object'",
            name=op.f("ck_lane_settings_work_minutes_shaped"),
        ),
        sa.CheckConstraint(
            "sleep_risks <@ ARRAY['low', 'low-medium']",
            name=op.f("ck_lane_settings_high_scores_never_wait"),
        ),
        sa.CheckConstraint("source <> ''", name=op.f("ck_lane_settings_with_source")),
        sa.CheckConstraint(
            "visit_minutes BETWEEN 0 AND 120 AND sleep_minutes BETWEEN 0 AND 720",
            name=op.f("ck_lane_settings_minutes_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_lane_settings_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_lane_settings_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane_settings")),
        schema="rounding",
        comment="Numbers of the shift lane; newest row in force.",
    )
    op.create_index(
        op.f("ix_lane_settings_recorded_by"),
        "lane_settings",
        ["recorded_by"],
        unique=False,
        schema="rounding",
    )
    op.create_index(
        "ix_lane_settings_ward_id_seq",
        "lane_settings",
        ["ward_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="rounding",
    )
