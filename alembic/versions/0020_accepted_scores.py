"""Accept a score until a time; say on the board who is on leave until when.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accepted_scores",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "patient_id",
            sa.Uuid(),
            nullable=False,
            comment="of the admission; set by the database",
        ),
        sa.Column(
            "vital_sign_id", sa.Uuid(), nullable=False, comment="the set whose score is accepted"
        ),
        sa.Column("score_pack", sa.Text(), nullable=False, comment="of that set"),
        sa.Column("level", sa.Text(), nullable=False, comment="risk of that set"),
        sa.Column(
            "points", sa.SMALLINT(), nullable=False, comment="known of that set; more calls again"
        ),
        sa.Column(
            "until_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="review by then; from then on the score calls again",
        ),
        sa.Column("decided_by", sa.Text(), nullable=False, comment="who agreed, by name"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why, and what is planned"),
        sa.Column("status", sa.Text(), server_default=sa.text("'final'"), nullable=False),
        sa.Column(
            "supersedes_id", sa.Uuid(), nullable=True, comment="what is taken back; else null"
        ),
        sa.Column("change_reason", sa.Text(), nullable=True, comment="why it is taken back"),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="since when it holds; set by the database",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.CheckConstraint(
            "level IN ('low', 'low-medium', 'concern', 'medium', 'high')",
            name=op.f("ck_accepted_scores_level_known"),
        ),
        sa.CheckConstraint(
            "points BETWEEN 0 AND 100", name=op.f("ck_accepted_scores_points_plausible")
        ),
        sa.CheckConstraint(
            "btrim(decided_by) <> '' AND btrim(reason) <> ''",
            name=op.f("ck_accepted_scores_says_who_and_why"),
        ),
        sa.CheckConstraint(
            "until_at > occurred_at AND until_at <= occurred_at + interval '24 hours'",
            name=op.f("ck_accepted_scores_ends_within_a_day"),
        ),
        sa.CheckConstraint(
            "(status = 'final' AND supersedes_id IS NULL AND change_reason IS NULL) OR (status = 'entered_in_error' AND supersedes_id IS NOT NULL AND btrim(change_reason) <> '')",
            name=op.f("ck_accepted_scores_taken_back_with_reason"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_accepted_scores_occurred_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_accepted_scores_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_accepted_scores_recorded_by_users"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["report.accepted_scores.id"],
            name=op.f("fk_accepted_scores_supersedes_id_accepted_scores"),
        ),
        sa.ForeignKeyConstraint(
            ["vital_sign_id"],
            ["report.vital_signs.id"],
            name=op.f("fk_accepted_scores_vital_sign_id_vital_signs"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_scores")),
        schema="report",
        comment="Scores agreed to call nobody again for a while; append-only.",
    )
    op.create_index(
        "ix_accepted_scores_admission_id_seq",
        "accepted_scores",
        ["admission_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_accepted_scores_recorded_by"),
        "accepted_scores",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_accepted_scores_supersedes_id",
        "accepted_scores",
        ["supersedes_id"],
        unique=True,
        schema="report",
    )
    op.create_index(
        op.f("ix_accepted_scores_vital_sign_id"),
        "accepted_scores",
        ["vital_sign_id"],
        unique=False,
        schema="report",
    )
    op.guard_tables("report.accepted_scores")
    op.sql_file("report/accepted_scores.v1.sql")
    op.sql_file("auth/ownership.v2.sql")
    op.sql_file("public/accepted_scores.v1.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION report.accept_score, report.take_back_accepted_score,"
        " report.accepted_now, report.ward_board_v2 TO ward_client"
    )


def downgrade() -> None:
    op.sql_file("report/accepted_scores.v1.down.sql")
    op.take_back_permissions("escalation.accept")
    op.drop_table("accepted_scores", schema="report")
