"""Keep accounts: password rules, one-time passwords, ends, and who changed what and why.

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_columns()
    _add_role_grants()
    _add_common_passwords()
    _add_account_events()
    op.guard_tables("public.common_passwords", "public.account_events")
    op.sql_file("public/common_passwords.v1.sql")
    op.sql_file("auth/sessions.v2.sql")
    op.sql_file("auth/passwords.v1.sql")
    op.sql_file("auth/sign_in.v2.sql")
    op.sql_file("auth/accounts.v1.sql")
    op.sql_file("auth/account_reach.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.sql_file("auth/account_grants.v1.sql")


def downgrade() -> None:
    op.take_back_permissions("staff.assist")
    op.sql_file("auth/account_reach.v1.down.sql")
    op.sql_file("auth/accounts.v1.down.sql")
    op.sql_file("auth/sign_in.v2.down.sql")
    op.sql_file("auth/passwords.v1.down.sql")
    op.sql_file("auth/sessions.v2.down.sql")
    for table in ("account_events", "common_passwords", "role_grants"):
        op.drop_table(table, schema="public")
    op.drop_column("sessions", "only_to_change", schema="public")
    for column in (
        "unlocked_xact", "unlocked_at", "valid_until", "password_changed_at",
        "password_expires_at", "must_change_password",
    ):  # fmt: skip
        op.drop_column("users", column, schema="public")


def _add_columns() -> None:
    flag = sa.text("false")
    for table, column in (
        (
            "users",
            sa.Column(
                "must_change_password",
                sa.Boolean(),
                server_default=flag,
                nullable=False,
                comment="signing in leads to choosing a new password, and to nothing else",
            ),
        ),
        (
            "users",
            sa.Column(
                "password_expires_at",
                sa.DateTime(timezone=True),
                comment="set: a one-time password, not accepted after",
            ),
        ),
        ("users", sa.Column("password_changed_at", sa.DateTime(timezone=True))),
        (
            "users",
            sa.Column(
                "valid_until",
                sa.DateTime(timezone=True),
                comment="the account is of no use after; null: without end",
            ),
        ),
        (
            "users",
            sa.Column(
                "unlocked_at",
                sa.DateTime(timezone=True),
                comment="wrong passwords of before count no more; null: never unlocked",
            ),
        ),
        (
            "users",
            sa.Column(
                "unlocked_xact",
                sa.BigInteger(),
                comment="transaction that unlocked it; of no effect before commit",
            ),
        ),
        (
            "sessions",
            sa.Column(
                "only_to_change",
                sa.Boolean(),
                server_default=flag,
                nullable=False,
                comment="good for choosing a new password alone",
            ),
        ),
    ):
        op.add_column(table, column, schema="public")


def _add_role_grants() -> None:
    op.create_table(
        "role_grants",
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("granted_role_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["granted_role_id"],
            ["public.roles.id"],
            name=op.f("fk_role_grants_granted_role_id_roles"),
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["public.roles.id"], name=op.f("fk_role_grants_role_id_roles")
        ),
        sa.PrimaryKeyConstraint("role_id", "granted_role_id", name=op.f("pk_role_grants")),
        schema="public",
        comment="Which roles the holders of a role may give and take.",
    )
    op.create_index(
        op.f("ix_role_grants_granted_role_id"), "role_grants", ["granted_role_id"], schema="public"
    )


def _add_common_passwords() -> None:
    op.create_table(
        "common_passwords",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "password", sa.Text(), nullable=False, comment="in lower case; refused as a new one"
        ),
        sa.Column("source", sa.Text(), nullable=False, comment="which list it is from"),
        sa.CheckConstraint(
            "password = lower(password) AND password <> ''",
            name=op.f("ck_common_passwords_lower_case"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_common_passwords")),
        sa.UniqueConstraint("password", name=op.f("uq_common_passwords_password")),
        schema="public",
        comment="Passwords that are guessed first; nobody may choose them.",
    )


def _add_account_events() -> None:
    op.create_table(
        "account_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="whose account it is"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column(
            "detail", sa.Text(), nullable=True, comment="name of the role, code of the ward, end"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_by",
            sa.Uuid(),
            nullable=True,
            comment="null: the administrator of the database",
        ),
        sa.Column("database_role", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "action IN ('created', 'password_changed', 'password_reset', 'password_expired',"
            " 'disabled', 'enabled', 'end_set', 'role_given', 'role_taken', 'ward_given',"
            " 'ward_taken', 'unlocked')",
            name=op.f("ck_account_events_action_known"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_account_events_with_reason")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_account_events_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["public.users.id"], name=op.f("fk_account_events_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_events")),
        schema="public",
        comment="What was done to accounts: by whom, when and why.",
    )
    op.create_index(
        "ix_account_events_user_id_recorded_at",
        "account_events",
        ["user_id", "recorded_at"],
        schema="public",
    )
    op.create_index(
        op.f("ix_account_events_recorded_by"), "account_events", ["recorded_by"], schema="public"
    )
