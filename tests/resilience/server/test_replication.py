"""A real standby: how far behind it is, and what is told where nobody knows."""

from __future__ import annotations

import json

import psycopg

from tests.commands import said_by
from tests.resilience.server.waiting import until
from ward_app.cli.report import app
from ward_app.operations import live_looks
from ward_app.operations import replication as replication_module


def test_that_both_servers_tell_how_the_standby_follows(own_server, following):
    """[R05] [R06]"""

    def on_primary():
        return said_by(app, own_server.cluster.dsn(own_server.name), "replication")

    def on_standby():
        return said_by(app, following.cluster.dsn("postgres"), "replication")

    until(lambda: "Standby ward_reads: streaming, async" in on_primary())
    assert "Slot ward_reads: in use, keeps" in on_primary()
    assert "max_slot_wal_keep_size = 20GB" in on_primary()
    assert "!" not in on_primary()
    until(lambda: "This server is a standby. Behind its primary: 0.0 s." in on_standby())


def test_that_a_standby_without_its_primary_does_not_claim_to_have_everything(
    own_server, following
):
    """[R05] It has replayed all it received, but nobody knows what else was written."""

    def told():
        dsn = following.cluster.dsn("postgres")
        return json.loads(said_by(app, dsn, "replication", "--json"))

    own_server.kill()
    until(lambda: not told()["is_connected"])
    assert told()["lag_s"] is None
    assert "nobody can say how far" in told()["hints"][0]
    own_server.start()
    until(lambda: told()["lag_s"] == 0)


def test_that_the_doctor_knows_a_standby_that_is_behind(own_server, following, monkeypatch):
    """[D12] [R07]"""

    def looked():
        with psycopg.connect(following.cluster.dsn("postgres"), autocommit=True) as admin:
            return [one.code for one in live_looks.replicas(admin) if one.code]

    assert looked() == []
    monkeypatch.setattr(replication_module, "LAG_ALARM_S", 0.001)
    following.ask("postgres", "SELECT pg_wal_replay_pause()")
    try:
        own_server.ask("SELECT pg_logical_emit_message(true, %s, %s)", "test", "something")
        until(lambda: looked() == ["WDB-401"])
    finally:
        following.ask("postgres", "SELECT pg_wal_replay_resume()")
        monkeypatch.undo()
    until(lambda: looked() == [])
