"""Open charts with a reason, tell who leads the ward, close them, and review the openings.

Revision ID: 0050
Revises: 0049
"""

import sqlalchemy as sa

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_KINDS = "ck_access_logs_kind_known"
_REASON = "ck_access_logs_break_glass_with_reason"
_TABLES = ("audit.openings", "audit.opening_notices", "audit.opening_reviews",
           "audit.chart_closings")  # fmt: skip


def upgrade() -> None:
    _allow(
        "'ward', 'break_glass', 'privacy', 'search', 'print', 'report', 'audit'",
        "kind NOT IN ('break_glass', 'privacy') OR length(btrim(coalesce(reason, ''))) >= 10",
    )
    _add_openings()
    _add_notices_and_closings()
    _add_reviews()
    op.guard_tables(*_TABLES)
    op.sql_file("auth/glass.v1.sql")
    op.sql_file("report/scoring_bases.v2.sql")
    op.sql_file("report/charts.v1.sql")
    op.sql_file("audit/openings.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.sql_file("auth/glass_grants.v1.sql")


def downgrade() -> None:
    op.take_back_permissions("chart.break_glass", "patient.privacy", "access.review")
    op.sql_file("audit/openings.v1.down.sql")
    op.sql_file("report/charts.v1.down.sql")
    op.sql_file("report/scoring_bases.v2.down.sql")
    op.sql_file("auth/glass.v1.down.sql")
    op.sql_file("auth/ownership.v3.sql")
    for table in ("opening_reviews", "opening_notices", "openings", "chart_closings"):
        op.drop_table(table, schema="audit")
    _allow(
        "'ward', 'break_glass', 'search', 'print', 'report', 'audit'",
        "kind <> 'break_glass' OR length(btrim(reason)) >= 10",
    )


def _allow(kinds: str, reason: str) -> None:
    """Allow these kinds of entries, and ask for a reason where this says so."""
    for name, condition in ((_KINDS, f"kind IN ({kinds})"), (_REASON, reason)):
        op.drop_constraint(name, "access_logs", schema="audit")
        op.create_check_constraint(op.f(name), "access_logs", condition, schema="audit")


def _now(name: str) -> sa.Column:
    now = sa.text("clock_timestamp()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to.split('.')[1]}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)


def _add_openings() -> None:
    op.create_table(
        "openings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _now("at"),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True, comment="null: loaded"),
        sa.Column("workstation", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True, comment="null: many charts"),
        sa.Column(
            "ward_id",
            sa.Uuid(),
            nullable=False,
            comment="where the patient was; whose leader reviews",
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "access_id",
            sa.BigInteger(),
            nullable=True,
            comment="the entry that opened the chart; archived before this row",
        ),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("charts", sa.Integer(), nullable=True, comment="patients opened in ten minutes"),
        sa.CheckConstraint(
            "kind IN ('break_glass', 'privacy', 'cared_for', 'many_charts')",
            name=op.f("ck_openings_kind_known"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('break_glass', 'privacy') OR length(btrim(coalesce(reason, ''))) >= 10",
            name=op.f("ck_openings_with_reason"),
        ),
        sa.CheckConstraint(
            "(kind = 'many_charts') = (patient_id IS NULL)", name=op.f("ck_openings_of_a_patient")
        ),
        sa.CheckConstraint(
            "(kind = 'many_charts') = (charts IS NOT NULL)",
            name=op.f("ck_openings_charts_counted"),
        ),
        _refers("openings", "user_id", "public.users"),
        _refers("openings", "patient_id", "patient.patients"),
        _refers("openings", "ward_id", "room.wards"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openings")),
        sa.UniqueConstraint("access_id", name=op.f("uq_openings_access_id")),
        schema="audit",
        comment="Charts opened with a reason or in a mass; append-only.",
    )
    for column in ("user_id", "patient_id"):
        name = op.f(f"ix_openings_{column}")
        op.create_index(name, "openings", [column], schema="audit")
    op.create_index(
        "ix_openings_ward_id_at", "openings", ["ward_id", sa.text("at DESC")], schema="audit"
    )
    op.create_index(
        "ix_openings_session_id_patient_id",
        "openings",
        ["session_id", "patient_id"],
        schema="audit",
    )


def _add_notices_and_closings() -> None:
    op.create_table(
        "opening_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        _now("recorded_at"),
        _refers("opening_notices", "opening_id", "audit.openings"),
        _refers("opening_notices", "user_id", "public.users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_notices")),
        sa.UniqueConstraint(
            "opening_id", "user_id", name=op.f("uq_opening_notices_opening_id_user_id")
        ),
        schema="audit",
        comment="Who was told of which opening; append-only.",
    )
    op.create_index(
        op.f("ix_opening_notices_user_id"), "opening_notices", ["user_id"], schema="audit"
    )
    op.create_table(
        "chart_closings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("access_id", sa.BigInteger(), nullable=False),
        _now("closed_at"),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "cause IN ('closed_by_reader', 'marked_private')",
            name=op.f("ck_chart_closings_cause_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chart_closings")),
        sa.UniqueConstraint("access_id", name=op.f("uq_chart_closings_access_id")),
        schema="audit",
        comment="Openings that ended before their time; append-only.",
    )


def _add_reviews() -> None:
    op.create_table(
        "opening_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _now("recorded_at"),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('justified', 'not_justified', 'asked')",
            name=op.f("ck_opening_reviews_decision_known"),
        ),
        sa.CheckConstraint(
            "btrim(words) <> '' AND length(words) <= 1000",
            name=op.f("ck_opening_reviews_says_something"),
        ),
        _refers("opening_reviews", "opening_id", "audit.openings"),
        _refers("opening_reviews", "recorded_by", "public.users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_reviews")),
        schema="audit",
        comment="Reviews of openings; append-only.",
    )
    op.create_index(
        "ix_opening_reviews_opening_id_recorded_at",
        "opening_reviews",
        ["opening_id", "recorded_at"],
        schema="audit",
    )
    op.create_index(
        op.f("ix_opening_reviews_recorded_by"), "opening_reviews", ["recorded_by"], schema="audit"
    )
