"""`wardctl explain` and `wardctl browse`: with the rights of a person, and on record."""

from __future__ import annotations

import json
import os

import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.core.test_secret_store import WorkingKeyring
from tests.steps import admit
from ward_app.core import secret_store
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.transaction import Actor
from ward_app.operations.upkeep.hot_queries import QUESTIONS, explain
from ward_app.operations.upkeep.table_rows import rows_of
from ward_app.staff.service import sign_in

COUNTS = "SELECT count(*) FROM audit.access_logs"


@pytest.fixture
def patients(database, nurse, connect):
    """Okafor on Ward East, which is Nora's, and Quagmire on Ward West, which is not."""
    admit(database, nurse, "Okafor", label="1")
    beta = connect("ws_beta")
    wes = Actor(beta.run(None, sign_in, "wes", world.PASSWORD).token)
    admit(beta, wes, "Quagmire", label="1", ward="west")


@pytest.fixture
def at_station(wardctl, server, database_name, monkeypatch, tmp_path):
    """Run a command at workstation alpha as Nora."""
    keyring = WorkingKeyring()
    monkeypatch.setattr(secret_store, "trusted_backend", lambda: keyring)
    for name, value in {
        "HOST": str(server.socket_dir), "PORT": str(server.port), "USER": "ws_alpha",
        "NAME": database_name,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"WARD_DATABASE__{name}", value)
    secret_store.own_secrets().put("ws_alpha", STATION_PASSWORD)
    (tmp_path / "typed").write_text(world.PASSWORD + "\n")

    def run(*words):
        descriptor = os.open(tmp_path / "typed", os.O_RDONLY)
        try:
            return wardctl(*words, "--as", "nora", "--password-fd", str(descriptor))
        finally:
            os.close(descriptor)

    return run


@pytest.mark.usefixtures("patients")
@pytest.mark.parametrize("name", QUESTIONS)
def test_that_a_question_is_explained_with_blocks_and_time(database, nurse, name):
    """[X05] [X06]"""
    found = explain(database, nurse, name)
    assert found
    for one in found:
        plan = "\n".join(one.plan)
        assert "actual time=" in plan
        assert "Execution Time: " in plan
        assert one.took_ms > 0
    assert any("Buffers: " in line for one in found for line in one.plan)


@pytest.mark.usefixtures("patients")
def test_that_explaining_keeps_nothing_but_the_opening_of_a_chart(database, nurse, admin):
    before = admin.execute(COUNTS).fetchone()[0]
    explain(database, nurse, "board")
    assert admin.execute(COUNTS).fetchone() == (before,)
    explain(database, nurse, "chart")
    assert admin.execute(COUNTS).fetchone() == (before + 1,)


def test_that_what_cannot_be_explained_is_said(database, nurse):
    with pytest.raises(RuleBrokenError, match="There are board, hospital"):
        explain(database, nurse, "bogus")
    with pytest.raises(RuleBrokenError, match="no chart to open"):
        explain(database, nurse, "chart")


@pytest.mark.usefixtures("patients")
def test_that_only_what_the_person_may_see_is_browsed(database, nurse, admin):
    """[P19] Row security holds, and it is on record before anything is shown."""
    found = rows_of(database, nurse, "patient.patients", limit=20)
    assert [one["family_name"] for one in found] == ["Okafor"]
    said = admin.execute(
        "SELECT kind, action, reason, user_id FROM audit.access_logs ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert said == (
        "report", "EXPORT", "Browse patient.patients, up to 20 rows", world.id_of("nora"),
    )  # fmt: skip
    assert rows_of(database, nurse, "report.vital_signs", limit=20) == []
    assert len(rows_of(database, nurse, "room.beds", limit=2)) == 2


def test_that_tables_nobody_may_read_are_refused(database, nurse):
    with pytest.raises(NotPermittedError, match="from a workstation, by nobody"):
        rows_of(database, nurse, "public.sessions", limit=1)
    for name in ("room.nothing", "pg_catalog.pg_class", "room.beds; SELECT 1"):
        with pytest.raises(RuleBrokenError, match="There is no table"):
            rows_of(database, nurse, name, limit=1)


@pytest.mark.usefixtures("patients")
def test_that_the_commands_sign_in_and_out(at_station, admin):
    """[P19] [X06]"""
    status, said, complaint = at_station("explain", "board")
    assert (status, complaint) == (0, "")
    assert "Execution Time: " in said
    assert said.splitlines()[-1].startswith("Time: ")
    assert json.loads(at_station("explain", "board", "--json")[1])[0]["rows"] == 7
    status, said, _ = at_station("browse", "patient.patients")
    assert (status, said.splitlines()[-1]) == (0, "1 rows that this person may see.")
    assert "family_name" in said
    assert "Quagmire" not in said
    assert json.loads(at_station("browse", "room.beds", "--limit", "1", "--json")[1])
    left = admin.execute(
        "SELECT count(*) FROM public.sessions s JOIN public.users u ON u.id = s.user_id"
        " WHERE u.login = 'nora' AND s.ended_at IS NULL"
    ).fetchone()
    assert left == (1,)  # the fixture's own
