"""Create the schemas and say who may look into them.

Roles and extensions exist already: `wardctl` makes them once, as the server's administrator.

Revision ID: 0001
Revises:
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMAS = ("patient", "room", "admission", "report", "rounding", "audit")


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA {schema}")
        op.execute(f"GRANT USAGE ON SCHEMA {schema} TO ward_definer, ward_client, ward_loader")
    # functions that prove who is asking live apart and belong to the role that runs them
    op.execute("CREATE SCHEMA auth")
    op.execute("GRANT USAGE, CREATE ON SCHEMA auth TO ward_definer")
    op.execute("GRANT USAGE ON SCHEMA auth TO ward_client, ward_loader")
    op.execute("GRANT SELECT ON public.alembic_version TO ward_client")


def downgrade() -> None:
    op.execute("REVOKE SELECT ON public.alembic_version FROM ward_client")
    # it still holds the counter of wrong passwords of each user there was
    op.execute("DROP SCHEMA auth CASCADE")
    for schema in reversed(SCHEMAS):
        op.execute(f"DROP SCHEMA {schema}")
