"""Let people change places at a shared workstation by badge and PIN, and stand by as witness.

Revision ID: 0049
Revises: 0048
"""

import sqlalchemy as sa

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_NEW_ACTIONS = ("badge_given", "badge_taken", "pin_set")
_ACTIONS = (
    "created", "password_changed", "password_reset", "password_expired", "disabled", "enabled",
    "end_set", "role_given", "role_taken", "ward_given", "ward_taken", "unlocked",
)  # fmt: skip


def upgrade() -> None:
    _add_columns()
    _add_badges()
    _add_pins()
    _add_witness_proofs()
    _know_actions(*_ACTIONS, *_NEW_ACTIONS)
    op.sql_file("auth/badges.v1.sql")
    op.sql_file("auth/sign_in.v3.sql")
    op.sql_file("auth/witnesses.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.sql_file("auth/badge_grants.v1.sql")


def downgrade() -> None:
    op.sql_file("auth/witnesses.v1.down.sql")
    op.sql_file("auth/sign_in.v3.down.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.sql_file("auth/badges.v1.down.sql")
    for table in ("witness_proofs", "pins", "badges"):
        op.drop_table(table, schema="public")
    op.drop_column("installation", "badge_key", schema="public")
    op.drop_constraint(
        op.f("ck_facilities_pin_hours_range"), "facilities", schema="public", type_="check"
    )
    op.drop_column("facilities", "pin_hours", schema="public")
    op.drop_column("sessions", "by_badge", schema="public")
    _know_actions(*_ACTIONS)


def _add_columns() -> None:
    op.add_column(
        "sessions",
        sa.Column(
            "by_badge",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="begun by badge and PIN, not with the password",
        ),
        schema="public",
    )
    op.add_column(
        "facilities",
        sa.Column(
            "pin_hours",
            sa.SmallInteger(),
            server_default="12",
            nullable=False,
            comment="badge and PIN are accepted so long after the password was; 0: never",
        ),
        schema="public",
    )
    op.create_check_constraint(
        op.f("ck_facilities_pin_hours_range"),
        "facilities",
        "pin_hours BETWEEN 0 AND 24",
        schema="public",
    )
    op.add_column(
        "installation",
        sa.Column(
            "badge_key",
            sa.LargeBinary(),
            server_default=sa.text("public.gen_random_bytes(32)"),
            nullable=False,
            comment="what badges are hashed with; leaves the server never",
        ),
        schema="public",
    )


def _add_badges() -> None:
    op.create_table(
        "badges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="whose badge it is"),
        sa.Column(
            "badge_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="HMAC-SHA256 of what the reader types, under installation.badge_key",
        ),
        sa.Column(
            "given_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "given_by",
            sa.Uuid(),
            nullable=True,
            comment="who registered it; null: the administrator of the database",
        ),
        sa.Column(
            "ended_at", sa.DateTime(timezone=True), nullable=True, comment="good no more since"
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["public.users.id"], name=op.f("fk_badges_given_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["public.users.id"], name=op.f("fk_badges_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badges")),
        schema="public",
        comment="Badges that say who stands at a workstation; their numbers are stored nowhere.",
    )
    op.create_index(op.f("ix_badges_user_id"), "badges", ["user_id"], schema="public")
    op.create_index(op.f("ix_badges_given_by"), "badges", ["given_by"], schema="public")
    for column in ("badge_hash", "user_id"):
        op.create_index(
            f"uq_badges_{column}_while_good",
            "badges",
            [column],
            unique=True,
            schema="public",
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def _add_pins() -> None:
    op.create_table(
        "pins",
        sa.Column("id", sa.Uuid(), nullable=False, comment="names the counter of its tries"),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "pin_hash",
            sa.Text(),
            nullable=False,
            comment="bcrypt of the base64 sha256 of the PIN",
        ),
        sa.Column(
            "set_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "forgotten_tries",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="so many of the counted tries count no more",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["public.users.id"], name=op.f("fk_pins_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pins")),
        sa.UniqueConstraint("user_id", name=op.f("uq_pins_user_id")),
        schema="public",
        comment="PINs that go with badges; the hash never leaves the database.",
    )


def _add_witness_proofs() -> None:
    op.create_table(
        "witness_proofs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proof_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False, comment="of the one who acts"),
        sa.Column("workstation", sa.Text(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False, comment="the one act it is good for"),
        sa.Column("witness_id", sa.Uuid(), nullable=False, comment="who stood by"),
        sa.Column(
            "xact",
            sa.BigInteger(),
            nullable=False,
            comment="transaction that made it; unusable before commit",
        ),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["public.sessions.id"],
            name=op.f("fk_witness_proofs_session_id_sessions"),
        ),
        sa.ForeignKeyConstraint(
            ["witness_id"], ["public.users.id"], name=op.f("fk_witness_proofs_witness_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witness_proofs")),
        sa.UniqueConstraint("proof_sha256", name=op.f("uq_witness_proofs_proof_sha256")),
        schema="public",
        comment="Second people who stood by one act each; the proof itself is never stored.",
    )
    for column in ("session_id", "witness_id"):
        op.create_index(
            op.f(f"ix_witness_proofs_{column}"), "witness_proofs", [column], schema="public"
        )


def _know_actions(*actions: str) -> None:
    """Let events of accounts be of these actions; rows of others that are there stay."""
    name = op.f("ck_account_events_action_known")
    op.drop_constraint(name, "account_events", schema="public", type_="check")
    table = "ALTER TABLE public.account_events"
    op.execute(f"{table} ADD CONSTRAINT {name} CHECK (action IN {actions}) NOT VALID")
    op.execute(
        f"DO $$ BEGIN {table} VALIDATE CONSTRAINT {name};"
        " EXCEPTION WHEN check_violation THEN NULL; END $$"
    )
