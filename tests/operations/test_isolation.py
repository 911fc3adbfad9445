"""The proof of separate wards: good where it holds, loud where row security is gone."""

from __future__ import annotations

import os

import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.core.test_secret_store import WorkingKeyring
from tests.steps import a_set, admit, open_first
from ward_app.core import secret_store
from ward_app.core.database import Actor
from ward_app.core.errors import WardError
from ward_app.observations.service import record_observations
from ward_app.operations.findings import Level
from ward_app.operations.isolation import prove
from ward_app.staff.service import sign_in


@pytest.fixture
def both_wards(database, nurse, connect):
    """A patient with a set on Ward East, another on Ward West."""
    stay = admit(database, nurse, "Okafor", label="1")
    open_first(database, nurse)
    database.run(nurse, record_observations, a_set(stay))
    beta = connect("ws_beta")
    wes = Actor(beta.run(None, sign_in, "wes", world.PASSWORD).token)
    admit(beta, wes, "Quagmire", label="1", ward="west")


@pytest.mark.usefixtures("both_wards")
def test_that_a_nurse_of_one_ward_reads_nothing_of_the_others(database, admin):
    """[B07] She is signed out again, and what she did is on record as anybody's."""
    [found] = prove(database, "nora", world.PASSWORD)
    assert found.level is Level.GOOD
    assert found.says.startswith("A nurse of this ward reads nothing of ")
    ended = admin.execute(
        "SELECT ended_at IS NOT NULL FROM public.sessions s JOIN public.users u"
        " ON u.id = s.user_id WHERE u.login = 'nora' ORDER BY s.created_at DESC LIMIT 1"
    ).fetchone()
    assert ended == (True,)


@pytest.mark.usefixtures("both_wards")
@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("admission.bed_stays", "1 stays on other wards"),
        ("patient.patients", "1 patients of other wards"),
        ("report.vital_signs", "1 sets of charts nobody opened"),
    ],
)
def test_that_a_table_whose_row_security_is_gone_is_told(database, admin, table, words):
    """[B07] [D18] The symptom of wards that are not kept apart, with what to do."""
    admin.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    found = prove(database, "nora", world.PASSWORD)
    assert {(one.level, one.code) for one in found} == {(Level.ERROR, "WDB-701")}
    assert f"The test nurse reads {words}." in [one.says for one in found]


def test_that_a_nurse_of_every_ward_proves_nothing(database, admin):
    admin.execute(
        "INSERT INTO public.user_wards (user_id, ward_id) SELECT %s, id FROM room.wards"
        " ON CONFLICT DO NOTHING",
        (world.id_of("nora"),),
    )
    [found] = prove(database, "nora", world.PASSWORD)
    assert (found.level, found.remedy) == (Level.WARNING, "Give her one ward of several.")


def test_that_who_cannot_sign_in_is_told_why(database):
    with pytest.raises(WardError, match="not right"):
        prove(database, "nora", "wrong password")


@pytest.mark.usefixtures("both_wards")
def test_that_the_command_looks_from_this_workstation(
    wardctl, server, database_name, monkeypatch, tmp_path
):
    keyring = WorkingKeyring()
    monkeypatch.setattr(secret_store, "trusted_backend", lambda: keyring)
    for name, value in {
        "HOST": str(server.socket_dir), "PORT": str(server.port), "USER": "ws_alpha",
        "NAME": database_name,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"WARD_DATABASE__{name}", value)
    secret_store.own_secrets().put("ws_alpha", STATION_PASSWORD)
    (tmp_path / "typed").write_text(world.PASSWORD + "\n")
    descriptor = os.open(tmp_path / "typed", os.O_RDONLY)
    status, said, complaint = wardctl(
        "doctor", "--test-nurse", "nora", "--password-fd", str(descriptor)
    )
    os.close(descriptor)
    assert (status, complaint) == (0, "")
    assert said.startswith("ok      Wards kept apart: A nurse of this ward reads nothing")
