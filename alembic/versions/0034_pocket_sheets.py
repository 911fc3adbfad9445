"""Number the pocket sheets that are printed, and tick them off.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_pocket_sheets()
    _add_pocket_sheet_ends()
    op.guard_tables("report.pocket_sheets", "report.pocket_sheet_ends")
    op.sql_file("report/pocket_sheets.v1.sql")
    op.sql_file("auth/ownership.v2.sql")


def downgrade() -> None:
    op.sql_file("report/pocket_sheets.v1.down.sql")


def _add_pocket_sheets() -> None:
    op.create_table(
        "pocket_sheets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "serial",
            sa.BigInteger(),
            sa.Identity(always=True),
            nullable=False,
            comment="printed on the sheet",
        ),
        sa.Column(
            "ward_id", sa.Uuid(), nullable=False, comment="of the first patient; set by trigger"
        ),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column(
            "as_file",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="saved as a PDF, not sent to a printer",
        ),
        sa.Column(
            "patient_ids",
            postgresql.ARRAY(sa.Uuid()),
            nullable=False,
            comment="whose names are on it",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="to be returned or shredded by then",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="when it was printed",
        ),
        sa.Column(
            "recorded_by", sa.Uuid(), nullable=True, comment="who printed it; null: imported"
        ),
        sa.CheckConstraint(
            "expires_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_pocket_sheets_expires_at_plausible"),
        ),
        sa.CheckConstraint("paper IN ('A4', 'Letter')", name=op.f("ck_pocket_sheets_paper_known")),
        sa.CheckConstraint(
            "cardinality(patient_ids) BETWEEN 1 AND 40",
            name=op.f("ck_pocket_sheets_about_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_pocket_sheets_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_pocket_sheets_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pocket_sheets")),
        sa.UniqueConstraint("serial", name=op.f("uq_pocket_sheets_serial")),
        schema="report",
        comment="Handovers printed to carry along; append-only.",
    )
    op.create_index(
        op.f("ix_pocket_sheets_recorded_by"),
        "pocket_sheets",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_pocket_sheets_ward_id"),
        "pocket_sheets",
        ["ward_id"],
        unique=False,
        schema="report",
    )


def _add_pocket_sheet_ends() -> None:
    op.create_table(
        "pocket_sheet_ends",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False, comment="of the sheet; set by trigger"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.CheckConstraint(
            "kind <> 'lost' OR btrim(coalesce(words, '')) <> ''",
            name=op.f("ck_pocket_sheet_ends_lost_explained"),
        ),
        sa.CheckConstraint(
            "kind IN ('returned', 'shredded', 'lost')",
            name=op.f("ck_pocket_sheet_ends_kind_known"),
        ),
        sa.CheckConstraint("length(words) <= 500", name=op.f("ck_pocket_sheet_ends_words_fit")),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_pocket_sheet_ends_recorded_by_users"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["report.pocket_sheets.id"],
            name=op.f("fk_pocket_sheet_ends_sheet_id_pocket_sheets"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pocket_sheet_ends")),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_pocket_sheet_ends_sheet_id")),
        schema="report",
        comment="Pocket sheets returned, shredded or lost; append-only.",
    )
    op.create_index(
        op.f("ix_pocket_sheet_ends_recorded_by"),
        "pocket_sheet_ends",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
