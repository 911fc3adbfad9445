"""Keep when a data set was imported in a table of its own.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("data_set", sa.Text(), nullable=False),
        sa.Column(
            "anchor_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="the moment before which its stays were moved",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "anchor_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_imports_anchor_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["public.facilities.id"],
            name=op.f("fk_imports_facility_id_facilities"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint(
            "facility_id", "data_set", name=op.f("uq_imports_facility_id_data_set")
        ),
        schema="public",
        comment="Data sets that were imported, and the moment their stays are anchored at.",
    )
    op.sql_file("public/imports.v1.sql")


def downgrade() -> None:
    op.sql_file("public/imports.v1.down.sql")
    op.drop_table("imports", schema="public")
