"""What keeps a person out: the strongest reason is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests import world
from ward_app.staff.account_types import Account, AccountState
from ward_app.staff.rules import account_state

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)
PLAIN = Account(
    user_id=world.id_of("nora"),
    login="nora",
    name="Nora Nurse",
    profession=None,
    grade=None,
    is_active=True,
    valid_until=None,
    must_change_password=False,
    password_expires_at=None,
    locked_until=None,
    last_signed_in_at=None,
    badge_since=None,
    pin_since=None,
    roles=(),
    role_titles=(),
    wards=(),
    may_manage=True,
    may_reset=True,
    may_assign=True,
)
ONE_TIME = {"must_change_password": True, "password_expires_at": AFTER}


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, AccountState.ACTIVE),
        ({"valid_until": AFTER}, AccountState.ACTIVE),
        ({"locked_until": NOW}, AccountState.ACTIVE),
        ({"must_change_password": True}, AccountState.MUST_CHANGE),
        (ONE_TIME, AccountState.ONE_TIME),
        (ONE_TIME | {"password_expires_at": NOW}, AccountState.ONE_TIME_OVER),
        (ONE_TIME | {"locked_until": AFTER}, AccountState.LOCKED),
        (ONE_TIME | {"locked_until": AFTER, "valid_until": NOW}, AccountState.ENDED),
        ({"valid_until": BEFORE, "is_active": False}, AccountState.DISABLED),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_that_the_strongest_reason_is_told(facts, state):
    assert account_state(replace(PLAIN, **facts), NOW) is state
