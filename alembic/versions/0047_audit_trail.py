"""Unite what is on record in one trail, and make seals that show whether it was changed.

Revision ID: 0047
Revises: 0046
"""

import sqlalchemy as sa

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_KINDS = "ck_access_logs_kind_known"
_NAMED = "ck_access_logs_opened_patient_named"
_LOGS = ("change_logs", "access_logs", "login_history")
_CLIENT = "auth.record_print, auth.record_report"


def upgrade() -> None:
    _add_columns()
    _add_tables()
    _index()
    _allow("'ward', 'break_glass', 'search', 'print', 'report', 'audit'",
           "kind IN ('search', 'report', 'audit')")  # fmt: skip
    op.guard_tables("audit.rules", "audit.eras")
    op.sql_file("audit/change_logs.v2.sql")
    op.sql_file("audit/trail.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.sql_file("audit/rules.v1.sql")
    op.execute(
        f"GRANT EXECUTE ON FUNCTION {_CLIENT}, auth.open_trail, auth.trail_is_open,"
        " auth.record_trail, audit.trail TO ward_client"
    )
    op.execute("GRANT SELECT ON audit.audit_log TO ward_client")


def downgrade() -> None:
    op.sql_file("audit/trail.v1.down.sql")
    op.sql_file("audit/change_logs.v2.down.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute(f"GRANT EXECUTE ON FUNCTION {_CLIENT} TO ward_client")
    for table in ("seals", "eras", "rules"):
        op.drop_table(table, schema="audit")
    _allow("'ward', 'break_glass', 'search', 'print', 'report'", "kind IN ('search', 'report')")
    _unindex()
    for table, column in (
        ("login_history", "xact"), ("login_history", "session_id"),
        ("access_logs", "ward_id"), ("access_logs", "action"),
        ("change_logs", "ward_id"), ("change_logs", "patient_id"),
        *((log, "era") for log in _LOGS),
    ):  # fmt: skip
        op.drop_column(table, column, schema="audit")


def _allow(kinds: str, unnamed: str) -> None:
    """Allow these kinds of entries, and those of no patient."""
    for name, condition in (
        (_KINDS, f"kind IN ({kinds})"),
        (_NAMED, f"{unnamed} OR patient_id IS NOT NULL"),
    ):
        op.drop_constraint(name, "access_logs", schema="audit")
        op.create_check_constraint(op.f(name), "access_logs", condition, schema="audit")


def _add_columns() -> None:
    for log in _LOGS:
        op.add_column(
            log,
            sa.Column(
                "era",
                sa.Integer(),
                server_default="1",
                nullable=False,
                comment="which cluster's transaction numbers `xact` is one of",
            ),
            schema="audit",
        )
    for table, column in (
        ("change_logs", sa.Column("patient_id", sa.Uuid(), comment="null: of nobody's record")),
        ("change_logs", sa.Column("ward_id", sa.Uuid(), comment="where it was, null: on no ward")),
        ("access_logs", sa.Column("ward_id", sa.Uuid(), comment="where the patient lay then")),
        ("access_logs", sa.Column("action", sa.Text(), server_default="VIEW", nullable=False)),
        ("login_history", sa.Column("session_id", sa.Uuid(), comment="null: of a sign-in")),
        (
            "login_history",
            sa.Column(
                "xact",
                sa.BigInteger(),
                server_default=sa.text("pg_current_xact_id()::text::bigint"),
                nullable=False,
            ),
        ),
    ):
        op.add_column(table, column, schema="audit")
    op.execute("ALTER TABLE audit.access_logs DISABLE TRIGGER append_only")
    # as owner, whom row security binds: for this statement it does not
    op.execute("ALTER TABLE audit.access_logs NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE audit.access_logs SET action = CASE WHEN reason ~ '(PDF|CSV)' THEN 'EXPORT'"
        " ELSE 'PRINT' END WHERE kind IN ('print', 'report')"
    )
    op.execute("ALTER TABLE audit.access_logs FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE audit.access_logs ENABLE TRIGGER append_only")
    op.create_check_constraint(
        op.f("ck_access_logs_action_known"),
        "access_logs",
        "action IN ('VIEW', 'PRINT', 'EXPORT')",
        schema="audit",
    )


def _add_tables() -> None:
    op.create_table(
        "rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("retention_years", sa.SMALLINT(), nullable=False),
        sa.Column(
            "mass_charts",
            sa.SMALLINT(),
            nullable=False,
            comment="more charts than this, opened within mass_minutes, are many",
        ),
        sa.Column("mass_minutes", sa.SMALLINT(), nullable=False),
        sa.Column("off_hours_from", sa.Time(), nullable=False, comment="of the hospital's clock"),
        sa.Column("off_hours_until", sa.Time(), nullable=False, comment="of the hospital's clock"),
        sa.Column(
            "source", sa.Text(), nullable=False, comment="who decided it, and where it is from"
        ),
        _recorded_at(),
        sa.Column(
            "database_role", sa.Text(), server_default=sa.text("SESSION_USER"), nullable=False
        ),
        sa.CheckConstraint(
            "retention_years BETWEEN 6 AND 100", name=op.f("ck_rules_kept_six_years")
        ),
        sa.CheckConstraint("mass_charts > 0 AND mass_minutes > 0", name=op.f("ck_rules_some")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_rules_with_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        schema="audit",
        comment="How long the trail is kept and what stands out in it; newest row in force.",
    )
    op.create_table(
        "eras",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("era", sa.Integer(), nullable=False),
        sa.Column("system_identifier", sa.Text(), nullable=False, comment="of the cluster"),
        sa.Column("reason", sa.Text(), nullable=False),
        _recorded_at(),
        sa.Column(
            "database_role", sa.Text(), server_default=sa.text("SESSION_USER"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eras")),
        sa.UniqueConstraint("era", name=op.f("uq_eras_era")),
        schema="audit",
        comment="Clusters the database was in: transaction numbers begin anew in each.",
    )
    _add_seals()


def _add_seals() -> None:
    op.create_table(
        "seals",
        sa.Column("k", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("format", sa.SMALLINT(), nullable=False, comment="how rows become a digest"),
        sa.Column("era", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="cut: what k <= cut_k sealed is gone"
        ),
        sa.Column("from_xact", sa.BigInteger(), nullable=False, comment="rows from here on"),
        sa.Column("until_xact", sa.BigInteger(), nullable=False, comment="rows before this"),
        sa.Column("changes", sa.BigInteger(), nullable=False, comment="rows of change_logs"),
        sa.Column("accesses", sa.BigInteger(), nullable=False, comment="rows of access_logs"),
        sa.Column("logins", sa.BigInteger(), nullable=False, comment="rows of login_history"),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cut_k", sa.BigInteger(), nullable=True),
        sa.Column(
            "digest", sa.LargeBinary(), nullable=False, comment="of the rows, or of the archive"
        ),
        sa.Column("previous", sa.LargeBinary(), nullable=False, comment="hash of the seal before"),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('rows', 'cut')", name=op.f("ck_seals_kind_known")),
        sa.CheckConstraint(
            "(kind = 'cut') = (cut_k IS NOT NULL)", name=op.f("ck_seals_cut_known")
        ),
        sa.PrimaryKeyConstraint("k", name=op.f("pk_seals")),
        schema="audit",
        comment="Chain of hashes over the logs: shows edits, deletions and missing seals.",
    )


def _recorded_at() -> sa.Column[object]:
    return sa.Column(
        "recorded_at",
        sa.DateTime(timezone=True),
        server_default=sa.text("clock_timestamp()"),
        nullable=False,
    )


def _index() -> None:
    """Each log is read by time, newest first, alone and by person or patient; and by horizon."""
    for log in ("change_logs", "login_history"):
        op.drop_index(f"ix_{log}_at", log, schema="audit")
    for log in _LOGS:
        op.create_index(f"ix_{log}_at_id", log, ["at", "id"], schema="audit")
    for log in ("access_logs", "login_history"):
        op.create_index(f"ix_{log}_xact_id", log, ["xact", "id"], schema="audit")
    for log in ("change_logs", "access_logs"):
        op.create_index(f"ix_{log}_user_id_at", log, ["user_id", "at"], schema="audit")
    op.create_index(
        "ix_change_logs_patient_id_at",
        "change_logs",
        ["patient_id", "at"],
        schema="audit",
        postgresql_where=sa.text("patient_id IS NOT NULL"),
    )
    op.create_index(
        "ix_access_logs_break_glass",
        "access_logs",
        ["at", "id"],
        schema="audit",
        postgresql_where=sa.text("kind = 'break_glass'"),
    )
    op.create_index(
        "ix_login_history_failed",
        "login_history",
        ["at", "id"],
        schema="audit",
        postgresql_where=sa.text("NOT succeeded"),
    )


def _unindex() -> None:
    op.drop_index("ix_login_history_failed", "login_history", schema="audit")
    op.drop_index("ix_access_logs_break_glass", "access_logs", schema="audit")
    op.drop_index("ix_change_logs_patient_id_at", "change_logs", schema="audit")
    for log in ("change_logs", "access_logs"):
        op.drop_index(f"ix_{log}_user_id_at", log, schema="audit")
    for log in ("access_logs", "login_history"):
        op.drop_index(f"ix_{log}_xact_id", log, schema="audit")
    for log in _LOGS:
        op.drop_index(f"ix_{log}_at_id", log, schema="audit")
    for log in ("change_logs", "login_history"):
        op.create_index(f"ix_{log}_at", log, ["at"], schema="audit", postgresql_using="brin")
