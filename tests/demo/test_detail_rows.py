"""Protected details of the demo's patients, and the demo's own keys."""

import pytest

from tests.demo.databases import enrolled
from ui.staff.front_door import Access, FrontDoor
from ward_app.audit.service import open_chart
from ward_app.board.queries import ward_board
from ward_app.core.environment import Environment
from ward_app.core.errors import NotPermittedError
from ward_app.core.field_cipher import FieldCipher
from ward_app.demo.detail_rows import drawn_details
from ward_app.demo.hospital import SEVEN_EAST
from ward_app.demo.keys import demo_vault, give_keys, make_keys
from ward_app.operations import data_keys, installation
from ward_app.patients.detail_queries import find_people, read_details
from ward_app.patients.types import FlagKind, ProtectedField


@pytest.fixture
def entry(server, demo_name):
    """A nurse who came in at a workstation of the demo."""
    with enrolled(server, demo_name, "nurse") as station:
        door = FrontDoor(lambda: Access(station.database, station.credential, station.private_key))
        yield door.enter(station.login, station.password)
        door.close()


def test_that_the_demos_workstations_read_what_its_patients_have(entry):
    board = entry.database.run(entry.actor, ward_board, (SEVEN_EAST.id,))
    # whom the demo marks private asks for a reason first
    lying = [
        bed.patient_id for bed in board.beds if bed.patient_id and not bed.flag(FlagKind.PRIVACY)
    ]
    found = set()
    for patient_id in lying:
        entry.database.run(entry.actor, open_chart, patient_id)
        details = entry.database.run(entry.actor, read_details, entry.keys, patient_id)
        drawn = drawn_details(patient_id)
        assert details.values == {name: text for name, text in drawn.items() if text}
        found |= set(details.values)
    assert found == set(ProtectedField)


def test_that_the_demos_keys_are_made_once_and_given_without_a_question(server, empty_dsn):
    installation.name_environment(empty_dsn, Environment.DEMO)
    name = empty_dsn.partition("dbname=")[2].partition(" ")[0]
    vault = demo_vault(server, name)
    first = make_keys(vault)
    assert FieldCipher(first).can_seal
    assert [key.secret for key in make_keys(vault).keys] == [key.secret for key in first.keys]
    assert give_keys(vault)
    vault.file.unlink()
    assert not give_keys(vault)


def test_that_the_demos_keys_lie_beside_the_data_folder_and_old_ones_are_taken_there(
    server, empty_dsn
):
    """[K19] A base backup reads every file in it, and would carry the keys along."""
    installation.name_environment(empty_dsn, Environment.DEMO)
    name = empty_dsn.partition("dbname=")[2].partition(" ")[0]
    vault = demo_vault(server, name)
    assert not vault.file.is_relative_to(server.data_dir)
    first = make_keys(vault)
    earlier = server.data_dir / vault.file.name
    vault.file.replace(earlier)
    again = make_keys(demo_vault(server, name))
    assert [key.secret for key in again.keys] == [key.secret for key in first.keys]
    assert not earlier.exists()


@pytest.mark.parametrize(
    "named", [Environment.PRODUCTION, Environment.STAGING, Environment.TRAINING]
)
def test_that_no_database_for_care_gets_keys_sealed_by_a_published_password(
    server, empty_dsn, named
):
    installation.name_environment(empty_dsn, named)
    name = empty_dsn.partition("dbname=")[2].partition(" ")[0]
    with pytest.raises(NotPermittedError):
        make_keys(demo_vault(server, name))
    assert not give_keys(demo_vault(server, name))
    assert data_keys.known(empty_dsn, database=name) == ([], [])


def test_that_a_patient_is_drawn_the_same_each_time():
    assert drawn_details(SEVEN_EAST.id) == drawn_details(SEVEN_EAST.id)


def test_that_a_demo_patient_is_found_by_national_id(entry):
    board = entry.database.run(entry.actor, ward_board, (SEVEN_EAST.id,))
    wanted = next(
        bed
        for bed in board.beds
        if bed.patient_id and drawn_details(bed.patient_id)[ProtectedField.NATIONAL_ID]
    )
    number = drawn_details(wanted.patient_id)[ProtectedField.NATIONAL_ID]
    entry.database.run(entry.actor, _open_directory)
    found = entry.database.run(entry.actor, find_people, entry.keys, number)
    assert wanted.patient_id in [each.identity.id for each in found]


def _open_directory(tx):
    tx.execute("SELECT auth.open_directory()")
