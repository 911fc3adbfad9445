"""Who is connected, what they do, and ending it; no value of a statement is told."""

from __future__ import annotations

import json
from threading import Thread

import psycopg
import pytest

from tests.patience import until
from ward_app.operations.upkeep.activity import sessions
from ward_app.operations.upkeep.statement_text import without_values


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("SELECT * FROM patient.patients WHERE mrn = '400 123'", "… WHERE mrn = ?"),
        ("SELECT 'it''s', E'a\\'b', $$x 'y$$, $t$Ann$t$, 12.5, $1", "SELECT ?, ?, ?, ?, ?, $1"),
        ("SELECT a1, \"odd 'name\", b2 FROM t7 -- Ann Lee\nWHERE x=3",
         "SELECT a1, \"odd 'name\", b2 FROM t7 ? WHERE x=?"),
        ("SELECT /* Ann /* Lee */ Moe */ 1", "SELECT ? ?"),
        ("UPDATE t SET name = 'Ann Le", "UPDATE t SET name = ?"),
        ("UPDATE t SET name = $$Ann Le", "UPDATE t SET name = ?"),
        ("UPDATE t SET name = E'Ann \\", "UPDATE t SET name = ?"),
        ("", ""),
    ],
)  # fmt: skip
def test_that_a_statement_is_told_without_its_values(written, told):
    assert without_values(written).endswith(told.removeprefix("… "))
    assert not {"Ann", "Lee", "400"} & set(without_values(written).replace("'", " ").split())


@pytest.fixture
def two(spare_server, empty_database):
    """Two connections of the administrator, the first of which holds a lock in a transaction."""
    dsn = spare_server.dsn(empty_database)
    with psycopg.connect(dsn) as one, psycopg.connect(dsn, autocommit=True) as other:
        one.execute("CREATE TABLE public.locked AS SELECT 'Quackenbush' AS name")
        one.commit()
        one.execute("UPDATE public.locked SET name = 'Zebulon'")
        yield one, other


def test_that_who_waits_is_listed_with_who_holds_it_and_is_cancelled(
    two, dsn, wardctl, spare_server
):
    """[N09] [D15] Without values; the server's log says who cancelled it."""
    holding, waiting = two
    ended = []
    worker = Thread(target=_wait, args=(waiting, ended))
    worker.start()
    pid, holder = waiting.info.backend_pid, holding.info.backend_pid
    until(lambda: [one for one in _seen(dsn) if one.pid == pid and one.held_by == [holder]])
    status, said, complaint = wardctl("activity", "list", "--dsn", dsn)
    assert (status, complaint) == (0, "")
    assert f"{pid}  ward_admin" in said
    assert f"waits for a lock that process {holder} holds" in said
    assert "DELETE FROM public.locked WHERE name = ?" in said
    assert "Quackenbush" not in said
    assert "Zebulon" not in said
    told = json.loads(wardctl("activity", "list", "--json", "--dsn", dsn)[1])
    assert {one["pid"] for one in told} >= {pid, holder}
    status, said, _ = wardctl("activity", "cancel", str(pid), "--dsn", dsn)
    assert (status, said) == (0, f"The statement of process {pid} (ward_admin) is ended.\n")
    worker.join()
    assert ended == ["57014"]
    words = f"cancels the statement of process {pid}, role ward_admin"
    assert words in _log(spare_server)
    assert _seen(dsn)[0].state in {"idle", "idle in transaction"}


def test_that_a_connection_is_ended_as_a_whole(two, dsn, wardctl):
    holding, _ = two
    pid = str(holding.info.backend_pid)
    status, _, complaint = wardctl("activity", "cancel", pid, "--dsn", dsn)
    assert status == 2
    assert "runs no statement that could be cancelled. --terminate ends" in complaint
    status, said, _ = wardctl("activity", "cancel", pid, "--terminate", "--dsn", dsn)
    assert (status, said) == (0, f"The connection of process {pid} (ward_admin) is ended.\n")
    with pytest.raises(psycopg.OperationalError):
        holding.execute("SELECT 1")
    holding.close()
    gone = "No connection has the process"
    until(lambda: gone in wardctl("activity", "cancel", pid, "--dsn", dsn)[2])


def _wait(connection, ended):
    try:
        connection.execute("DELETE FROM public.locked WHERE name = 'Quackenbush'")
    except psycopg.Error as error:
        ended.append(error.sqlstate)


def _seen(dsn):
    return sessions(dsn, database=psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])


def _log(cluster):
    return "".join(
        file.read_text(errors="replace") for file in (cluster.data_dir / "log").glob("*.log")
    )
