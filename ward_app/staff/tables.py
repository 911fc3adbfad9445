"""Mapped classes of the people and workstations (schema `public`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table

ENVIRONMENTS = ("development", "demo", "test", "training", "staging", "production")
ACCOUNT_ACTIONS = (
    "created", "password_changed", "password_reset", "password_expired", "disabled", "enabled",
    "end_set", "role_given", "role_taken", "ward_given", "ward_taken", "unlocked",
    "badge_given", "badge_taken", "pin_set",
)  # fmt: skip


class InstallationRow(Table):
    """What this database is: one row, read by every client before sign-in."""

    __tablename__ = "installation"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint(f"environment IN {ENVIRONMENTS}", name="environment_known"),
        {"schema": "public", "comment": "What this database is: one row."},
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    environment: Mapped[str]
    oldest_client_revision: Mapped[str]
    badge_key: Mapped[bytes] = mapped_column(
        server_default=text("public.gen_random_bytes(32)"),
        comment="what badges are hashed with; leaves the server never",
    )
    offline_key: Mapped[bytes] = mapped_column(
        server_default=text("public.gen_random_bytes(32)"),
        comment="what the keys of downtime charting follow from; leaves the server never",
    )


class FacilityRow(Table):
    """A hospital; one facility never sees another."""

    __tablename__ = "facilities"
    __table_args__ = (
        CheckConstraint("pin_hours BETWEEN 0 AND 24", name="pin_hours_range"),
        {"schema": "public", "comment": "Hospitals; none sees another."},
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    time_zone: Mapped[str]
    pin_hours: Mapped[int] = mapped_column(
        SmallInteger,
        server_default="12",
        comment="badge and PIN are accepted so long after the password was; 0: never",
    )


class UserRow(Table):
    """A person who signs in."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("login = lower(login) AND login <> ''", name="login_lower_case"),
        CheckConstraint("idle_minutes BETWEEN 1 AND 720", name="idle_minutes_range"),
        CheckConstraint("idle_lock_minutes BETWEEN 1 AND 720", name="idle_lock_minutes_range"),
        {"schema": "public", "comment": "People who sign in; the hash never leaves the database."},
    )

    id: Mapped[Id]
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("public.facilities.id"), index=True)
    login: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    display_name: Mapped[str]
    profession: Mapped[str | None]
    specialization: Mapped[str | None]
    phone: Mapped[str | None]
    password_hash: Mapped[str] = mapped_column(
        comment="bcrypt of the base64 sha256 of the password"
    )
    idle_minutes: Mapped[int] = mapped_column(
        SmallInteger, server_default="15", comment="server ends a session idle for longer"
    )
    idle_lock_minutes: Mapped[int] = mapped_column(
        SmallInteger, server_default="5", comment="screen is hidden after so long without input"
    )
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    must_change_password: Mapped[bool] = mapped_column(
        server_default=text("false"),
        comment="signing in leads to choosing a new password, and to nothing else",
    )
    password_expires_at: Mapped[datetime | None] = mapped_column(
        comment="set: a one-time password, not accepted after"
    )
    password_changed_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None] = mapped_column(
        comment="the account is of no use after; null: without end"
    )
    unlocked_at: Mapped[datetime | None] = mapped_column(
        comment="wrong passwords of before count no more; null: never unlocked"
    )
    unlocked_xact: Mapped[int | None] = mapped_column(
        BigInteger, comment="transaction that unlocked it; of no effect before commit"
    )
    last_signed_in_at: Mapped[datetime | None]
    created_at: Mapped[Now]
    updated_at: Mapped[Now]


class RoleRow(Table):
    """A role: a named set of permissions."""

    __tablename__ = "roles"
    __table_args__ = {"schema": "public", "comment": "Named sets of permissions."}  # noqa: RUF012

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]


class PermissionRow(Table):
    """One thing that can be permitted."""

    __tablename__ = "permissions"
    __table_args__ = {"schema": "public", "comment": "Things that can be permitted."}  # noqa: RUF012

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str]


class RolePermissionRow(Table):
    """A permission that a role gives."""

    __tablename__ = "role_permissions"
    __table_args__ = {"schema": "public", "comment": "Which permissions a role gives."}  # noqa: RUF012

    role_id: Mapped[UUID] = mapped_column(ForeignKey("public.roles.id"), primary_key=True)
    permission_id: Mapped[UUID] = mapped_column(
        ForeignKey("public.permissions.id"), primary_key=True, index=True
    )


class UserRoleRow(Table):
    """A role that a person holds."""

    __tablename__ = "user_roles"
    __table_args__ = {"schema": "public", "comment": "Which roles a person holds."}  # noqa: RUF012

    user_id: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"), primary_key=True)
    role_id: Mapped[UUID] = mapped_column(
        ForeignKey("public.roles.id"), primary_key=True, index=True
    )


class RoleGrantRow(Table):
    """A role that the holders of another may give and take."""

    __tablename__ = "role_grants"
    __table_args__ = {  # noqa: RUF012
        "schema": "public",
        "comment": "Which roles the holders of a role may give and take.",
    }

    role_id: Mapped[UUID] = mapped_column(ForeignKey("public.roles.id"), primary_key=True)
    granted_role_id: Mapped[UUID] = mapped_column(
        ForeignKey("public.roles.id"), primary_key=True, index=True
    )


class CommonPasswordRow(Table):
    """A password that is guessed first."""

    __tablename__ = "common_passwords"
    __table_args__ = (
        CheckConstraint("password = lower(password) AND password <> ''", name="lower_case"),
        {
            "schema": "public",
            "comment": "Passwords that are guessed first; nobody may choose them.",
        },
    )

    id: Mapped[Id]
    password: Mapped[str] = mapped_column(
        unique=True, comment="in lower case; refused as a new one"
    )
    source: Mapped[str] = mapped_column(comment="which list it is from")


class AccountEventRow(Table):
    """One thing that was done to an account."""

    __tablename__ = "account_events"
    __table_args__ = (
        CheckConstraint(f"action IN {ACCOUNT_ACTIONS}", name="action_known"),
        CheckConstraint("reason <> ''", name="with_reason"),
        Index("ix_account_events_user_id_recorded_at", "user_id", "recorded_at"),
        {"schema": "public", "comment": "What was done to accounts: by whom, when and why."},
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("public.users.id"), comment="whose account it is"
    )
    action: Mapped[str]
    detail: Mapped[str | None] = mapped_column(comment="name of the role, code of the ward, end")
    reason: Mapped[str]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"),
        index=True,
        comment="null: the administrator of the database",
    )
    database_role: Mapped[str]


class UserWardRow(Table):
    """A ward that a person works on."""

    __tablename__ = "user_wards"
    __table_args__ = {"schema": "public", "comment": "Which wards a person works on."}  # noqa: RUF012

    user_id: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"), primary_key=True)
    ward_id: Mapped[UUID] = mapped_column(
        ForeignKey("room.wards.id"), primary_key=True, index=True
    )


class WorkstationRow(Table):
    """An enrolled workstation: one database login role each."""

    __tablename__ = "workstations"
    __table_args__ = {"schema": "public", "comment": "Enrolled workstations, one role each."}  # noqa: RUF012

    id: Mapped[Id]
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("public.facilities.id"), index=True)
    role_name: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    enrolled_at: Mapped[Now]
    revoked_at: Mapped[datetime | None]
    public_key: Mapped[bytes | None] = mapped_column(
        comment="X25519, 32 bytes; data keys are wrapped for it"
    )


class SessionRow(Table):
    """A signed-in session; only the hash of its token is stored."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index(
            "ix_sessions_live",
            "user_id",
            postgresql_where=text("ended_at IS NULL"),
        ),
        {"schema": "public", "comment": "Signed-in sessions; the token itself is never stored."},
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"), index=True)
    workstation: Mapped[str]
    token_sha256: Mapped[bytes] = mapped_column(unique=True)
    xact: Mapped[int] = mapped_column(
        BigInteger, comment="transaction that made it; unusable before commit"
    )
    created_at: Mapped[Now]
    last_seen_at: Mapped[Now]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    only_to_change: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="good for choosing a new password alone"
    )
    by_badge: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="begun by badge and PIN, not with the password"
    )
    acts_for_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.sessions.id"),
        index=True,
        comment="the sign-in whose downtime entries it stores; lives in that transaction alone",
    )


class BadgeRow(Table):
    """A badge that says who stands at a workstation."""

    __tablename__ = "badges"
    __table_args__ = (
        *(
            Index(
                f"uq_badges_{column}_while_good",
                column,
                unique=True,
                postgresql_where=text("ended_at IS NULL"),
            )
            for column in ("badge_hash", "user_id")
        ),
        {
            "schema": "public",
            "comment": (
                "Badges that say who stands at a workstation; their numbers are stored nowhere."
            ),
        },
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="whose badge it is"
    )
    badge_hash: Mapped[bytes] = mapped_column(
        comment="HMAC-SHA256 of what the reader types, under installation.badge_key"
    )
    given_at: Mapped[Now]
    given_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"),
        index=True,
        comment="who registered it; null: the administrator of the database",
    )
    ended_at: Mapped[datetime | None] = mapped_column(comment="good no more since")


class PinRow(Table):
    """The PIN that goes with somebody's badge."""

    __tablename__ = "pins"
    __table_args__ = {  # noqa: RUF012
        "schema": "public",
        "comment": "PINs that go with badges; the hash never leaves the database.",
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="names the counter of its tries")
    user_id: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"), unique=True)
    pin_hash: Mapped[str] = mapped_column(comment="bcrypt of the base64 sha256 of the PIN")
    set_at: Mapped[Now]
    forgotten_tries: Mapped[int] = mapped_column(
        BigInteger, server_default="0", comment="so many of the counted tries count no more"
    )


class WitnessProofRow(Table):
    """A second person who stood by one act."""

    __tablename__ = "witness_proofs"
    __table_args__ = {  # noqa: RUF012
        "schema": "public",
        "comment": ("Second people who stood by one act each; the proof itself is never stored."),
    }

    id: Mapped[Id]
    proof_sha256: Mapped[bytes] = mapped_column(unique=True)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("public.sessions.id"), index=True, comment="of the one who acts"
    )
    workstation: Mapped[str]
    command_id: Mapped[UUID] = mapped_column(comment="the one act it is good for")
    witness_id: Mapped[UUID] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="who stood by"
    )
    xact: Mapped[int] = mapped_column(
        BigInteger, comment="transaction that made it; unusable before commit"
    )
    made_at: Mapped[Now]
    valid_until: Mapped[datetime]
    used_at: Mapped[datetime | None]
