"""Mapped classes of the shift lane (schema `rounding`): a ward's own numbers, nothing else."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, SMALLINT
from sqlalchemy.dialects.postgresql import TEXT as PG_TEXT
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table


class LaneSettingRow(Table):
    """Numbers of the lane of a ward, or of every ward without its own; the newest is in force."""

    __tablename__ = "lane_settings"
    __table_args__ = (
        CheckConstraint(
            "visit_minutes BETWEEN 0 AND 120 AND sleep_minutes BETWEEN 0 AND 720",
            name="minutes_plausible",
        ),
        CheckConstraint("(night_from IS NULL) = (night_until IS NULL)", name="night_whole"),
        CheckConstraint(
            "sleep_risks <@ ARRAY['low', 'low-medium']", name="high_scores_never_wait"
        ),
        CheckConstraint("jsonb_typeof(work_minutes) = 'object'", name="work_minutes_shaped"),
        CheckConstraint("source <> ''", name="with_source"),
        Index("ix_lane_settings_ward_id_seq", "ward_id", text("seq DESC")),
        {"schema": "rounding", "comment": "Numbers of the shift lane; newest row in force."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    ward_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("room.wards.id"), comment="null: every ward without its own"
    )
    visit_minutes: Mapped[int] = mapped_column(
        SMALLINT, comment="what is due within these joins into one visit"
    )
    night_from: Mapped[time | None] = mapped_column(
        comment="local; patients are let sleep from here on; null: never"
    )
    night_until: Mapped[time | None] = mapped_column(comment="local")
    sleep_kinds: Mapped[list[str]] = mapped_column(
        ARRAY(PG_TEXT), comment="what may wait until the night is over"
    )
    sleep_risks: Mapped[list[str]] = mapped_column(
        ARRAY(PG_TEXT), comment="risks of patients it may wait for"
    )
    sleep_minutes: Mapped[int] = mapped_column(
        SMALLINT, comment="nothing waits longer past its time"
    )
    work_minutes: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="how long one item takes, by kind, where it does not say so itself"
    )
    source: Mapped[str] = mapped_column(comment="where the numbers come from, who approved them")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)
