"""Create the tables.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_logs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("xact", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("workstation", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind <> 'break_glass' OR length(btrim(reason)) >= 10",
            name=op.f("ck_access_logs_break_glass_with_reason"),
        ),
        sa.CheckConstraint(
            "kind = 'search' OR patient_id IS NOT NULL",
            name=op.f("ck_access_logs_opened_patient_named"),
        ),
        sa.CheckConstraint(
            "kind IN ('ward', 'break_glass', 'search')", name=op.f("ck_access_logs_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_logs")),
        schema="audit",
        comment="Who opened which record, when, from where and why.",
    )
    op.create_index(
        "ix_access_logs_patient_id_at",
        "access_logs",
        ["patient_id", "at"],
        unique=False,
        schema="audit",
    )
    op.create_index(
        "ix_access_logs_session_id_patient_id",
        "access_logs",
        ["session_id", "patient_id"],
        unique=False,
        schema="audit",
    )
    op.create_table(
        "change_logs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("xact", sa.BigInteger(), nullable=False),
        sa.Column("schema_name", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True, comment="null: no signed-in session"),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("database_role", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "action IN ('CREATE', 'UPDATE', 'DELETE')", name=op.f("ck_change_logs_action_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_logs")),
        schema="audit",
        comment="Every change: before, after, who, from where.",
    )
    op.create_index(
        "ix_change_logs_at",
        "change_logs",
        ["at"],
        unique=False,
        schema="audit",
        postgresql_using="brin",
    )
    op.create_index(
        "ix_change_logs_row_id", "change_logs", ["row_id"], unique=False, schema="audit"
    )
    op.create_index(
        "ix_change_logs_xact_id", "change_logs", ["xact", "id"], unique=False, schema="audit"
    )
    op.create_table(
        "login_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("workstation", sa.Text(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "action IN ('LOGIN', 'LOGOUT')", name=op.f("ck_login_history_action_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_history")),
        schema="audit",
        comment="Sign-ins, good and bad, and sign-outs.",
    )
    op.create_index(
        "ix_login_history_at",
        "login_history",
        ["at"],
        unique=False,
        schema="audit",
        postgresql_using="brin",
    )
    op.create_index(
        "ix_login_history_user_id_at",
        "login_history",
        ["user_id", "at"],
        unique=False,
        schema="audit",
    )
    op.create_table(
        "facilities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilities")),
        sa.UniqueConstraint("code", name=op.f("uq_facilities_code")),
        schema="public",
        comment="Hospitals; none sees another.",
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("oldest_client_revision", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "environment IN ('development', 'demo', 'test', 'training', 'production')",
            name=op.f("ck_installation_environment_known"),
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        schema="public",
        comment="What this database is: one row.",
    )
    op.create_table(
        "permissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permissions")),
        sa.UniqueConstraint("name", name=op.f("uq_permissions_name")),
        schema="public",
        comment="Things that can be permitted.",
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("name", name=op.f("uq_roles_name")),
        schema="public",
        comment="Named sets of permissions.",
    )
    op.create_table(
        "patient_sequences",
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["public.facilities.id"],
            name=op.f("fk_patient_sequences_facility_id_facilities"),
        ),
        sa.PrimaryKeyConstraint("facility_id", "year", name=op.f("pk_patient_sequences")),
        schema="patient",
        comment="Last patient number given, per facility and year.",
    )
    op.create_table(
        "patients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column(
            "mrn", sa.Text(), nullable=False, comment="ten digits: year, number, check digit"
        ),
        sa.Column(
            "external_id",
            sa.Text(),
            nullable=True,
            comment="number in the system that the record was imported from",
        ),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column(
            "search_name",
            sa.Text(),
            sa.Computed("lower(family_name || ' ' || given_name)", persisted=True),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column(
            "born_on_is_estimate", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("died_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "born_on BETWEEN DATE '1880-01-01' AND DATE '2200-01-01'",
            name=op.f("ck_patients_born_on_plausible"),
        ),
        sa.CheckConstraint(
            "family_name <> '' AND given_name <> ''", name=op.f("ck_patients_named")
        ),
        sa.CheckConstraint(
            "sex IN ('female', 'male', 'other', 'unknown')", name=op.f("ck_patients_sex_known")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["public.facilities.id"],
            name=op.f("fk_patients_facility_id_facilities"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
        sa.UniqueConstraint(
            "facility_id", "external_id", name=op.f("uq_patients_facility_id_external_id")
        ),
        sa.UniqueConstraint("facility_id", "mrn", name=op.f("uq_patients_facility_id_mrn")),
        schema="patient",
        comment="Who patients are; readable by ward, through admission.",
    )
    op.create_index("ix_patients_born_on", "patients", ["born_on"], unique=False, schema="patient")
    op.create_index(
        "ix_patients_name_trigrams",
        "patients",
        ["search_name"],
        unique=False,
        schema="patient",
        postgresql_using="gin",
        postgresql_ops={"search_name": "public.gin_trgm_ops"},
    )
    op.create_table(
        "role_permissions",
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("permission_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"],
            ["public.permissions.id"],
            name=op.f("fk_role_permissions_permission_id_permissions"),
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["public.roles.id"], name=op.f("fk_role_permissions_role_id_roles")
        ),
        sa.PrimaryKeyConstraint("role_id", "permission_id", name=op.f("pk_role_permissions")),
        schema="public",
        comment="Which permissions a role gives.",
    )
    op.create_index(
        op.f("ix_role_permissions_permission_id"),
        "role_permissions",
        ["permission_id"],
        unique=False,
        schema="public",
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("profession", sa.Text(), nullable=True),
        sa.Column("specialization", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column(
            "password_hash",
            sa.Text(),
            nullable=False,
            comment="bcrypt of the base64 sha256 of the password",
        ),
        sa.Column(
            "idle_minutes",
            sa.SmallInteger(),
            server_default="15",
            nullable=False,
            comment="server ends a session idle for longer",
        ),
        sa.Column(
            "idle_lock_minutes",
            sa.SmallInteger(),
            server_default="5",
            nullable=False,
            comment="screen is hidden after so long without input",
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("last_signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "login = lower(login) AND login <> ''", name=op.f("ck_users_login_lower_case")
        ),
        sa.CheckConstraint(
            "idle_lock_minutes BETWEEN 1 AND 720", name=op.f("ck_users_idle_lock_minutes_range")
        ),
        sa.CheckConstraint(
            "idle_minutes BETWEEN 1 AND 720", name=op.f("ck_users_idle_minutes_range")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["public.facilities.id"], name=op.f("fk_users_facility_id_facilities")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
        schema="public",
        comment="People who sign in; the hash never leaves the database.",
    )
    op.create_index(
        op.f("ix_users_facility_id"), "users", ["facility_id"], unique=False, schema="public"
    )
    op.create_table(
        "workstations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("role_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "enrolled_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["public.facilities.id"],
            name=op.f("fk_workstations_facility_id_facilities"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workstations")),
        sa.UniqueConstraint("role_name", name=op.f("uq_workstations_role_name")),
        schema="public",
        comment="Enrolled workstations, one role each.",
    )
    op.create_index(
        op.f("ix_workstations_facility_id"),
        "workstations",
        ["facility_id"],
        unique=False,
        schema="public",
    )
    op.create_table(
        "buildings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["public.facilities.id"],
            name=op.f("fk_buildings_facility_id_facilities"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buildings")),
        schema="room",
        comment="Buildings of a facility.",
    )
    op.create_index(
        op.f("ix_buildings_facility_id"), "buildings", ["facility_id"], unique=False, schema="room"
    )
    op.create_table(
        "admissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("specialty", sa.Text(), nullable=True),
        sa.Column("consultant", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "discharged_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the patient left",
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("insurance_authorization", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "cancelled_at IS NULL OR cancel_reason <> ''",
            name=op.f("ck_admissions_cancelled_with_reason"),
        ),
        sa.CheckConstraint(
            "source IN ('emergency_department', 'elective', 'clinic', 'other_hospital', 'home', 'birth')",
            name=op.f("ck_admissions_source_known"),
        ),
        sa.CheckConstraint(
            "discharged_at >= admitted_at", name=op.f("ck_admissions_discharged_after_admitted")
        ),
        sa.CheckConstraint(
            "admitted_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_admissions_admitted_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by"], ["public.users.id"], name=op.f("fk_admissions_cancelled_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["public.facilities.id"],
            name=op.f("fk_admissions_facility_id_facilities"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.patients.id"], name=op.f("fk_admissions_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_admissions_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admissions")),
        sa.UniqueConstraint(
            "facility_id", "external_id", name=op.f("uq_admissions_facility_id_external_id")
        ),
        sa.UniqueConstraint("id", "patient_id", name=op.f("uq_admissions_id_patient_id")),
        schema="admission",
        comment="Stays in hospital.",
    )
    op.create_index(
        op.f("ix_admissions_cancelled_by"),
        "admissions",
        ["cancelled_by"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        "ix_admissions_discharged_at",
        "admissions",
        ["discharged_at"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        "ix_admissions_patient_id", "admissions", ["patient_id"], unique=False, schema="admission"
    )
    op.create_index(
        op.f("ix_admissions_recorded_by"),
        "admissions",
        ["recorded_by"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        "uq_admissions_one_open_per_patient",
        "admissions",
        ["patient_id"],
        unique=True,
        schema="admission",
        postgresql_where=sa.text("discharged_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_table(
        "allergies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("substance", sa.Text(), nullable=True),
        sa.Column("reaction", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(status = 'none_known') = (substance IS NULL)",
            name=op.f("ck_allergies_substance_unless_none_known"),
        ),
        sa.CheckConstraint(
            "status IN ('active', 'none_known', 'refuted')", name=op.f("ck_allergies_status_known")
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_allergies_occurred_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.patients.id"], name=op.f("fk_allergies_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_allergies_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id", "patient_id"],
            ["patient.allergies.id", "patient.allergies.patient_id"],
            name=op.f("fk_allergies_supersedes_id_allergies"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allergies")),
        sa.UniqueConstraint("id", "patient_id", name=op.f("uq_allergies_id_patient_id")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_allergies_supersedes_id")),
        schema="patient",
        comment="Statements on allergies, append-only.",
    )
    op.create_index(
        "ix_allergies_patient_id_seq",
        "allergies",
        ["patient_id", "seq"],
        unique=False,
        schema="patient",
    )
    op.create_index(
        op.f("ix_allergies_recorded_by"),
        "allergies",
        ["recorded_by"],
        unique=False,
        schema="patient",
    )
    op.create_table(
        "patient_details",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("blood_type", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("next_of_kin", sa.Text(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("insurance_provider", sa.Text(), nullable=True),
        sa.Column("insurance_member_id_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("national_id_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column(
            "national_id_index",
            sa.LargeBinary(),
            nullable=True,
            comment="keyed blind index for exact search",
        ),
        sa.Column("address_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("medical_history_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patients.id"],
            name=op.f("fk_patient_details_patient_id_patients"),
        ),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_patient_details")),
        sa.UniqueConstraint(
            "national_id_index", name=op.f("uq_patient_details_national_id_index")
        ),
        schema="patient",
        comment="Details readable only after the chart was opened and that was logged.",
    )
    op.create_table(
        "patient_flags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('isolation', 'falls', 'resuscitation', 'nil_by_mouth', 'privacy')",
            name=op.f("ck_patient_flags_kind_known"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_patient_flags_occurred_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patients.id"],
            name=op.f("fk_patient_flags_patient_id_patients"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_patient_flags_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_flags")),
        schema="patient",
        comment="Flags put up and taken down, append-only.",
    )
    op.create_index(
        "ix_patient_flags_patient_id_kind_seq",
        "patient_flags",
        ["patient_id", "kind", sa.literal_column("seq DESC")],
        unique=False,
        schema="patient",
    )
    op.create_index(
        op.f("ix_patient_flags_recorded_by"),
        "patient_flags",
        ["recorded_by"],
        unique=False,
        schema="patient",
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("workstation", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column(
            "xact",
            sa.BigInteger(),
            nullable=False,
            comment="transaction that made it; unusable before commit",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["public.users.id"], name=op.f("fk_sessions_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sessions_token_sha256")),
        schema="public",
        comment="Signed-in sessions; the token itself is never stored.",
    )
    op.create_index(
        "ix_sessions_live",
        "sessions",
        ["user_id"],
        unique=False,
        schema="public",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False, schema="public"
    )
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["public.roles.id"], name=op.f("fk_user_roles_role_id_roles")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["public.users.id"], name=op.f("fk_user_roles_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_user_roles")),
        schema="public",
        comment="Which roles a person holds.",
    )
    op.create_index(
        op.f("ix_user_roles_role_id"), "user_roles", ["role_id"], unique=False, schema="public"
    )
    op.create_table(
        "floors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("building_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["building_id"], ["room.buildings.id"], name=op.f("fk_floors_building_id_buildings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floors")),
        schema="room",
        comment="Floors of a building.",
    )
    op.create_index(
        op.f("ix_floors_building_id"), "floors", ["building_id"], unique=False, schema="room"
    )
    op.create_table(
        "expected_discharges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "expected_on BETWEEN DATE '1900-01-01' AND DATE '2200-01-01'",
            name=op.f("ck_expected_discharges_expected_on_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_expected_discharges_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_expected_discharges_recorded_by_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_discharges")),
        schema="admission",
        comment="Expected discharge dates; never overwritten.",
    )
    op.create_index(
        "ix_expected_discharges_admission_id_seq",
        "expected_discharges",
        ["admission_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_expected_discharges_recorded_by"),
        "expected_discharges",
        ["recorded_by"],
        unique=False,
        schema="admission",
    )
    op.create_table(
        "spo2_scale_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column("scale", sa.SMALLINT(), nullable=False),
        sa.Column(
            "decided_by", sa.Text(), nullable=False, comment="the clinical decision maker, by name"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "decided_by <> '' AND reason <> ''",
            name=op.f("ck_spo2_scale_decisions_decided_with_reason"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_spo2_scale_decisions_occurred_at_plausible"),
        ),
        sa.CheckConstraint("scale IN (1, 2)", name=op.f("ck_spo2_scale_decisions_scale_known")),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_spo2_scale_decisions_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_spo2_scale_decisions_recorded_by_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spo2_scale_decisions")),
        schema="report",
        comment="Decisions on the SpO2 scale, append-only.",
    )
    op.create_index(
        "ix_spo2_scale_decisions_admission_id_seq",
        "spo2_scale_decisions",
        ["admission_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_spo2_scale_decisions_recorded_by"),
        "spo2_scale_decisions",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_table(
        "vital_signs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "patient_id", sa.Uuid(), nullable=False, comment="of the admission; set by trigger"
        ),
        sa.Column(
            "ward_id",
            sa.Uuid(),
            nullable=True,
            comment="where the patient was at the time; set by trigger, access does not follow it",
        ),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.Column("respiratory_rate_per_min", sa.SMALLINT(), nullable=True),
        sa.Column("spo2_percent", sa.SMALLINT(), nullable=True),
        sa.Column("spo2_scale", sa.SMALLINT(), server_default="1", nullable=False),
        sa.Column("on_oxygen", sa.Boolean(), nullable=True),
        sa.Column("oxygen_flow_l_per_min", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("systolic_bp_mmhg", sa.SMALLINT(), nullable=True),
        sa.Column("diastolic_bp_mmhg", sa.SMALLINT(), nullable=True),
        sa.Column("pulse_per_min", sa.SMALLINT(), nullable=True),
        sa.Column("consciousness", sa.Text(), nullable=True),
        sa.Column("temperature_celsius", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("incomplete_reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("device_source", sa.Text(), server_default="manual entry", nullable=False),
        sa.Column("status", sa.Text(), server_default="final", nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column("score_pack", sa.Text(), nullable=True),
        sa.Column("score_version", sa.Text(), nullable=True),
        sa.Column("score_hash", sa.Text(), nullable=True),
        sa.Column("score_total", sa.SMALLINT(), nullable=True, comment="null: incomplete"),
        sa.Column("score_at_least", sa.SMALLINT(), nullable=True),
        sa.Column("score_points", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("score_missing", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("risk", sa.Text(), nullable=True),
        sa.Column(
            "interval_minutes",
            sa.SMALLINT(),
            nullable=True,
            comment="longest time to the next set; 0: continuous monitoring",
        ),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "consciousness IN ('A', 'C', 'V', 'P', 'U')",
            name=op.f("ck_vital_signs_consciousness_known"),
        ),
        sa.CheckConstraint(
            "incomplete_reason IN ('refused', 'asleep', 'not_tolerated', 'equipment', 'procedure', 'end_of_life', 'other')",
            name=op.f("ck_vital_signs_reason_known"),
        ),
        sa.CheckConstraint(
            "risk IN ('low', 'low-medium', 'medium', 'high')",
            name=op.f("ck_vital_signs_risk_known"),
        ),
        sa.CheckConstraint(
            "status = 'final' OR supersedes_id IS NOT NULL",
            name=op.f("ck_vital_signs_strike_out_names_original"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'entered_in_error')", name=op.f("ck_vital_signs_status_known")
        ),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR change_reason <> ''",
            name=op.f("ck_vital_signs_correction_with_reason"),
        ),
        sa.CheckConstraint(
            "diastolic_bp_mmhg BETWEEN 0 AND 250",
            name=op.f("ck_vital_signs_diastolic_bp_possible"),
        ),
        sa.CheckConstraint(
            "oxygen_flow_l_per_min BETWEEN 0 AND 100",
            name=op.f("ck_vital_signs_oxygen_flow_possible"),
        ),
        sa.CheckConstraint(
            "pulse_per_min BETWEEN 0 AND 350", name=op.f("ck_vital_signs_pulse_possible")
        ),
        sa.CheckConstraint(
            "respiratory_rate_per_min BETWEEN 0 AND 120",
            name=op.f("ck_vital_signs_respiratory_rate_possible"),
        ),
        sa.CheckConstraint(
            "spo2_percent BETWEEN 0 AND 100", name=op.f("ck_vital_signs_spo2_possible")
        ),
        sa.CheckConstraint("spo2_scale IN (1, 2)", name=op.f("ck_vital_signs_spo2_scale_known")),
        sa.CheckConstraint(
            "systolic_bp_mmhg BETWEEN 0 AND 300", name=op.f("ck_vital_signs_systolic_bp_possible")
        ),
        sa.CheckConstraint(
            "temperature_celsius BETWEEN 10 AND 47",
            name=op.f("ck_vital_signs_temperature_possible"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_vital_signs_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "next_due_at >= occurred_at AND next_due_at - occurred_at <= INTERVAL '168 hours'",
            name=op.f("ck_vital_signs_next_due_at_plausible"),
        ),
        sa.CheckConstraint(
            "score_total BETWEEN 0 AND 100 AND score_at_least BETWEEN 0 AND 100 AND interval_minutes BETWEEN 0 AND 10080",
            name=op.f("ck_vital_signs_score_plausible"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(score_points) = 'object' AND jsonb_typeof(score_missing) = 'array'",
            name=op.f("ck_vital_signs_score_parts_shaped"),
        ),
        sa.CheckConstraint(
            "NOT jsonb_path_exists(score_points, '$.* ? (@.type() != \"number\")')",
            name=op.f("ck_vital_signs_score_points_numbers"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_vital_signs_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["report.vital_signs.id"],
            name=op.f("fk_vital_signs_supersedes_id_vital_signs"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vital_signs")),
        schema="report",
        comment="Vital signs with their score, append-only.",
    )
    op.create_index(
        "ix_vital_signs_admission_id_occurred_at",
        "vital_signs",
        ["admission_id", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_vital_signs_supersedes_id",
        "vital_signs",
        ["supersedes_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )
    op.create_table(
        "wards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("floor_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("specialty", sa.Text(), nullable=True),
        sa.Column(
            "time_zone", sa.Text(), nullable=False, comment="IANA zone in which schedules are made"
        ),
        sa.Column("wall_privacy", sa.Text(), server_default="initials", nullable=False),
        sa.CheckConstraint(
            "wall_privacy IN ('initials', 'hidden')", name=op.f("ck_wards_wall_privacy_known")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["public.facilities.id"], name=op.f("fk_wards_facility_id_facilities")
        ),
        sa.ForeignKeyConstraint(
            ["floor_id"], ["room.floors.id"], name=op.f("fk_wards_floor_id_floors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wards")),
        schema="room",
        comment="Wards: what access and schedules follow.",
    )
    op.create_index(op.f("ix_wards_floor_id"), "wards", ["floor_id"], unique=False, schema="room")
    op.create_index(
        "uq_wards_facility_id_code", "wards", ["facility_id", "code"], unique=True, schema="room"
    )
    op.create_table(
        "user_wards",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["public.users.id"], name=op.f("fk_user_wards_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_user_wards_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("user_id", "ward_id", name=op.f("pk_user_wards")),
        schema="public",
        comment="Which wards a person works on.",
    )
    op.create_index(
        op.f("ix_user_wards_ward_id"), "user_wards", ["ward_id"], unique=False, schema="public"
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("floor_id", sa.Uuid(), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "position", sa.Integer(), nullable=False, comment="order of the room on its ward"
        ),
        sa.CheckConstraint("kind IN ('bay', 'side_room')", name=op.f("ck_rooms_kind_known")),
        sa.ForeignKeyConstraint(
            ["floor_id"], ["room.floors.id"], name=op.f("fk_rooms_floor_id_floors")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_rooms_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        schema="room",
        comment="Bays and side rooms.",
    )
    op.create_index(op.f("ix_rooms_floor_id"), "rooms", ["floor_id"], unique=False, schema="room")
    op.create_index(op.f("ix_rooms_ward_id"), "rooms", ["ward_id"], unique=False, schema="room")
    op.create_table(
        "beds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column(
            "position",
            sa.Integer(),
            nullable=False,
            comment="natural order on the ward: 2 before 10",
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.rooms.id"], name=op.f("fk_beds_room_id_rooms")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_beds_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beds")),
        schema="room",
        comment="Bed places; occupancy is derived, never stored here.",
    )
    op.create_index(op.f("ix_beds_room_id"), "beds", ["room_id"], unique=False, schema="room")
    op.create_index(
        "uq_beds_ward_id_label", "beds", ["ward_id", "label"], unique=True, schema="room"
    )
    op.create_table(
        "bed_stays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False),
        sa.Column("bed_id", sa.Uuid(), nullable=True, comment="null: on the ward without a bed"),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column(
            "ward_arrived_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the patient came to this ward; bed moves inside it keep it",
        ),
        sa.Column(
            "share_group",
            sa.Uuid(),
            nullable=False,
            comment="its own id; the id of the first stay where a bed is shared on purpose",
        ),
        sa.Column("share_reason", sa.Text(), nullable=True),
        sa.Column(
            "voided_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the move was cancelled",
        ),
        sa.Column(
            "xact",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
            comment="transaction that opened it; shows nobody anything before commit",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("bed_id"), "="),
            (sa.column("share_group"), "<>"),
            (sa.column("during"), "&&"),
            where=sa.text("voided_at IS NULL AND bed_id IS NOT NULL"),
            deferrable="True",
            initially="IMMEDIATE",
            using="gist",
            name="bed_stays_one_patient_per_bed",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("patient_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("voided_at IS NULL"),
            deferrable="True",
            initially="IMMEDIATE",
            using="gist",
            name="bed_stays_one_place_per_patient",
        ),
        sa.CheckConstraint(
            "NOT isempty(during) AND lower_inc(during)", name=op.f("ck_bed_stays_during_not_empty")
        ),
        sa.ForeignKeyConstraint(
            ["admission_id", "patient_id"],
            ["admission.admissions.id", "admission.admissions.patient_id"],
            name=op.f("fk_bed_stays_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["bed_id"], ["room.beds.id"], name=op.f("fk_bed_stays_bed_id_beds")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_bed_stays_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_bed_stays_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bed_stays")),
        schema="admission",
        comment="Where a patient was and when; occupancy derives here.",
    )
    op.create_index(
        "ix_bed_stays_admission_id",
        "bed_stays",
        ["admission_id", "patient_id"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        "ix_bed_stays_bed_id", "bed_stays", ["bed_id"], unique=False, schema="admission"
    )
    op.create_index(
        op.f("ix_bed_stays_recorded_by"),
        "bed_stays",
        ["recorded_by"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        "ix_bed_stays_ward_id_ended",
        "bed_stays",
        ["ward_id", sa.literal_column("upper(during)")],
        unique=False,
        schema="admission",
        postgresql_where=sa.text("NOT upper_inf(during) AND voided_at IS NULL"),
    )
    op.create_index(
        "ix_bed_stays_ward_id_open",
        "bed_stays",
        ["ward_id", "admission_id"],
        unique=False,
        schema="admission",
        postgresql_where=sa.text("upper_inf(during) AND voided_at IS NULL"),
    )
    op.create_table(
        "bed_availability",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bed_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("availability", sa.Text(), nullable=False),
        sa.Column("block_reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("expected_end_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(availability = 'open') = (block_reason IS NULL)",
            name=op.f("ck_bed_availability_not_open_needs_reason"),
        ),
        sa.CheckConstraint(
            "availability IN ('open', 'blocked', 'closed')",
            name=op.f("ck_bed_availability_availability_known"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_bed_availability_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "expected_end_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_bed_availability_expected_end_at_plausible"),
        ),
        sa.CheckConstraint(
            "block_reason IS NULL OR block_reason IN ('staffing', 'isolation', 'infection', 'maintenance', 'equipment', 'escalation_bed', 'bay_closed', 'end_of_life', 'courtesy')",
            name=op.f("ck_bed_availability_block_reason_known"),
        ),
        sa.ForeignKeyConstraint(
            ["bed_id"], ["room.beds.id"], name=op.f("fk_bed_availability_bed_id_beds")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_bed_availability_recorded_by_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bed_availability")),
        schema="room",
        comment="History of bed availability; the newest row is in force.",
    )
    op.create_index(
        "ix_bed_availability_bed_id_seq",
        "bed_availability",
        ["bed_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="room",
    )
    op.create_index(
        op.f("ix_bed_availability_recorded_by"),
        "bed_availability",
        ["recorded_by"],
        unique=False,
        schema="room",
    )
    op.create_table(
        "bed_readiness",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bed_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("readiness", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: made by the system"),
        sa.CheckConstraint(
            "readiness IN ('clean', 'dirty', 'cleaning', 'delayed', 'suspended', 'needs_deep_clean', 'awaiting_inspection')",
            name=op.f("ck_bed_readiness_readiness_known"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_bed_readiness_occurred_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["bed_id"], ["room.beds.id"], name=op.f("fk_bed_readiness_bed_id_beds")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_bed_readiness_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bed_readiness")),
        schema="room",
        comment="History of bed readiness; the newest row is in force.",
    )
    op.create_index(
        "ix_bed_readiness_bed_id_seq",
        "bed_readiness",
        ["bed_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="room",
    )
    op.create_index(
        op.f("ix_bed_readiness_recorded_by"),
        "bed_readiness",
        ["recorded_by"],
        unique=False,
        schema="room",
    )
    op.create_table(
        "discharges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=True),
        sa.Column("from_stay_id", sa.Uuid(), nullable=False),
        sa.Column("cancels_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "cancels_id IS NULL OR note <> ''", name=op.f("ck_discharges_cancelled_with_reason")
        ),
        sa.CheckConstraint(
            "destination IS NULL OR destination IN ('home', 'care_home', 'other_hospital', 'rehabilitation', 'self_discharge', 'died')",
            name=op.f("ck_discharges_destination_known"),
        ),
        sa.CheckConstraint(
            "(cancels_id IS NULL) = (destination IS NOT NULL)",
            name=op.f("ck_discharges_cancellation_or_destination"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_discharges_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["cancels_id"],
            ["admission.discharges.id"],
            name=op.f("fk_discharges_cancels_id_discharges"),
        ),
        sa.ForeignKeyConstraint(
            ["from_stay_id"],
            ["admission.bed_stays.id"],
            name=op.f("fk_discharges_from_stay_id_bed_stays"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_discharges_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discharges")),
        sa.UniqueConstraint("cancels_id", name=op.f("uq_discharges_cancels_id")),
        schema="admission",
        comment="Discharges and their cancellations, append-only.",
    )
    op.create_index(
        "ix_discharges_admission_id_seq",
        "discharges",
        ["admission_id", "seq"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_discharges_from_stay_id"),
        "discharges",
        ["from_stay_id"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_discharges_recorded_by"),
        "discharges",
        ["recorded_by"],
        unique=False,
        schema="admission",
    )
    op.create_table(
        "transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_ward_id", sa.Uuid(), nullable=False),
        sa.Column("from_bed_id", sa.Uuid(), nullable=True),
        sa.Column("to_ward_id", sa.Uuid(), nullable=False),
        sa.Column("to_bed_id", sa.Uuid(), nullable=True),
        sa.Column("from_stay_id", sa.Uuid(), nullable=False),
        sa.Column("to_stay_id", sa.Uuid(), nullable=False),
        sa.Column("swapped_with_id", sa.Uuid(), nullable=True),
        sa.Column("cancels_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'cancellation') = (cancels_id IS NOT NULL)",
            name=op.f("ck_transfers_cancellation_names_transfer"),
        ),
        sa.CheckConstraint(
            "kind <> 'cancellation' OR reason <> ''",
            name=op.f("ck_transfers_cancelled_with_reason"),
        ),
        sa.CheckConstraint(
            "kind IN ('transfer', 'swap', 'cancellation')", name=op.f("ck_transfers_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_transfers_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["cancels_id"],
            ["admission.transfers.id"],
            name=op.f("fk_transfers_cancels_id_transfers"),
        ),
        sa.ForeignKeyConstraint(
            ["from_bed_id"], ["room.beds.id"], name=op.f("fk_transfers_from_bed_id_beds")
        ),
        sa.ForeignKeyConstraint(
            ["from_stay_id"],
            ["admission.bed_stays.id"],
            name=op.f("fk_transfers_from_stay_id_bed_stays"),
        ),
        sa.ForeignKeyConstraint(
            ["from_ward_id"], ["room.wards.id"], name=op.f("fk_transfers_from_ward_id_wards")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_transfers_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["swapped_with_id"],
            ["admission.transfers.id"],
            name=op.f("fk_transfers_swapped_with_id_transfers"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["to_bed_id"], ["room.beds.id"], name=op.f("fk_transfers_to_bed_id_beds")
        ),
        sa.ForeignKeyConstraint(
            ["to_stay_id"],
            ["admission.bed_stays.id"],
            name=op.f("fk_transfers_to_stay_id_bed_stays"),
        ),
        sa.ForeignKeyConstraint(
            ["to_ward_id"], ["room.wards.id"], name=op.f("fk_transfers_to_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("cancels_id", name=op.f("uq_transfers_cancels_id")),
        schema="admission",
        comment="Moves between beds and wards, append-only.",
    )
    op.create_index(
        "ix_transfers_admission_id_seq",
        "transfers",
        ["admission_id", "seq"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_transfers_from_bed_id"),
        "transfers",
        ["from_bed_id"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_transfers_from_stay_id"),
        "transfers",
        ["from_stay_id"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_transfers_from_ward_id"),
        "transfers",
        ["from_ward_id"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_transfers_recorded_by"),
        "transfers",
        ["recorded_by"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_transfers_swapped_with_id"),
        "transfers",
        ["swapped_with_id"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_transfers_to_bed_id"),
        "transfers",
        ["to_bed_id"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_transfers_to_stay_id"),
        "transfers",
        ["to_stay_id"],
        unique=False,
        schema="admission",
    )
    op.create_index(
        op.f("ix_transfers_to_ward_id"),
        "transfers",
        ["to_ward_id"],
        unique=False,
        schema="admission",
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_transfers_to_ward_id"), table_name="transfers", schema="admission")
    op.drop_index(op.f("ix_transfers_to_stay_id"), table_name="transfers", schema="admission")
    op.drop_index(op.f("ix_transfers_to_bed_id"), table_name="transfers", schema="admission")
    op.drop_index(op.f("ix_transfers_swapped_with_id"), table_name="transfers", schema="admission")
    op.drop_index(op.f("ix_transfers_recorded_by"), table_name="transfers", schema="admission")
    op.drop_index(op.f("ix_transfers_from_ward_id"), table_name="transfers", schema="admission")
    op.drop_index(op.f("ix_transfers_from_stay_id"), table_name="transfers", schema="admission")
    op.drop_index(op.f("ix_transfers_from_bed_id"), table_name="transfers", schema="admission")
    op.drop_index("ix_transfers_admission_id_seq", table_name="transfers", schema="admission")
    op.drop_table("transfers", schema="admission")
    op.drop_index(op.f("ix_discharges_recorded_by"), table_name="discharges", schema="admission")
    op.drop_index(op.f("ix_discharges_from_stay_id"), table_name="discharges", schema="admission")
    op.drop_index("ix_discharges_admission_id_seq", table_name="discharges", schema="admission")
    op.drop_table("discharges", schema="admission")
    op.drop_index(op.f("ix_bed_readiness_recorded_by"), table_name="bed_readiness", schema="room")
    op.drop_index("ix_bed_readiness_bed_id_seq", table_name="bed_readiness", schema="room")
    op.drop_table("bed_readiness", schema="room")
    op.drop_index(
        op.f("ix_bed_availability_recorded_by"), table_name="bed_availability", schema="room"
    )
    op.drop_index("ix_bed_availability_bed_id_seq", table_name="bed_availability", schema="room")
    op.drop_table("bed_availability", schema="room")
    op.drop_index(
        "ix_bed_stays_ward_id_open",
        table_name="bed_stays",
        schema="admission",
        postgresql_where=sa.text("upper_inf(during) AND voided_at IS NULL"),
    )
    op.drop_index(
        "ix_bed_stays_ward_id_ended",
        table_name="bed_stays",
        schema="admission",
        postgresql_where=sa.text("NOT upper_inf(during) AND voided_at IS NULL"),
    )
    op.drop_index(op.f("ix_bed_stays_recorded_by"), table_name="bed_stays", schema="admission")
    op.drop_index("ix_bed_stays_bed_id", table_name="bed_stays", schema="admission")
    op.drop_index("ix_bed_stays_admission_id", table_name="bed_stays", schema="admission")
    op.drop_table("bed_stays", schema="admission")
    op.drop_index("uq_beds_ward_id_label", table_name="beds", schema="room")
    op.drop_index(op.f("ix_beds_room_id"), table_name="beds", schema="room")
    op.drop_table("beds", schema="room")
    op.drop_index(op.f("ix_rooms_ward_id"), table_name="rooms", schema="room")
    op.drop_index(op.f("ix_rooms_floor_id"), table_name="rooms", schema="room")
    op.drop_table("rooms", schema="room")
    op.drop_index(op.f("ix_user_wards_ward_id"), table_name="user_wards", schema="public")
    op.drop_table("user_wards", schema="public")
    op.drop_index("uq_wards_facility_id_code", table_name="wards", schema="room")
    op.drop_index(op.f("ix_wards_floor_id"), table_name="wards", schema="room")
    op.drop_table("wards", schema="room")
    op.drop_index(
        "uq_vital_signs_supersedes_id",
        table_name="vital_signs",
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_vital_signs_admission_id_occurred_at", table_name="vital_signs", schema="report"
    )
    op.drop_table("vital_signs", schema="report")
    op.drop_index(
        op.f("ix_spo2_scale_decisions_recorded_by"),
        table_name="spo2_scale_decisions",
        schema="report",
    )
    op.drop_index(
        "ix_spo2_scale_decisions_admission_id_seq",
        table_name="spo2_scale_decisions",
        schema="report",
    )
    op.drop_table("spo2_scale_decisions", schema="report")
    op.drop_index(
        op.f("ix_expected_discharges_recorded_by"),
        table_name="expected_discharges",
        schema="admission",
    )
    op.drop_index(
        "ix_expected_discharges_admission_id_seq",
        table_name="expected_discharges",
        schema="admission",
    )
    op.drop_table("expected_discharges", schema="admission")
    op.drop_index(op.f("ix_floors_building_id"), table_name="floors", schema="room")
    op.drop_table("floors", schema="room")
    op.drop_index(op.f("ix_user_roles_role_id"), table_name="user_roles", schema="public")
    op.drop_table("user_roles", schema="public")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions", schema="public")
    op.drop_index(
        "ix_sessions_live",
        table_name="sessions",
        schema="public",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("sessions", schema="public")
    op.drop_index(
        op.f("ix_patient_flags_recorded_by"), table_name="patient_flags", schema="patient"
    )
    op.drop_index(
        "ix_patient_flags_patient_id_kind_seq", table_name="patient_flags", schema="patient"
    )
    op.drop_table("patient_flags", schema="patient")
    op.drop_table("patient_details", schema="patient")
    op.drop_index(op.f("ix_allergies_recorded_by"), table_name="allergies", schema="patient")
    op.drop_index("ix_allergies_patient_id_seq", table_name="allergies", schema="patient")
    op.drop_table("allergies", schema="patient")
    op.drop_index(
        "uq_admissions_one_open_per_patient",
        table_name="admissions",
        schema="admission",
        postgresql_where=sa.text("discharged_at IS NULL AND cancelled_at IS NULL"),
    )
    op.drop_index(op.f("ix_admissions_recorded_by"), table_name="admissions", schema="admission")
    op.drop_index("ix_admissions_patient_id", table_name="admissions", schema="admission")
    op.drop_index("ix_admissions_discharged_at", table_name="admissions", schema="admission")
    op.drop_index(op.f("ix_admissions_cancelled_by"), table_name="admissions", schema="admission")
    op.drop_table("admissions", schema="admission")
    op.drop_index(op.f("ix_buildings_facility_id"), table_name="buildings", schema="room")
    op.drop_table("buildings", schema="room")
    op.drop_index(op.f("ix_workstations_facility_id"), table_name="workstations", schema="public")
    op.drop_table("workstations", schema="public")
    op.drop_index(op.f("ix_users_facility_id"), table_name="users", schema="public")
    op.drop_table("users", schema="public")
    op.drop_index(
        op.f("ix_role_permissions_permission_id"), table_name="role_permissions", schema="public"
    )
    op.drop_table("role_permissions", schema="public")
    op.drop_index(
        "ix_patients_name_trigrams",
        table_name="patients",
        schema="patient",
        postgresql_using="gin",
        postgresql_ops={"search_name": "public.gin_trgm_ops"},
    )
    op.drop_index("ix_patients_born_on", table_name="patients", schema="patient")
    op.drop_table("patients", schema="patient")
    op.drop_table("patient_sequences", schema="patient")
    op.drop_table("roles", schema="public")
    op.drop_table("permissions", schema="public")
    op.drop_table("installation", schema="public")
    op.drop_table("facilities", schema="public")
    op.drop_index("ix_login_history_user_id_at", table_name="login_history", schema="audit")
    op.drop_index(
        "ix_login_history_at", table_name="login_history", schema="audit", postgresql_using="brin"
    )
    op.drop_table("login_history", schema="audit")
    op.drop_index("ix_change_logs_xact_id", table_name="change_logs", schema="audit")
    op.drop_index("ix_change_logs_row_id", table_name="change_logs", schema="audit")
    op.drop_index(
        "ix_change_logs_at", table_name="change_logs", schema="audit", postgresql_using="brin"
    )
    op.drop_table("change_logs", schema="audit")
    op.drop_index("ix_access_logs_session_id_patient_id", table_name="access_logs", schema="audit")
    op.drop_index("ix_access_logs_patient_id_at", table_name="access_logs", schema="audit")
    op.drop_table("access_logs", schema="audit")
