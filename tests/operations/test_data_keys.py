"""Making, rotating, wrapping and proving data keys, on IT's side."""

import stat
from base64 import b64decode

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.world import PASSPHRASE
from ward_app.core.data_keys import KeyState, Purpose, unwrapped
from ward_app.core.errors import ConfigurationError, ConflictError, RuleBrokenError
from ward_app.core.recovery import opened_copy
from ward_app.operations import data_keys, workstations

BROUGHT = bytes.fromhex("8fd1c03a557be4926a0d31f7c8e97b24d05a1c6ee98342b7915f0acd7e638421")


def enrol(vault, name="Desk"):
    return workstations.enrol(vault.dsn, name, database=vault.database)


def kept(vault):
    return opened_copy(vault.file.read_text(), PASSPHRASE)


def wraps(vault, role):
    """Return {number: wrap} of one workstation."""
    with psycopg.connect(vault.dsn) as connection:
        return dict(
            connection.execute(
                "SELECT k.number, w.wrapped FROM auth.key_wraps w"
                " JOIN auth.data_keys k ON k.id = w.data_key_id"
                " JOIN public.workstations s ON s.id = w.workstation_id WHERE s.role_name = %s",
                (role,),
            ).fetchall()
        )


def at_station(wrap, made, number=1, purpose=Purpose.FIELD):
    return unwrapped(
        wrap,
        b64decode(made.private_key),
        number=number,
        purpose=purpose,
        state=KeyState.ACTIVE,
        station=made.role_name,
    )


def test_that_the_first_keys_reach_the_copy_and_every_workstation_and_nothing_else(vault):
    """[E03] [E06]"""
    desk, other = enrol(vault), enrol(vault, "Other")
    made = data_keys.generate(vault, PASSPHRASE)
    assert [(key.number, key.purpose) for key in made] == [(1, "field"), (2, "index")]
    assert list(kept(vault).keys) == made
    for station in (desk, other):
        assert at_station(wraps(vault, station.role_name)[1], station) == made[0]
    with psycopg.connect(vault.dsn) as connection:
        [(everything,)] = connection.execute(
            "SELECT string_agg(t::text, ' ') FROM (SELECT to_jsonb(k) t FROM auth.data_keys k"
            " UNION ALL SELECT to_jsonb(w) FROM auth.key_wraps w"
            " UNION ALL SELECT to_jsonb(c) FROM audit.change_logs c) all_rows"
        ).fetchall()
    assert not any(key.secret.hex() in everything for key in made)


def test_that_the_copy_is_for_its_owner_alone(vault):
    """[E04]"""
    data_keys.generate(vault, PASSPHRASE)
    assert stat.S_IMODE(vault.file.stat().st_mode) == 0o600
    assert [each.name for each in vault.file.parent.iterdir()] == ["copy.txt"]


def test_that_there_are_first_keys_only_once(vault):
    data_keys.generate(vault, PASSPHRASE)
    before = vault.file.read_text()
    with pytest.raises(ConflictError, match="keys rotate"):
        data_keys.generate(vault, PASSPHRASE)
    vault.file.unlink()
    with pytest.raises(ConflictError):
        data_keys.generate(vault, PASSPHRASE)
    assert "WARD APP" in before


def test_that_a_key_brought_along_is_the_first_one(vault):
    """[C17]"""
    data_keys.generate(vault, PASSPHRASE, first=BROUGHT)
    assert kept(vault).keys[0].secret == BROUGHT


def test_that_no_key_is_in_use_that_could_not_be_kept(vault, monkeypatch):
    def full(*_):
        raise ConfigurationError("disk full")

    monkeypatch.setattr(data_keys, "write_copy", full)
    with pytest.raises(ConfigurationError):
        data_keys.generate(vault, PASSPHRASE)
    assert data_keys.known(vault.dsn, database=vault.database)[0] == []


def test_that_a_folder_that_cannot_be_written_is_told(vault):
    vault.file.parent.write_text("a file where the folder should be")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        data_keys.generate(vault, PASSPHRASE)


@pytest.mark.parametrize("purpose", Purpose)
def test_that_a_rotated_key_takes_over_and_the_old_one_still_reads(vault, purpose):
    """[E07]"""
    desk = enrol(vault)
    data_keys.generate(vault, PASSPHRASE)
    made = data_keys.rotate(vault, PASSPHRASE, purpose)
    assert made.number == 3
    states = {key.number: key.state for key in data_keys.opened(vault, PASSPHRASE).keys}
    old = 1 if purpose is Purpose.FIELD else 2
    assert states[old] is KeyState.READABLE
    assert states[3] is KeyState.ACTIVE
    assert at_station(wraps(vault, desk.role_name)[3], desk, 3, purpose) == made


def test_that_a_workstation_enrolled_later_is_given_the_keys(vault):
    data_keys.generate(vault, PASSPHRASE)
    desk, other = enrol(vault), enrol(vault, "Other")
    assert wraps(vault, desk.role_name) == {}
    assert data_keys.wrap(vault, PASSPHRASE, desk.role_name) == 2
    assert wraps(vault, other.role_name) == {}
    assert data_keys.wrap(vault, PASSPHRASE) == 2
    assert data_keys.wrap(vault, PASSPHRASE) == 0


def test_that_a_revoked_workstation_loses_its_keys(vault):
    desk = enrol(vault)
    data_keys.generate(vault, PASSPHRASE)
    workstations.revoke(vault.dsn, desk.role_name, database=vault.database)
    assert wraps(vault, desk.role_name) == {}
    again = enrol(vault)
    assert again.private_key != desk.private_key
    assert wraps(vault, desk.role_name) == {}


def test_that_an_old_enrolment_gets_a_key_of_its_own_and_loses_older_wraps(vault):
    desk = enrol(vault)
    data_keys.generate(vault, PASSPHRASE)
    private = workstations.give_private_key(vault.dsn, desk.role_name, database=vault.database)
    assert private != desk.private_key
    assert wraps(vault, desk.role_name) == {}
    with pytest.raises(RuleBrokenError):
        workstations.give_private_key(vault.dsn, "ws_nowhere", database=vault.database)


def test_that_what_a_keyring_keeps_is_short(vault):
    made = enrol(vault)
    assert len(made.private_key) < 512
    assert len(made.password) < 512
    assert made.private_key not in repr(made)


def test_that_verifying_names_what_is_wrong(vault):
    """[E06]"""
    desk, other = enrol(vault), enrol(vault, "Other")
    data_keys.generate(vault, PASSPHRASE)
    assert data_keys.disagreements(vault, PASSPHRASE) == []
    with psycopg.connect(vault.dsn) as connection:
        connection.execute(
            "UPDATE auth.key_wraps SET wrapped = set_byte(wrapped, 40, 1 # get_byte(wrapped, 40))"
            " WHERE data_key_id = (SELECT id FROM auth.data_keys WHERE number = 2)"
            " AND workstation_id = (SELECT id FROM workstations WHERE role_name = 'ws_desk')"
        )
        connection.execute(
            "DELETE FROM auth.key_wraps WHERE workstation_id ="
            " (SELECT id FROM workstations WHERE role_name = 'ws_other')"
        )
    wrong = data_keys.disagreements(vault, PASSPHRASE)
    assert [sentence.partition(":")[0] for sentence in wrong] == [
        f"The key 2 of {desk.role_name} is not the one kept",
        f"{other.role_name} lacks the key 1",
        f"{other.role_name} lacks the key 2",
    ]
    assert data_keys.wrap(vault, PASSPHRASE) == 3
    assert data_keys.disagreements(vault, PASSPHRASE) == []


def test_that_a_station_without_a_key_of_its_own_is_named(vault):
    enrol(vault)
    with psycopg.connect(vault.dsn) as connection:
        connection.execute("UPDATE workstations SET public_key = NULL")
    data_keys.generate(vault, PASSPHRASE)
    [wrong, _] = data_keys.disagreements(vault, PASSPHRASE)
    assert "enrol it again" in wrong
    _, [station] = data_keys.known(vault.dsn, database=vault.database)
    assert (station.fingerprint, station.missing) == (None, 2)


def test_that_an_older_copy_or_another_databases_is_refused(vault):
    data_keys.generate(vault, PASSPHRASE)
    older = vault.file.read_text()
    data_keys.rotate(vault, PASSPHRASE, Purpose.FIELD)
    vault.file.write_text(older)
    for act in (data_keys.wrap, data_keys.opened, data_keys.disagreements):
        with pytest.raises(RuleBrokenError, match="does not have the database's key 3"):
            act(vault, PASSPHRASE)
    with pytest.raises(RuleBrokenError):
        data_keys.rotate(vault, PASSPHRASE, Purpose.FIELD)


def test_that_a_wrong_passphrase_or_a_missing_copy_is_told(vault):
    data_keys.generate(vault, PASSPHRASE)
    with pytest.raises(RuleBrokenError, match="does not open"):
        data_keys.opened(vault, "another passphrase")
    vault.file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        data_keys.opened(vault, PASSPHRASE)
    vault.file.unlink()
    with pytest.raises(ConfigurationError, match="--recovery-file"):
        data_keys.opened(vault, PASSPHRASE)


def test_that_there_is_an_end_to_the_numbers(vault, monkeypatch):
    data_keys.generate(vault, PASSPHRASE)
    monkeypatch.setattr(data_keys, "HIGHEST_NUMBER", 2)
    with pytest.raises(ConflictError):
        data_keys.rotate(vault, PASSPHRASE, Purpose.FIELD)


def test_that_the_server_never_sees_key_or_passphrase(vault, spare_server):
    """[C24] With every statement and its parameters in the server's log."""
    with psycopg.connect(vault.dsn, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {vault.database} SET log_statement = 'all'")
    enrol(vault)
    made = data_keys.generate(vault, PASSPHRASE)
    logged = "".join(log.read_text() for log in (spare_server.data_dir / "log").iterdir())
    assert "INSERT INTO auth.key_wraps" in logged
    for key in made:
        assert key.secret.hex() not in logged
    assert PASSPHRASE not in logged


def test_that_a_connection_string_is_all_a_station_needs_besides(vault):
    made = enrol(vault)
    with psycopg.connect(
        make_conninfo(vault.dsn, user=made.role_name, password=made.password)
    ) as connection:
        assert connection.execute("SELECT * FROM auth.station_keys()").fetchall() == []
