"""Send messages to people and roles; answer for them; pass on what nobody answers.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLES = ("message_steps", "messages", "notifications", "message_events")


def upgrade() -> None:
    op.create_table(
        "message_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("step", sa.SMALLINT(), nullable=False),
        sa.Column("after_minutes", sa.SMALLINT(), nullable=False, comment="since it was sent"),
        sa.Column("role", sa.Text(), nullable=True, comment="null: the step is not taken"),
        sa.Column(
            "source",
            sa.Text(),
            nullable=False,
            comment="where the number comes from, who approved it",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("btrim(source) <> ''", name=op.f("ck_message_steps_with_source")),
        sa.CheckConstraint(
            "after_minutes BETWEEN 1 AND 1440", name=op.f("ck_message_steps_after_plausible")
        ),
        sa.CheckConstraint("step BETWEEN 1 AND 9", name=op.f("ck_message_steps_step_range")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_message_steps_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["role"], ["public.roles.name"], name=op.f("fk_message_steps_role_roles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_steps")),
        sa.UniqueConstraint("seq", name=op.f("uq_message_steps_seq")),
        schema="public",
        comment="When unanswered messages are passed on, to whom.",
    )
    op.create_index(
        op.f("ix_message_steps_recorded_by"),
        "message_steps",
        ["recorded_by"],
        unique=False,
        schema="public",
    )
    op.create_index(
        op.f("ix_message_steps_role"),
        "message_steps",
        ["role"],
        unique=False,
        schema="public",
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about_ward_id", sa.Uuid(), nullable=False, comment="whose staff is meant"),
        sa.Column("to_user_id", sa.Uuid(), nullable=True, comment="null: to a role"),
        sa.Column("to_role", sa.Text(), nullable=True, comment="null: to one person"),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=True, comment="null: about no patient"),
        sa.Column(
            "patient_id", sa.Uuid(), nullable=True, comment="of the admission; set by trigger"
        ),
        sa.Column("reply_to_id", sa.Uuid(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="when it was sent; set by trigger",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="who sent it; set by trigger"),
        sa.CheckConstraint(
            "btrim(body) <> '' AND length(body) <= 2000", name=op.f("ck_messages_says_something")
        ),
        sa.CheckConstraint(
            "urgency IN ('routine', 'urgent')", name=op.f("ck_messages_urgency_known")
        ),
        sa.CheckConstraint(
            "(to_user_id IS NULL) <> (to_role IS NULL)",
            name=op.f("ck_messages_to_person_or_role"),
        ),
        sa.CheckConstraint("reply_to_id <> id", name=op.f("ck_messages_answers_another")),
        sa.ForeignKeyConstraint(
            ["about_ward_id"], ["room.wards.id"], name=op.f("fk_messages_about_ward_id_wards")
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_messages_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_messages_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["reply_to_id"], ["public.messages.id"], name=op.f("fk_messages_reply_to_id_messages")
        ),
        sa.ForeignKeyConstraint(
            ["to_role"], ["public.roles.name"], name=op.f("fk_messages_to_role_roles")
        ),
        sa.ForeignKeyConstraint(
            ["to_user_id"], ["public.users.id"], name=op.f("fk_messages_to_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        schema="public",
        comment="Messages between staff; append-only.",
    )
    op.create_index(
        op.f("ix_messages_about_ward_id"),
        "messages",
        ["about_ward_id"],
        unique=False,
        schema="public",
    )
    op.create_index(
        op.f("ix_messages_admission_id"),
        "messages",
        ["admission_id"],
        unique=False,
        schema="public",
    )
    op.create_index(
        "ix_messages_recorded_by_recorded_at",
        "messages",
        ["recorded_by", sa.literal_column("recorded_at DESC")],
        unique=False,
        schema="public",
    )
    op.create_index(
        op.f("ix_messages_reply_to_id"), "messages", ["reply_to_id"], unique=False, schema="public"
    )
    op.create_index(
        op.f("ix_messages_to_role"), "messages", ["to_role"], unique=False, schema="public"
    )
    op.create_index(
        op.f("ix_messages_to_user_id"), "messages", ["to_user_id"], unique=False, schema="public"
    )
    op.create_table(
        "message_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was taken back"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'retracted') = (btrim(coalesce(reason, '')) <> '')",
            name=op.f("ck_message_events_retracted_with_reason"),
        ),
        sa.CheckConstraint(
            "kind IN ('seen', 'acknowledged', 'retracted')",
            name=op.f("ck_message_events_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["public.messages.id"],
            name=op.f("fk_message_events_message_id_messages"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_message_events_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_events")),
        sa.UniqueConstraint(
            "message_id",
            "recorded_by",
            "kind",
            name=op.f("uq_message_events_message_id_recorded_by_kind"),
        ),
        schema="public",
        comment="What became of messages; append-only.",
    )
    op.create_index(
        op.f("ix_message_events_recorded_by"),
        "message_events",
        ["recorded_by"],
        unique=False,
        schema="public",
    )
    op.create_index(
        "uq_message_events_acknowledged",
        "message_events",
        ["message_id"],
        unique=True,
        schema="public",
        postgresql_where=sa.text("kind = 'acknowledged'"),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.SMALLINT(), nullable=False, comment="0: whom it was sent to"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("step BETWEEN 0 AND 9", name=op.f("ck_notifications_step_range")),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["public.messages.id"],
            name=op.f("fk_notifications_message_id_messages"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["public.users.id"], name=op.f("fk_notifications_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "message_id", "user_id", name=op.f("uq_notifications_message_id_user_id")
        ),
        schema="public",
        comment="Who was told of which message; append-only.",
    )
    op.create_index(
        "ix_notifications_user_id_recorded_at",
        "notifications",
        ["user_id", sa.literal_column("recorded_at DESC")],
        unique=False,
        schema="public",
    )
    op.guard_tables(*(f"public.{table}" for table in TABLES))
    op.sql_file("public/messages.v1.sql")
    op.sql_file("auth/ownership.v3.sql")
    op.execute(
        "GRANT EXECUTE ON FUNCTION public.my_messages, public.message_addressees,"
        " public.pass_on_messages, public.record_message_event TO ward_client"
    )


def downgrade() -> None:
    op.take_back_permissions("message.read", "message.send")
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE public.{table} CASCADE")
    op.sql_file("public/messages.v1.down.sql")
