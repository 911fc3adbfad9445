"""`wardctl restore`: lists and asks, takes a name or a file, and is not run unattended."""

from __future__ import annotations

import gzip
import json
import subprocess

import pytest

from tests.commands import said_by
from ward_app.cli.restore import app
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.operations.backup.programs import programs_for
from ward_app.operations.recovery.source import Kind, source


@pytest.fixture
def command(hospital, monkeypatch, tmp_path):
    """Run a part of `wardctl restore` for this hospital."""
    monkeypatch.setenv("WARD_HOME", str(tmp_path / "home"))
    for name in ("DATABASE_URL", "WARD_DATABASE__HOST"):
        monkeypatch.delenv(name, raising=False)

    def run(*words, **more):
        return said_by(app, hospital.dsn, *words, **more)

    return run


def dumped(hospital, *words):
    """Return what pg_dump alone says of the hospital."""
    pg_dump = programs_for(15).path("pg_dump")
    done = subprocess.run([pg_dump, "-d", hospital.dsn, *words], capture_output=True, check=True)
    return done.stdout


def test_that_it_lists_the_backups_and_asks_which_and_whether(hospital, command):
    """[O01] [O09] [O10] [O11]"""
    older = hospital.backup(secret=None)
    newer = hospital.backup(secret=None)
    folder = ("--dir", str(hospital.folder))
    answers = f"2\n{hospital.name}\n"
    said = command(*folder, "--no-test", "--no-backup", input=answers)
    listed = [line for line in said.splitlines() if "h old" in line]
    assert [newer.id in listed[0], older.id in listed[1]] == [True, True]
    assert "verified" in listed[0]
    assert "No test restore, as was asked" in said
    assert "No backup of the present database, as was asked" in said
    assert f"{hospital.name} is {older.id}" in said
    [aside] = [name for name in hospital.databases() if "_before_" in name]
    assert aside in command("kept")
    with pytest.raises(RuleBrokenError, match="no number 3"):
        command(*folder, input="3\n")


def test_that_a_name_and_json_do_without_asking(hospital, command):
    made = hospital.backup(secret=None)
    words = (made.id, "--dir", str(hospital.folder), "--no-test", "--no-backup", "--no-confirm")
    told = json.loads("{" + command(*words, "--json").partition("{")[2])
    assert (told["name"], told["backup"]) == (made.id, None)
    before = json.loads(command("kept", "--json"))
    assert [one["name"] for one in before["kept"]] == [told["put_aside"]]
    assert (before["kept"][0]["size_bytes"] > 0, before["unfinished"]) == (True, [])
    undone = json.loads(command("rollback", "--no-confirm", "--json"))
    assert (undone["name"], undone["lost"]) == (told["put_aside"], [])
    after = json.loads(command("kept", "--json"))
    assert [one["name"] for one in after["kept"]] == [undone["put_aside"]]


@pytest.mark.parametrize("named", ["production", "staging"])
def test_that_real_patients_are_not_replaced_without_a_word(hospital, command, named):
    """[O09] [C21]"""
    made = hospital.backup(secret=None)
    hospital.ask("ALTER TABLE public.installation DISABLE TRIGGER USER")
    hospital.ask(f"UPDATE public.installation SET environment = '{named}'")
    words = (made.id, "--dir", str(hospital.folder), "--no-confirm")
    with pytest.raises(NotPermittedError, match="WARD_ALLOW_UNATTENDED_RESTORE"):
        command(*words)
    with pytest.raises(NotPermittedError, match="WARD_ALLOW_UNATTENDED_RESTORE"):
        command("rollback", "--no-confirm")
    assert hospital.databases() == [hospital.name]


@pytest.mark.parametrize(
    ("file", "words", "kind"),
    [
        ("ward.dump", ("--format=custom",), Kind.CUSTOM),
        ("ward.sql", (), Kind.PLAIN),
        ("ward.sql.gz", (), Kind.PLAIN_GZIP),
    ],
)
def test_that_a_dump_is_known_by_how_it_begins(hospital, tmp_path, file, words, kind):
    """[O14] [O08] Whatever it is called; the plain ones are loaded by psql."""
    content = dumped(hospital, *words)
    path = tmp_path / "misnamed.bin"
    path.write_bytes(gzip.compress(content) if file.endswith(".gz") else content)
    assert source(str(path), hospital.folder, None).kind is kind
    if kind is Kind.CUSTOM:
        return  # as every other test restores
    done, said = hospital.restore(str(path))
    assert "It has no manifest" in " ".join(said)
    assert (hospital.patients(), done.era) == (["Okafor"], 2)


def test_that_what_is_no_dump_or_goes_elsewhere_is_refused(hospital, tmp_path):
    """[O14]"""
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague")
    with pytest.raises(RuleBrokenError, match="no dump"):
        hospital.restore(str(path))
    with pytest.raises(RuleBrokenError, match="There is no backup"):
        hospital.restore("backup_20200101_000000")
    path.write_bytes(dumped(hospital, "--create"))
    with pytest.raises(RuleBrokenError, match="without --create"):
        hospital.restore(str(path))
    assert hospital.databases() == [hospital.name]
