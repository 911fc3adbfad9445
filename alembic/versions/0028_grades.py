"""Know the grades of people: who may hold beds.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_grades()
    _add_user_grades()
    op.guard_tables("public.grades", "public.user_grades")
    op.sql_file("public/grades.v1.sql")
    op.sql_file("auth/ownership.v3.sql")


def downgrade() -> None:
    op.execute("DROP FUNCTION public.cannot_hold, public.grade_of")
    op.execute("DROP TABLE public.user_grades")
    op.execute("DROP TABLE public.grades")


def _add_grades() -> None:
    op.create_table(
        "grades",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False, comment="order in lists"),
        sa.Column(
            "holds_beds",
            sa.Boolean(),
            nullable=False,
            comment="whether it may be responsible for beds",
        ),
        sa.Column(
            "roles",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="roles whose people have it as long as no grade is recorded for them",
        ),
        sa.CheckConstraint("jsonb_typeof(roles) = 'array'", name=op.f("ck_grades_roles_shaped")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades")),
        sa.UniqueConstraint("name", name=op.f("uq_grades_name")),
        schema="public",
        comment="Grades of staff.",
    )


def _add_user_grades() -> None:
    op.create_table(
        "user_grades",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="who decided it"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["grade"], ["public.grades.name"], name=op.f("fk_user_grades_grade_grades")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["public.users.id"], name=op.f("fk_user_grades_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_grades")),
        sa.UniqueConstraint("seq", name=op.f("uq_user_grades_seq")),
        schema="public",
        comment="Grades of people; append-only, the newest in force.",
    )
    op.create_index(
        op.f("ix_user_grades_grade"), "user_grades", ["grade"], unique=False, schema="public"
    )
    op.create_index(
        "ix_user_grades_user_id_seq",
        "user_grades",
        ["user_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="public",
    )
