"""`wardctl report replication`: its advice, and what it says of a server without a standby."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.commands import said_by
from ward_app.cli.report import app
from ward_app.operations.replication import Replication, Slot, Standby, hints
from ward_app.operations.sizes import size_text

ONE = Standby("first", "10.20.0.12", "streaming", "async", 0.1, 0)
TWO = replace(ONE, name="second")
HELD = Slot("ward_standby", active=True, retained_bytes=0)
GIGABYTE = 1024**3
SETTINGS = {
    "max_wal_senders": "10",
    "max_replication_slots": "10",
    "wal_keep_size": "0",
    "max_slot_wal_keep_size": "20GB",
    "wal_receiver_timeout": "10s",
    "synchronous_standby_names": "",
    "synchronous_commit": "on",
}
PRIMARY = Replication(
    is_standby=False,
    is_connected=False,
    lag_s=None,
    standbys=(ONE,),
    slots=(HELD,),
    settings=SETTINGS,
)
FOLLOWING = replace(PRIMARY, is_standby=True, is_connected=True, lag_s=0.0, standbys=(), slots=())


def with_settings(**settings):
    return replace(PRIMARY, settings=SETTINGS | settings)


def synchronous(*states):
    named = tuple(
        replace(ONE, name=f"standby {number}", sync_state=state)
        for number, state in enumerate(states, 1)
    )
    return replace(with_settings(synchronous_standby_names="ANY 1 (*)"), standbys=named)


@pytest.mark.parametrize(
    "well",
    [
        PRIMARY,
        FOLLOWING,
        replace(FOLLOWING, lag_s=10.0),
        synchronous("quorum", "quorum"),
        synchronous("sync", "potential"),
        replace(with_settings(wal_keep_size="1GB"), slots=()),
    ],
)
def test_that_nothing_is_advised_where_all_is_well(well):
    assert list(hints(well)) == []


@pytest.mark.parametrize(
    ("ill", "words"),
    [
        (replace(PRIMARY, standbys=(), slots=()), "No standby copies this server"),
        (replace(PRIMARY, standbys=(replace(ONE, replay_lag_s=14.0),)), "first is 14 s behind"),
        (
            replace(PRIMARY, slots=(Slot("lost", active=False, retained_bytes=5 * GIGABYTE),)),
            "Nobody takes what slot lost keeps (5 GB)",
        ),
        (
            replace(PRIMARY, slots=(replace(HELD, retained_bytes=2 * GIGABYTE),)),
            "Slot ward_standby keeps 2 GB",
        ),
        (with_settings(max_slot_wal_keep_size="-1"), "A slot may fill the disk"),
        (with_settings(max_wal_senders="1"), "max_wal_senders is 1, all in use"),
        (with_settings(max_replication_slots="1"), "max_replication_slots is 1, all in use"),
        (replace(PRIMARY, slots=()), "No slot keeps the log"),
        (synchronous("sync"), "Every save hangs as soon as standby 1 is away"),
        (synchronous("async"), "Every save waits: no standby"),
        (replace(FOLLOWING, is_connected=False, lag_s=None), "nobody can say how far it is"),
        (replace(FOLLOWING, lag_s=11.0), "This standby is 11 s behind"),
    ],
)
def test_that_each_illness_has_its_advice_and_no_other(ill, words):
    """[R06]"""
    [hint] = hints(ill)
    assert words in hint


def test_that_a_slot_that_was_given_up_keeps_nothing_to_speak_of():
    """Its standby must be made anew; nothing fills the disk."""
    gone = replace(PRIMARY, slots=(Slot("lost", active=False, retained_bytes=None),))
    assert list(hints(gone)) == []


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(None, "unknown"), (0, "0 bytes"), (16 * 1024**2, "16 MB"), (1536 * 1024**2, "1.5 GB")],
)
def test_that_an_amount_is_said_in_the_unit_that_fits(size_bytes, text):
    assert size_text(size_bytes) == text


def test_that_a_server_without_standbys_is_told_as_what_it_is(admin_dsn):
    """[R06]"""
    said = said_by(app, admin_dsn, "replication")
    assert said.startswith("This server is a primary.\n")
    assert "max_wal_senders = 10\n" in said
    assert "! No standby copies this server" in said


def test_that_other_programs_get_the_same_and_an_unknown_lag_is_null(admin_dsn):
    """[R05] [R06]"""
    told = json.loads(said_by(app, admin_dsn, "replication", "--json"))
    assert told["lag_s"] is None
    assert told["standbys"] == []
    assert len(told["hints"]) == 1
