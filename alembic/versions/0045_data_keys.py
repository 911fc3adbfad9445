"""Keep data keys wrapped for each workstation, and protected details of patients.

Revision ID: 0045
Revises: 0044
"""

import sqlalchemy as sa

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_keys()
    _add_details()
    op.sql_file("auth/data_keys.v1.sql")
    op.sql_file("patient/details.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.sql_file("patient/details_grants.v1.sql")


def downgrade() -> None:
    op.take_back_permissions("patient.details")
    op.sql_file("patient/details.v1.down.sql")
    op.drop_table("detail_changes", schema="patient")
    op.drop_index(
        op.f("ix_patient_details_national_id_index"),
        table_name="patient_details",
        schema="patient",
    )
    op.create_unique_constraint(
        op.f("uq_patient_details_national_id_index"),
        "patient_details",
        ["national_id_index"],
        schema="patient",
    )
    op.drop_column("patient_details", "national_id_index_key", schema="patient")
    for table in ("key_wraps", "data_keys"):
        op.drop_table(table, schema="auth")
    op.drop_column("workstations", "public_key", schema="public")


def _add_keys() -> None:
    op.add_column(
        "workstations",
        sa.Column(
            "public_key",
            sa.LargeBinary(),
            comment="X25519, 32 bytes; data keys are wrapped for it",
        ),
        schema="public",
    )
    op.create_table(
        "data_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="stands in front of each value it encrypted",
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "check_value",
            sa.LargeBinary(),
            nullable=False,
            comment="tells keys apart, says nothing of them",
        ),
        _now("created_at"),
        sa.CheckConstraint("number BETWEEN 1 AND 65535", name=op.f("ck_data_keys_number_range")),
        sa.CheckConstraint(
            "purpose IN ('field', 'index')", name=op.f("ck_data_keys_purpose_known")
        ),
        sa.CheckConstraint(
            "state IN ('active', 'readable', 'retired')", name=op.f("ck_data_keys_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
        sa.UniqueConstraint("number", name=op.f("uq_data_keys_number")),
        schema="auth",
        comment="Data keys there are; their bytes are not here.",
    )
    op.create_index(
        "uq_data_keys_active_purpose",
        "data_keys",
        ["purpose"],
        unique=True,
        schema="auth",
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "key_wraps",
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("workstation_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        _now("created_at"),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["auth.data_keys.id"], name=op.f("fk_key_wraps_data_key_id_data_keys")
        ),
        sa.ForeignKeyConstraint(
            ["workstation_id"],
            ["public.workstations.id"],
            name=op.f("fk_key_wraps_workstation_id_workstations"),
        ),
        sa.PrimaryKeyConstraint("data_key_id", "workstation_id", name=op.f("pk_key_wraps")),
        schema="auth",
        comment="Data keys, each wrapped for the public key of one workstation.",
    )
    op.create_index(
        op.f("ix_key_wraps_workstation_id"), "key_wraps", ["workstation_id"], schema="auth"
    )


def _add_details() -> None:
    op.drop_constraint(
        op.f("uq_patient_details_national_id_index"),
        "patient_details",
        schema="patient",
        type_="unique",
    )
    op.create_index(
        op.f("ix_patient_details_national_id_index"),
        "patient_details",
        ["national_id_index"],
        schema="patient",
    )
    op.add_column(
        "patient_details",
        sa.Column(
            "national_id_index_key",
            sa.Integer(),
            comment="number of the key the blind index was made with",
        ),
        schema="patient",
    )
    op.create_table(
        "detail_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the details, once changed"),
        sa.Column("sealed", sa.LargeBinary(), comment="null: there is none any more"),
        sa.Column("reason", sa.Text(), comment="null: it was empty before"),
        _now("recorded_at"),
        sa.Column("recorded_by", sa.Uuid()),
        sa.CheckConstraint(
            "field IN ('national_id', 'insurance_number', 'address', 'medical_history')",
            name=op.f("ck_detail_changes_field_known"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patients.id"],
            name=op.f("fk_detail_changes_patient_id_patients"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_detail_changes_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", "field", name=op.f("pk_detail_changes")),
        schema="patient",
        comment="Protected details entered and corrected, encrypted.",
    )
    op.create_index(
        "ix_detail_changes_patient_id_field_version",
        "detail_changes",
        ["patient_id", "field", "version"],
        schema="patient",
    )
    op.create_index(
        op.f("ix_detail_changes_recorded_by"), "detail_changes", ["recorded_by"], schema="patient"
    )


def _now(name: str) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=sa.text("clock_timestamp()"),
        nullable=False,
    )
