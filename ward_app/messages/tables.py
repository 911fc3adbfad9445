"""Mapped classes of messages between staff (schema `public`)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import SMALLINT
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, one_of
from ward_app.messages.types import LONGEST, EventKind, Urgency


class MessageRow(Table):
    """A message; what became of it are its events."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("(to_user_id IS NULL) <> (to_role IS NULL)", name="to_person_or_role"),
        CheckConstraint(one_of("urgency", Urgency), name="urgency_known"),
        CheckConstraint(f"btrim(body) <> '' AND length(body) <= {LONGEST}", name="says_something"),
        CheckConstraint("reply_to_id <> id", name="answers_another"),
        Index("ix_messages_recorded_by_recorded_at", "recorded_by", text("recorded_at DESC")),
        {"schema": "public", "comment": "Messages between staff; append-only."},
    )

    id: Mapped[Id]
    about_ward_id: Mapped[UUID] = mapped_column(
        ForeignKey("room.wards.id"), index=True, comment="whose staff is meant"
    )
    to_user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: to a role"
    )
    to_role: Mapped[str | None] = mapped_column(
        ForeignKey("public.roles.name"), index=True, comment="null: to one person"
    )
    urgency: Mapped[str]
    body: Mapped[str]
    admission_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("admission.admissions.id"), index=True, comment="null: about no patient"
    )
    patient_id: Mapped[UUID | None] = mapped_column(comment="of the admission; set by trigger")
    reply_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("public.messages.id"), index=True)
    recorded_at: Mapped[Now] = mapped_column(comment="when it was sent; set by trigger")
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), comment="who sent it; set by trigger"
    )


class NotificationRow(Table):
    """That a person was told of a message, at which step of passing it on."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("message_id", "user_id"),
        CheckConstraint("step BETWEEN 0 AND 9", name="step_range"),
        Index("ix_notifications_user_id_recorded_at", "user_id", text("recorded_at DESC")),
        {"schema": "public", "comment": "Who was told of which message; append-only."},
    )

    id: Mapped[Id]
    message_id: Mapped[UUID] = mapped_column(ForeignKey("public.messages.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"))
    step: Mapped[int] = mapped_column(SMALLINT, comment="0: whom it was sent to")
    recorded_at: Mapped[Now]


class MessageEventRow(Table):
    """That a person saw a message, answered for it, or took it back."""

    __tablename__ = "message_events"
    __table_args__ = (
        CheckConstraint(one_of("kind", EventKind), name="kind_known"),
        CheckConstraint(
            "(kind = 'retracted') = (btrim(coalesce(reason, '')) <> '')",
            name="retracted_with_reason",
        ),
        UniqueConstraint("message_id", "recorded_by", "kind"),
        Index(
            "uq_message_events_acknowledged",
            "message_id",
            unique=True,
            postgresql_where=text("kind = 'acknowledged'"),
        ),
        {"schema": "public", "comment": "What became of messages; append-only."},
    )

    id: Mapped[Id]
    message_id: Mapped[UUID] = mapped_column(ForeignKey("public.messages.id"))
    kind: Mapped[str]
    reason: Mapped[str | None] = mapped_column(comment="why it was taken back")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"), index=True)


class MessageStepRow(Table):
    """The hospital's own steps for urgent messages that nobody answers; newest in force."""

    __tablename__ = "message_steps"
    __table_args__ = (
        CheckConstraint("step BETWEEN 1 AND 9", name="step_range"),
        CheckConstraint("after_minutes BETWEEN 1 AND 1440", name="after_plausible"),
        CheckConstraint("btrim(source) <> ''", name="with_source"),
        {"schema": "public", "comment": "When unanswered messages are passed on, to whom."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    step: Mapped[int] = mapped_column(SMALLINT)
    after_minutes: Mapped[int] = mapped_column(SMALLINT, comment="since it was sent")
    role: Mapped[str | None] = mapped_column(
        ForeignKey("public.roles.name"), index=True, comment="null: the step is not taken"
    )
    source: Mapped[str] = mapped_column(comment="where the number comes from, who approved it")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)
