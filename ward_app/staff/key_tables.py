"""Mapped classes of the data keys (schema `auth`): which there are, and for whom; no key."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.data_keys import HIGHEST_NUMBER, KeyState, Purpose
from ward_app.core.tables import Id, Now, Table, one_of


class DataKeyRow(Table):
    """That a data key exists; its bytes never reach the database but wrapped."""

    __tablename__ = "data_keys"
    __table_args__ = (
        CheckConstraint(f"number BETWEEN 1 AND {HIGHEST_NUMBER}", name="number_range"),
        CheckConstraint(one_of("purpose", Purpose), name="purpose_known"),
        CheckConstraint(one_of("state", KeyState), name="state_known"),
        Index(
            "uq_data_keys_active_purpose",
            "purpose",
            unique=True,
            postgresql_where=text("state = 'active'"),
        ),
        {"schema": "auth", "comment": "Data keys there are; their bytes are not here."},
    )

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(
        Integer, unique=True, comment="stands in front of each value it encrypted"
    )
    purpose: Mapped[str]
    state: Mapped[str]
    check_value: Mapped[bytes] = mapped_column(comment="tells keys apart, says nothing of them")
    created_at: Mapped[Now]


class KeyWrapRow(Table):
    """A data key as one workstation alone can open it."""

    __tablename__ = "key_wraps"
    __table_args__ = {  # noqa: RUF012
        "schema": "auth",
        "comment": "Data keys, each wrapped for the public key of one workstation.",
    }

    data_key_id: Mapped[UUID] = mapped_column(ForeignKey("auth.data_keys.id"), primary_key=True)
    workstation_id: Mapped[UUID] = mapped_column(
        ForeignKey("public.workstations.id"), primary_key=True, index=True
    )
    wrapped: Mapped[bytes]
    created_at: Mapped[Now]
