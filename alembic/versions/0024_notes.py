"""Keep nursing notes: signed, added to, corrected by their author, looked up by words; drafts.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_notes()
    _add_drafts()
    # without the words that are only looked up; they follow from the others
    op.guard_tables("report.nursing_notes", unlogged="words")
    op.sql_file("report/notes.v1.sql")
    op.sql_file("auth/ownership.v2.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION report.search_notes, report.keep_note_draft,"
        " report.drop_note_draft TO ward_client"
    )
    op.sql_file("public/notes.v1.sql")


def downgrade() -> None:
    op.take_back_permissions("note.read", "note.write", "note.correct")
    op.sql_file("report/notes.v1.down.sql")
    op.execute("DROP TABLE report.note_drafts")
    op.execute("DROP TABLE report.nursing_notes")


def _add_notes() -> None:
    op.create_table(
        "nursing_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "note_id",
            sa.Uuid(),
            nullable=False,
            comment="the first row of this note; set by trigger",
        ),
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
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "addendum_to_id",
            sa.Uuid(),
            nullable=True,
            comment="the note this adds to; null: a note of its own",
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "sections", postgresql.JSONB(), nullable=False, comment="heading and text, in order"
        ),
        sa.Column(
            "body", sa.Text(), nullable=False, comment="the sections as one text; set by trigger"
        ),
        sa.Column("symptom", sa.Text(), nullable=True, comment="what the patient reports"),
        sa.Column(
            "severity", sa.Text(), nullable=True, comment="as the patient says; null: not said"
        ),
        sa.Column(
            "since_on",
            sa.Date(),
            nullable=True,
            comment="first day of the symptom, on the ward's calendar; null: not said",
        ),
        sa.Column("own_words", sa.Text(), nullable=True, comment="as the patient said it"),
        sa.Column("template", sa.Text(), nullable=True, comment="name and version; null: none"),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="what the note speaks of",
        ),
        sa.Column(
            "signed_as",
            sa.Text(),
            nullable=True,
            comment="name and profession as they were then; set by trigger; null: imported",
        ),
        sa.Column("status", sa.Text(), server_default="final", nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="when it was signed; set by trigger",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="who signed; null: imported"),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('english'::regconfig, title || ' ' || coalesce(symptom, '') || ' ' || coalesce(own_words, '') || ' ' || body)",
                persisted=True,
            ),
            nullable=False,
            comment="what is looked up",
        ),
        sa.CheckConstraint(
            "CASE WHEN kind = 'symptom' AND addendum_to_id IS NULL THEN btrim(coalesce(symptom, '')) <> '' AND length(symptom) <= 120 ELSE symptom IS NULL AND severity IS NULL AND since_on IS NULL AND own_words IS NULL END",
            name=op.f("ck_nursing_notes_symptom_named"),
        ),
        sa.CheckConstraint(
            "body <> '' OR (kind = 'symptom' AND addendum_to_id IS NULL)",
            name=op.f("ck_nursing_notes_says_something"),
        ),
        sa.CheckConstraint(
            "btrim(title) <> '' AND length(title) <= 120", name=op.f("ck_nursing_notes_titled")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(sections) = 'array'", name=op.f("ck_nursing_notes_sections_shaped")
        ),
        sa.CheckConstraint(
            "kind IN ('sbar', 'progress', 'event', 'family', 'procedure', 'symptom')",
            name=op.f("ck_nursing_notes_kind_known"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_nursing_notes_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "severity IN ('mild', 'moderate', 'severe')",
            name=op.f("ck_nursing_notes_severity_known"),
        ),
        sa.CheckConstraint(
            "since_on BETWEEN DATE '1900-01-01' AND DATE '2200-01-01'",
            name=op.f("ck_nursing_notes_since_on_plausible"),
        ),
        sa.CheckConstraint(
            "status = 'final' OR supersedes_id IS NOT NULL",
            name=op.f("ck_nursing_notes_strike_out_names_original"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'entered_in_error')", name=op.f("ck_nursing_notes_status_known")
        ),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR btrim(change_reason) <> ''",
            name=op.f("ck_nursing_notes_correction_with_reason"),
        ),
        sa.CheckConstraint(
            "(supersedes_id IS NULL) = (note_id = id)",
            name=op.f("ck_nursing_notes_first_row_names_it"),
        ),
        sa.CheckConstraint(
            "length(own_words) <= 2000", name=op.f("ck_nursing_notes_own_words_fit")
        ),
        sa.ForeignKeyConstraint(
            ["addendum_to_id"],
            ["report.nursing_notes.id"],
            name=op.f("fk_nursing_notes_addendum_to_id_nursing_notes"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_nursing_notes_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["report.nursing_notes.id"],
            name=op.f("fk_nursing_notes_note_id_nursing_notes"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_nursing_notes_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["report.nursing_notes.id"],
            name=op.f("fk_nursing_notes_supersedes_id_nursing_notes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nursing_notes")),
        schema="report",
        comment="Signed nursing notes; append-only.",
    )
    op.create_index(
        op.f("ix_nursing_notes_addendum_to_id"),
        "nursing_notes",
        ["addendum_to_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "ix_nursing_notes_admission_id_occurred_at",
        "nursing_notes",
        ["admission_id", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_nursing_notes_note_id"),
        "nursing_notes",
        ["note_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_nursing_notes_recorded_by"),
        "nursing_notes",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "ix_nursing_notes_words",
        "nursing_notes",
        ["words"],
        unique=False,
        schema="report",
        postgresql_using="gin",
    )
    op.create_index(
        "uq_nursing_notes_supersedes_id",
        "nursing_notes",
        ["supersedes_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )


def _add_drafts() -> None:
    op.create_table(
        "note_drafts",
        sa.Column("id", sa.Uuid(), nullable=False, comment="of the note it will be"),
        sa.Column("author_id", sa.Uuid(), nullable=False, comment="set by function"),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "content", postgresql.JSONB(), nullable=False, comment="as the program typed it"
        ),
        sa.Column(
            "saved_at", sa.DateTime(timezone=True), nullable=False, comment="set by function"
        ),
        sa.CheckConstraint(
            "jsonb_typeof(content) = 'object'", name=op.f("ck_note_drafts_content_shaped")
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_note_drafts_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["public.users.id"], name=op.f("fk_note_drafts_author_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_drafts")),
        schema="report",
        comment="Unsigned notes; their author's alone, gone once signed.",
    )
    op.create_index(
        op.f("ix_note_drafts_admission_id"),
        "note_drafts",
        ["admission_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_note_drafts_author_id"),
        "note_drafts",
        ["author_id"],
        unique=False,
        schema="report",
    )
