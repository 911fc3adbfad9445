"""People of the simulated hospital whose accounts are out of the ordinary, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ward_app.demo.building_rows import FACILITY_ID
from ward_app.demo.hospital import FOUR_WEST, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import STAFF

NEWCOMER = "sokoye"
AGENCY = "lfischer"
GONE = "plindqvist"
_DONE_BY = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unusual:
    """Somebody who cannot sign in as usual.

    Attributes:
        password_for: how long the one-time password is still good; None: no one-time password.
        ended_ago: since when the account has ended; None: it has no end.
        done: what was done, why, and how long ago, the oldest first.
    """

    login: str
    name: str
    profession: str
    role: str
    ward: str | None = None
    is_active: bool = True
    password_for: timedelta | None = None
    ended_ago: timedelta | None = None
    done: tuple[tuple[str, str | None, str, timedelta], ...]


_UNUSUAL = (
    _Unusual(
        login=NEWCOMER,
        name="Sam Okoye",
        profession="Healthcare assistant",
        role="healthcare_assistant",
        ward=FOUR_WEST.code,
        password_for=timedelta(hours=20),
        done=(
            ("created", None, "New member of staff", timedelta(hours=4)),
            ("role_given", "healthcare_assistant", "New member of staff", timedelta(hours=4)),
            ("ward_given", FOUR_WEST.code, "New member of staff", timedelta(hours=4)),
        ),
    ),
    _Unusual(
        login=AGENCY,
        name="Lena Fischer",
        profession="Agency nurse",
        role="nurse",
        ended_ago=timedelta(days=9),
        done=(
            ("created", None, "Agency or bank staff", timedelta(days=40)),
            ("end_set", "end of contract", "Contract ends", timedelta(days=40)),
        ),
    ),
    _Unusual(
        login=GONE,
        name="Pat Lindqvist",
        profession="Healthcare assistant",
        role="healthcare_assistant",
        is_active=False,
        done=(("disabled", None, "Left the hospital", timedelta(days=75)),),
    ),
)


def add_unusual_accounts(
    load: Load, role_ids: Mapping[str, UUID], password_hash: str, now: datetime
) -> None:
    """Add a newcomer, an agency nurse whose time is over and somebody who left."""
    for one in _UNUSUAL:
        user_id = id_of("staff", one.login)
        load.add(
            "public.users",
            id=user_id,
            facility_id=FACILITY_ID,
            login=one.login,
            display_name=one.name,
            profession=one.profession,
            password_hash=password_hash,
            is_active=one.is_active,
            must_change_password=one.password_for is not None,
            password_expires_at=None if one.password_for is None else now + one.password_for,
            valid_until=None if one.ended_ago is None else now - one.ended_ago,
        )
        load.add("public.user_roles", user_id=user_id, role_id=role_ids[one.role])
        if one.ward is not None:
            load.add("public.user_wards", user_id=user_id, ward_id=id_of("ward", one.ward))
        _add_events(load, user_id, one, now)


def _add_events(load: Load, user_id: UUID, one: _Unusual, now: datetime) -> None:
    done_by = next(person.id for person in STAFF if person.login == _DONE_BY)
    for action, detail, reason, ago in one.done:
        load.add(
            "public.account_events",
            id=id_of("account event", one.login, action),
            user_id=user_id,
            action=action,
            detail=detail,
            reason=reason,
            recorded_at=now - ago,
            recorded_by=done_by,
            database_role="ward_loader",
        )
