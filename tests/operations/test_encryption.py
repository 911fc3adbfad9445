"""Encrypting what is there: plain, another system's, old keys; killed half-way and run again."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from tests.operations.test_data_keys import PASSPHRASE
from ward_app.core.data_keys import Purpose
from ward_app.core.database import Transaction
from ward_app.core.field_cipher import AES_GCM, PGCRYPTO, FieldCipher, blind_index, key_number
from ward_app.core.ids import new_id
from ward_app.core.pgcrypto import PgCrypto
from ward_app.core.settings_groups import EncryptionEngine
from ward_app.operations import data_keys, encryption
from ward_app.operations.backup.shelf import on_shelf
from ward_app.operations.encryption import Stock
from ward_app.patients.detail_rules import COLUMNS, cell_of
from ward_app.patients.types import ProtectedField

ROOT = Path(__file__).parents[2]
NATIONAL_ID, ADDRESS = ProtectedField.NATIONAL_ID, ProtectedField.ADDRESS
THEIRS = "vK3#pQ9z!Lm2$Xw8@Rt5%Bn7^Yc4&Hd6"


@pytest.fixture
def keyed(vault):
    """A hospital with keys and nobody in it."""
    data_keys.generate(vault, PASSPHRASE)
    return vault


@pytest.fixture
def admin(keyed):
    """The administrator's connection, in autocommit mode."""
    with psycopg.connect(keyed.dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture(params=EncryptionEngine)
def engine(request):
    return request.param


def stock_of(vault, **changes):
    keys = data_keys.opened(vault, PASSPHRASE)
    return Stock(vault.dsn, vault.database, keys, **changes)


def add_patient(admin, number=0):
    """Return a new patient with details and nothing in them."""
    patient_id = new_id()
    admin.execute(
        "INSERT INTO patient.patients (id, facility_id, mrn, family_name, given_name, sex)"
        " SELECT %s, id, %s, 'Okafor', 'Ada', 'female' FROM facilities",
        (patient_id, f"{number:010d}"),
    )
    admin.execute("INSERT INTO patient.patient_details (patient_id) VALUES (%s)", (patient_id,))
    return patient_id


def put(admin, patient_id, value, field=NATIONAL_ID):
    """Leave bytes in a column, as an import of long ago did."""
    admin.execute(
        f"UPDATE patient.patient_details SET {COLUMNS[field]} = %s WHERE patient_id = %s",
        (value, patient_id),
    )


def stored(admin, patient_id, field=NATIONAL_ID):
    [(value,)] = admin.execute(
        f"SELECT {COLUMNS[field]} FROM patient.patient_details WHERE patient_id = %s",
        (patient_id,),
    )
    return value


def read(admin, stock, patient_id, field=NATIONAL_ID):
    with admin.transaction():
        cipher = FieldCipher(stock.keys, {PGCRYPTO: PgCrypto(Transaction(admin))})
        return cipher.open(stored(admin, patient_id, field), cell_of(field, patient_id))


def run(stock):
    return encryption.migrate(stock, lambda _words: None)


def test_that_plain_values_are_encrypted_indexed_and_nowhere_any_more(keyed, admin, engine):
    """[E01] [M21] In no column of patient.* nor of the log of changes."""
    ada = add_patient(admin)
    put(admin, ada, b"QQ123456C")
    put(admin, ada, "Österweg 3".encode(), ADDRESS)
    stock = stock_of(keyed, engine=engine)
    assert run(stock).encrypted == {"plain": 2, "without a current index": 1}
    assert read(admin, stock, ada) == "QQ123456C"
    assert read(admin, stock, ada, ADDRESS) == "Österweg 3"
    assert stored(admin, ada)[0] == (PGCRYPTO if engine == "pgcrypto" else AES_GCM)
    [(index, number)] = admin.execute(
        "SELECT national_id_index, national_id_index_key FROM patient.patient_details"
    )
    active = stock.keys.active(Purpose.INDEX)
    assert (index, number) == (blind_index(active, "qq 12 34 56 c"), active.number)
    for table in ("patient.patient_details", "patient.detail_changes", "audit.change_logs"):
        [(everything,)] = admin.execute(f"SELECT string_agg(t::text, '') FROM {table} t")
        for value in (b"QQ123456C", "Österweg 3".encode()):
            assert value.decode() not in (everything or "")
            assert value.hex() not in (everything or "")
    assert not encryption.verify(stock).wrong
    assert not run(stock).encrypted


def test_that_values_of_another_system_are_taken_over(keyed, admin):
    """[E02] [M21]"""
    ada = add_patient(admin)
    [(message,)] = admin.execute("SELECT pgp_sym_encrypt('QQ123456C', %s)", (THEIRS,))
    put(admin, ada, message)
    without = run(stock_of(keyed))
    assert without.left == {"national id": 1}
    assert stored(admin, ada) == message
    stock = stock_of(keyed, theirs=THEIRS)
    assert run(stock).encrypted["of another system"] == 1
    assert read(admin, stock, ada) == "QQ123456C"
    put(admin, ada, message)
    assert run(stock_of(keyed, theirs=THEIRS[::-1])).left == {"national id": 1}


def test_that_values_of_an_old_key_are_encrypted_anew_and_the_key_retires(keyed, admin):
    """[E07] Until then it reads them; the recovery copy keeps it for ever."""
    ada = add_patient(admin)
    put(admin, ada, b"QQ123456C")
    run(stock_of(keyed))
    for purpose in Purpose:
        data_keys.rotate(keyed, PASSPHRASE, purpose)
    stock = stock_of(keyed)
    assert read(admin, stock, ada) == "QQ123456C"
    assert encryption.verify(stock).old == {"national id": 1}
    done = run(stock)
    assert done.retired == [1, 2]
    assert key_number(stored(admin, ada)) == 3
    [(number,)] = admin.execute("SELECT national_id_index_key FROM patient.patient_details")
    assert number == 4
    found = encryption.verify(stock_of(keyed))
    assert (found.wrong, found.old) == ({}, {})
    states = [row[0] for row in admin.execute("SELECT state FROM auth.data_keys ORDER BY number")]
    assert states == ["retired", "retired", "active", "active"]
    assert len(data_keys.opened(keyed, PASSPHRASE).keys) == 4


def test_that_what_was_entered_before_is_encrypted_anew_too(keyed, admin):
    """[E07] Also a value that was corrected since: or its key could never retire."""
    ada = add_patient(admin)
    put(admin, ada, b"QQ123456C")
    run(stock_of(keyed))
    admin.execute(
        "INSERT INTO patient.detail_changes (id, patient_id, field, version, sealed)"
        " SELECT %s, patient_id, 'national_id', 2, national_id_encrypted"
        " FROM patient.patient_details",
        (new_id(),),
    )
    put(admin, ada, None)
    data_keys.rotate(keyed, PASSPHRASE, Purpose.FIELD)
    done = run(stock_of(keyed))
    assert (done.encrypted["of an old key or engine"], done.retired) == (1, [1])
    assert encryption.verify(stock_of(keyed)).values == {"national id": 1}


def test_that_a_key_that_still_reads_something_does_not_retire(keyed, admin):
    ada = add_patient(admin)
    put(admin, ada, b"QQ123456C")
    run(stock_of(keyed))
    sealed = stored(admin, ada)
    put(admin, ada, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    data_keys.rotate(keyed, PASSPHRASE, Purpose.FIELD)
    done = run(stock_of(keyed))
    assert (done.left, done.retired) == ({"national id": 1}, [])


def test_that_swapped_and_flipped_values_are_told_and_counted(keyed, admin, engine):
    """[E01] A swapped row, a swapped column, a flipped byte, a plain value, a missing index."""
    ada, bob, eve, joe = (add_patient(admin, number) for number in range(4))
    for patient in (ada, bob, eve):
        put(admin, patient, b"QQ123456C")
    stock = stock_of(keyed, engine=engine)
    run(stock)
    sealed = stored(admin, ada)
    put(admin, bob, sealed)
    put(admin, ada, sealed, ADDRESS)
    put(admin, eve, sealed[:30] + bytes([sealed[30] ^ 4]) + sealed[31:])
    put(admin, joe, b"plain", ADDRESS)
    admin.execute(
        "UPDATE patient.patient_details SET national_id_index_key = 9 WHERE patient_id = %s",
        (ada,),
    )
    assert encryption.verify(stock).wrong == {
        "national id: changed outside the program": 2,
        "address: changed outside the program": 1,
        "address: not encrypted": 1,
        "index of national ids: missing or wrong": 1,
    }


def test_that_values_of_a_forgotten_key_are_counted(keyed, admin):
    put(admin, add_patient(admin), b"\x01\x00\x63" + b"x" * 40)
    assert encryption.verify(stock_of(keyed)).wrong == {"national id: its key is missing": 1}
    assert run(stock_of(keyed)).left == {"national id": 1}


def test_that_a_run_that_is_killed_is_simply_run_again(keyed, admin, tmp_path, spare_server):
    """[E07] [M21] Killed with -9 in the middle of a batch; the batches before it stay done."""
    patients = sorted(add_patient(admin, number) for number in range(30))
    for patient in patients:
        put(admin, patient, b"QQ123456C")
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    command = [
        sys.executable, "-m", "ward_app.cli.main", "encryption", "migrate", "--yes",
        "--dsn", keyed.dsn, "--recovery-file", str(keyed.file), "--passphrase-file", str(secret),
        "--batch", "4",
    ]  # fmt: skip
    surroundings = {**os.environ, "WARD_HOME": str(tmp_path)}
    with psycopg.connect(keyed.dsn) as holding:
        # the batch with this patient waits for her
        holding.execute(
            "SELECT FROM patient.patient_details WHERE patient_id = %s FOR UPDATE", (patients[13],)
        )
        process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL)
        assert until_encrypted(keyed, 12) == 12
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert counts(keyed) == {"key 1": 12, "not encrypted": 18}
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings, check=True, capture_output=True, text=True
    )
    assert "18 values plain: encrypted anew" in done.stdout
    assert counts(keyed) == {"key 1": 30}
    assert encryption.verify(stock_of(keyed)).values == {"national id": 30}


def counts(vault):
    return encryption.status(vault.dsn, database=vault.database)["national_id"]


def until_encrypted(vault, wanted):
    """Wait until so many values are encrypted; return how many are."""
    waiting = retry(
        retry=retry_if_result(lambda found: found < wanted),
        stop=stop_after_delay(60),
        wait=wait_fixed(0.05),
    )
    return waiting(lambda: counts(vault)["key 1"])()


def test_that_the_command_makes_a_backup_and_tells_what_it_did(
    keyed, admin, tmp_path, wardctl, monkeypatch
):
    """[M21] Nothing is encrypted when there is no room for a backup."""
    put(admin, add_patient(admin), b"QQ123456C")
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    target = ("--dsn", keyed.dsn)
    words = (*target, "--recovery-file", str(keyed.file), "--passphrase-file", str(secret))
    assert "not encrypted: 1" in wardctl("encryption", "status", *target)[1]
    status, _, complaint = wardctl("encryption", "verify", *words)
    assert (status, "national id: not encrypted: 1" in complaint) == (1, True)
    backups = tmp_path / "backups"
    monkeypatch.setenv("WARD_BACKUP__DIR", str(backups))
    backups.write_text("no folder")
    assert wardctl("encryption", "migrate", *words)[0] == 1
    assert "not encrypted: 1" in wardctl("encryption", "status", *target)[1]
    backups.unlink()
    status, said, _ = wardctl("encryption", "migrate", *words)
    assert (status, "and was read again" in said) == (0, True)
    assert [one.purpose for one in on_shelf(backups).backups] == ["before an encryption"]
    assert "national id: 1 values" in wardctl("encryption", "verify", *words)[1]
    told = json.loads(wardctl("encryption", "status", "--json", *target)[1])
    assert told["national_id"] == {"key 1": 1}
    put(admin, add_patient(admin, 2), b"\x01\x00\x63" + b"x" * 40)
    assert wardctl("encryption", "migrate", "--yes", *words)[0] == 1
