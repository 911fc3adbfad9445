"""Keep handovers: given with what the record said, accepted by a colleague.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_handovers()
    _add_handover_answers()
    _add_handover_drafts()
    # the facts are the record's own and stay in the row; the log keeps their hash
    op.guard_tables("report.handovers", "report.handover_answers", unlogged="facts")
    op.sql_file("report/handovers.v1.sql")
    op.sql_file("auth/ownership.v2.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION report.handover_list, report.keep_handover_words TO ward_client"
    )
    op.sql_file("public/handovers.v1.sql")


def downgrade() -> None:
    op.take_back_permissions("handover.read", "handover.give", "handover.accept")
    op.sql_file("report/handovers.v1.down.sql")
    for table in ("handover_drafts", "handover_answers", "handovers"):
        op.execute(f"DROP TABLE report.{table}")


def _add_handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "patient_id", sa.Uuid(), nullable=False, comment="of the admission; set by trigger"
        ),
        sa.Column(
            "ward_id", sa.Uuid(), nullable=False, comment="where the patient lies; set by trigger"
        ),
        sa.Column("bed_id", sa.Uuid(), nullable=True, comment="set by trigger; null: no bed"),
        sa.Column("own_words", sa.Text(), nullable=True, comment="of the giver; null: none"),
        sa.Column(
            "facts",
            postgresql.JSONB(),
            nullable=False,
            comment="what the record said when given; set by trigger",
        ),
        sa.Column(
            "facts_hash",
            sa.Text(),
            nullable=False,
            comment="SHA-256 of the facts, hexadecimal; the program sends what it showed",
        ),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was given; set by trigger",
        ),
        sa.Column(
            "supersedes_id", sa.Uuid(), nullable=True, comment="the giving that still waited"
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="who gave; null: imported"),
        sa.CheckConstraint(
            "jsonb_typeof(facts) = 'object'", name=op.f("ck_handovers_facts_shaped")
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_handovers_occurred_at_plausible"),
        ),
        sa.CheckConstraint("length(own_words) <= 2000", name=op.f("ck_handovers_own_words_fit")),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_handovers_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_handovers_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["report.handovers.id"],
            name=op.f("fk_handovers_supersedes_id_handovers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        schema="report",
        comment="Patients given to a colleague; append-only.",
    )
    op.create_index(
        "ix_handovers_admission_id",
        "handovers",
        ["admission_id", sa.literal_column("recorded_at DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_handovers_recorded_by"),
        "handovers",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_handovers_supersedes_id",
        "handovers",
        ["supersedes_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )


def _add_handover_answers() -> None:
    op.create_table(
        "handover_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False, comment="set by trigger"),
        sa.Column("patient_id", sa.Uuid(), nullable=False, comment="set by trigger"),
        sa.Column("ward_id", sa.Uuid(), nullable=False, comment="of the giving; set by trigger"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True, comment="of the one who answers"),
        sa.Column(
            "read_back",
            sa.Boolean(),
            nullable=True,
            comment="whether an acceptance was read back to the giver",
        ),
        sa.Column(
            "facts_hash",
            sa.Text(),
            nullable=True,
            comment="of the reading an acceptance was shown, SHA-256, hexadecimal",
        ),
        sa.Column(
            "facts",
            postgresql.JSONB(),
            nullable=True,
            comment="that reading, where it is not the one given; set by trigger",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.CheckConstraint(
            "(kind = 'accepted') = (read_back IS NOT NULL)",
            name=op.f("ck_handover_answers_read_back_on_acceptance"),
        ),
        sa.CheckConstraint(
            "kind IN ('accepted', 'declined', 'withdrawn', 'question', 'reply')",
            name=op.f("ck_handover_answers_kind_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('accepted', 'withdrawn') OR btrim(coalesce(words, '')) <> ''",
            name=op.f("ck_handover_answers_says_something"),
        ),
        sa.CheckConstraint("length(words) <= 2000", name=op.f("ck_handover_answers_words_fit")),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_handover_answers_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["report.handovers.id"],
            name=op.f("fk_handover_answers_handover_id_handovers"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_handover_answers_recorded_by_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_answers")),
        schema="report",
        comment="Answers to handovers; append-only.",
    )
    op.create_index(
        "ix_handover_answers_admission_id",
        "handover_answers",
        ["admission_id", "recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "ix_handover_answers_handover_id",
        "handover_answers",
        ["handover_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_handover_answers_recorded_by"),
        "handover_answers",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_handover_answers_handover_id",
        "handover_answers",
        ["handover_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("kind IN ('accepted', 'declined', 'withdrawn')"),
    )


def _add_handover_drafts() -> None:
    op.create_table(
        "handover_drafts",
        sa.Column("author_id", sa.Uuid(), nullable=False, comment="set by function"),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "saved_at", sa.DateTime(timezone=True), nullable=False, comment="set by function"
        ),
        sa.CheckConstraint(
            "btrim(words) <> '' AND length(words) <= 2000",
            name=op.f("ck_handover_drafts_words_fit"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_handover_drafts_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["public.users.id"], name=op.f("fk_handover_drafts_author_id_users")
        ),
        sa.PrimaryKeyConstraint("author_id", "admission_id", name=op.f("pk_handover_drafts")),
        schema="report",
        comment="Own words not given yet; their author's alone.",
    )
    op.create_index(
        op.f("ix_handover_drafts_admission_id"),
        "handover_drafts",
        ["admission_id"],
        unique=False,
        schema="report",
    )
