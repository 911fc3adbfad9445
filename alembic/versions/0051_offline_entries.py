"""Take in what was charted while the database was away, under its author and time.

Revision ID: 0051
Revises: 0050
"""

import sqlalchemy as sa

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_TABLES = ("offline_entries", "offline_settlements", "offline_replays")


def upgrade() -> None:
    _add_columns()
    _add_entries()
    _add_settlements()
    _add_replays()
    op.guard_tables(*(f"report.{table}" for table in _TABLES), unlogged="body")
    op.sql_file("auth/sign_in.v4.sql")
    op.sql_file("auth/offline.v1.sql")
    op.sql_file("report/offline.v1.sql")
    op.sql_file("report/offline_settling.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION report.replay, report.settle_offline, report.offline_content"
        " TO ward_client"
    )


def downgrade() -> None:
    op.sql_file("report/offline_settling.v1.down.sql")
    op.sql_file("report/offline.v1.down.sql")
    op.sql_file("auth/offline.v1.down.sql")
    op.sql_file("auth/sign_in.v4.down.sql")
    op.sql_file("auth/ownership.v3.sql")
    for table in reversed(_TABLES):
        op.drop_table(table, schema="report")
    op.drop_column("sessions", "acts_for_id", schema="public")
    op.drop_column("installation", "offline_key", schema="public")


def _add_columns() -> None:
    op.add_column(
        "installation",
        sa.Column(
            "offline_key",
            sa.LargeBinary(),
            server_default=sa.text("public.gen_random_bytes(32)"),
            nullable=False,
            comment="what the keys of downtime charting follow from; leaves the server never",
        ),
        schema="public",
    )
    op.add_column(
        "sessions",
        sa.Column(
            "acts_for_id",
            sa.Uuid(),
            nullable=True,
            comment="the sign-in whose downtime entries it stores; lives in that transaction"
            " alone",
        ),
        schema="public",
    )
    op.create_foreign_key(
        op.f("fk_sessions_acts_for_id_sessions"),
        "sessions",
        "sessions",
        ["acts_for_id"],
        ["id"],
        source_schema="public",
        referent_schema="public",
    )
    op.create_index(op.f("ix_sessions_acts_for_id"), "sessions", ["acts_for_id"], schema="public")


def _text(name: str, comment: str | None = None, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=nullable, comment=comment)


def _id(name: str, comment: str | None = None, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable, comment=comment)


def _at(name: str, comment: str | None = None) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, comment=comment)


def _now(name: str) -> sa.Column:
    now = sa.text("clock_timestamp()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to.split('.')[1]}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _add_entries() -> None:
    table = "offline_entries"
    possible = "BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'"
    op.create_table(
        table,
        _id("id"),
        _id("command_id", "of the row it is, or would have been"),
        _id("session_id", "the sign-in it was charted under"),
        _id("author_id"),
        _text("workstation"),
        _text("kind"),
        _id("admission_id", "as the author charted it; null: it is about a ward", nullable=True),
        _id("patient_id", "of the admission, if it is known", nullable=True),
        _id("ward_id", "where it was, or what it is about", nullable=True),
        _at("occurred_at"),
        _at("entered_at", "when it was charted at the workstation"),
        _now("received_at"),
        _text("body", "what the author charted, byte for byte"),
        sa.Column(
            "mac",
            sa.LargeBinary(),
            nullable=False,
            comment="HMAC-SHA256 of the body, by the offline key",
        ),
        _text("verdict"),
        _text("problem", "why it needs a person, as a sentence", nullable=True),
        _check(
            table,
            "kind_known",
            "kind IN ('observations', 'measurement', 'round_answers', 'note')",
        ),
        _check(table, "verdict_known", "verdict IN ('accepted', 'needs_a_person')"),
        _check(table, "problem_said", "(verdict = 'accepted') = (problem IS NULL)"),
        _check(table, "occurred_at_plausible", f"occurred_at {possible}"),
        _check(table, "entered_at_plausible", f"entered_at {possible}"),
        _refers(table, "session_id", "public.sessions"),
        _refers(table, "author_id", "public.users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_entries")),
        sa.UniqueConstraint("mac", name=op.f("uq_offline_entries_mac")),
        schema="report",
        comment="What was charted while the database was away, and what became of it;"
        " append-only.",
    )
    for column in ("session_id", "author_id", "admission_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], schema="report")
    op.create_index(
        "ix_offline_entries_needing",
        table,
        ["ward_id"],
        schema="report",
        postgresql_where=sa.text("verdict = 'needs_a_person'"),
    )


def _add_settlements() -> None:
    table = "offline_settlements"
    op.create_table(
        table,
        _id("id", "recorded as meant: also of the row that it made"),
        _id("entry_id"),
        _text("how"),
        _text("reason"),
        _now("recorded_at"),
        _id("recorded_by"),
        _check(table, "how_known", "how IN ('entered_anew', 'as_meant', 'set_aside')"),
        _check(table, "settled_with_reason", "btrim(reason) <> '' AND length(reason) <= 500"),
        _refers(table, "entry_id", "report.offline_entries"),
        _refers(table, "recorded_by", "public.users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_settlements")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_offline_settlements_entry_id")),
        schema="report",
        comment="Decisions on entries of a downtime that needed a person; append-only.",
    )
    op.create_index(op.f(f"ix_{table}_recorded_by"), table, ["recorded_by"], schema="report")


def _add_replays() -> None:
    op.create_table(
        "offline_replays",
        _id("id"),
        _text("workstation"),
        _id("session_id", "as claimed; refused ones may name any"),
        _now("replayed_at"),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("already_there", sa.Integer(), nullable=False),
        sa.Column("needs_a_person", sa.Integer(), nullable=False),
        sa.Column(
            "refused",
            sa.Integer(),
            nullable=False,
            comment="not proven to be what their author charted",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_replays")),
        schema="report",
        comment="Replays of what was charted in a downtime; append-only.",
    )
    op.create_index(
        "ix_offline_replays_replayed_at", "offline_replays", ["replayed_at"], schema="report"
    )
