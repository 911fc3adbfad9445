"""Let accounts be managed in the program: whose a session may change is decided here.

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_BEFORE = (
    "created", "password_changed", "password_reset", "password_expired", "disabled", "enabled",
    "end_set", "role_given", "role_taken", "ward_given", "ward_taken",
)  # fmt: skip


def upgrade() -> None:
    op.add_column(
        "users",
        sa.Column(
            "unlocked_at",
            sa.DateTime(timezone=True),
            comment="wrong passwords of before count no more; null: never unlocked",
        ),
        schema="public",
    )
    op.add_column(
        "users",
        sa.Column(
            "unlocked_xact",
            sa.BigInteger(),
            comment="transaction that unlocked it; of no effect before commit",
        ),
        schema="public",
    )
    _name_actions(*_BEFORE, "unlocked")
    op.sql_file("auth/account_reach.v1.sql")
    op.sql_file("auth/account_lists.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.sql_file("auth/account_lists_grants.v1.sql")


def downgrade() -> None:
    op.sql_file("auth/account_reach.v1.down.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.take_back_permissions("staff.assist")
    # what was unlocked stays on record in the log of changes
    op.execute("ALTER TABLE public.account_events DISABLE TRIGGER append_only")
    op.execute("GRANT DELETE ON public.account_events TO ward_definer")
    op.execute("SET LOCAL ROLE ward_definer")
    op.execute("DELETE FROM public.account_events WHERE action = 'unlocked'")
    op.execute("SET LOCAL ROLE ward_owner")
    op.execute("REVOKE DELETE ON public.account_events FROM ward_definer")
    op.execute("ALTER TABLE public.account_events ENABLE TRIGGER append_only")
    _name_actions(*_BEFORE)
    for column in ("unlocked_xact", "unlocked_at"):
        op.drop_column("users", column, schema="public")


def _name_actions(*actions: str) -> None:
    """Let account events have these actions."""
    name = op.f("ck_account_events_action_known")
    op.drop_constraint(name, "account_events", schema="public", type_="check")
    op.create_check_constraint(
        name, "account_events", f"action IN {tuple(actions)}", schema="public"
    )
