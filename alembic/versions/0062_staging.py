"""Know staging: where the next version is tried on a copy of production.

Revision ID: 0062
Revises: 0061
"""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

_NAME = "ck_installation_environment_known"
_ENVIRONMENTS = ("development", "demo", "test", "training", "production")


def upgrade() -> None:
    _know_environments(*_ENVIRONMENTS[:-1], "staging", "production")


def downgrade() -> None:
    # the version before guards the data of real people in production alone. Forced row security
    # hides the row from the table's owner
    op.execute("ALTER TABLE public.installation NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE public.installation SET environment = 'production' WHERE environment = 'staging'"
    )
    op.execute("ALTER TABLE public.installation FORCE ROW LEVEL SECURITY")
    _know_environments(*_ENVIRONMENTS)


def _know_environments(*environments: str) -> None:
    op.drop_constraint(op.f(_NAME), "installation", schema="public", type_="check")
    op.create_check_constraint(
        op.f(_NAME), "installation", f"environment IN {environments}", schema="public"
    )
