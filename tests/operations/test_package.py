"""[P10] The packaged client: what its folder must have, and how its programs begin."""

from __future__ import annotations

import ast
import os
import runpy
import sys
from pathlib import Path

import pytest
from PyInstaller.building import api, build_main
from PyInstaller.utils import hooks

from ui.later import LATER
from ward_app.cli import main as command_line
from ward_app.core import secret_store
from ward_app.operations import support

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "packaging" / "client"
START = CLIENT / "start.py"
_POSIX_ALONE = {"fcntl", "grp", "pwd", "resource", "termios"}


class _Noted:
    """Stands for what PyInstaller would do; keeps what it was told."""

    made = ()

    def __init__(self, *given, **told):
        self.given, self.told = given, told
        self.pure = self.scripts = self.binaries = self.datas = ()
        _Noted.made = (*_Noted.made, self)


@pytest.fixture
def told(monkeypatch):
    """What the specification tells PyInstaller; nothing is built."""
    monkeypatch.setattr(_Noted, "made", ())
    monkeypatch.setattr(build_main, "Analysis", _Noted)
    for name in ("PYZ", "EXE", "COLLECT"):
        monkeypatch.setattr(api, name, _Noted)
    # each would start a Python of its own
    monkeypatch.setattr(hooks, "collect_submodules", lambda package: [f"{package}.*"])
    monkeypatch.setattr(hooks, "copy_metadata", lambda package: [(package, "metadata")])
    runpy.run_path(str(CLIENT / "ward-app.spec"), init_globals={"SPECPATH": str(CLIENT)})
    return _Noted.made[0].told


def words_given_to(name):
    """Return the texts that the program gives to a function of this name, or to `-m`."""
    for file in [*(ROOT / "ui").rglob("*.py"), *(ROOT / "ward_app").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(name):
                yield from (one.value for one in node.args if isinstance(one, ast.Constant))


def test_that_every_module_is_named_also_those_imported_when_they_are_used(told):
    modules = set(told["hiddenimports"])
    assert {*LATER, "ui.app", "ui.downtime.pack_process", "ui.demo.station"} <= modules
    assert {place.partition(":")[0] for place in command_line._COMMANDS.values()} <= modules
    imported = {word for word in words_given_to("import_module") if "PySide6" not in word}
    assert len(imported) > 2
    assert imported <= modules
    packages = {name.removesuffix(".*").partition(".")[0] for name in modules}
    chosen = {module.partition(".")[0] for module in secret_store._TRUSTED}
    assert chosen | {"psycopg", "psycopg_binary", "sqlalchemy"} <= packages
    assert "__main__" not in "".join(name for name in modules if not name.endswith("__main__"))


def test_that_data_lie_in_the_folder_where_the_program_looks_for_them(told):
    """Modules find them from their own place: two folders up, as in the project."""
    there = {(Path(file).name, place) for file, place in told["datas"]}
    for folder in ("resources", "alembic"):
        files = [file for file in (ROOT / folder).rglob("*") if file.is_file()]
        wanted = {
            (file.name, str(file.parent.relative_to(ROOT)))
            for file in files
            if "__pycache__" not in file.parts
        }
        assert wanted
        assert wanted <= there
    assert ("compose.yaml", "packaging") in there
    # a backup asks for the program's version, keyring for the keyrings there are
    assert {(name, "metadata") for name in (*support._PACKAGES, "keyring")} <= there
    assert not [name for name, _ in there if name.endswith(".pyc")]
    # these are run from their files, so that they find what lies beside them
    assert not {"sql_files", "large_tables"} & set(told["hiddenimports"])


def test_that_nothing_is_imported_that_a_workstation_with_windows_lacks():
    """What is for POSIX alone stands below a look at the system, or in a function."""
    for file in [*(ROOT / "ui").rglob("*.py"), *(ROOT / "ward_app").rglob("*.py")]:
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            named = node.names if isinstance(node, ast.Import) else ()
            assert not {one.name for one in named} & _POSIX_ALONE, file


@pytest.fixture
def start(monkeypatch):
    """Begin as this program with these words; return what would have been run."""
    run = []
    monkeypatch.setattr("ui.app.main", lambda: run.append("client") or 1)
    monkeypatch.setattr(command_line, "main", lambda: run.append("wardctl"))
    begin = runpy.run_path(str(START))["main"]
    monkeypatch.setattr(runpy, "run_module", lambda name, **_: run.append((name, *sys.argv[1:])))

    def started(program, *words):
        monkeypatch.setattr(sys, "executable", program)
        monkeypatch.setattr(sys, "argv", ["a link to it", *words])
        return begin(), run.pop()

    return started


@pytest.mark.parametrize("before", [None, "/opt/driver/lib"])
def test_that_programs_of_the_system_find_its_libraries_and_not_ours(start, monkeypatch, before):
    """`pg_dump`, `systemctl` and printers' programs may be of a newer system than the folder."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/ward-app/_internal")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    if before:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    start("ward-app")
    assert os.environ.get("LD_LIBRARY_PATH") == before


def test_that_each_program_begins_by_its_name_and_parts_of_it_as_modules(start):
    assert start("/opt/ward-app/ward-app") == (1, "client")
    assert start("/Ward App/wardctl.exe", "doctor") == (0, "wardctl")
    part = ("ward-app", "-m", "ui.downtime.pack_process", "--printer", "Ward 7A")
    assert start(*part) == (0, ("ui.downtime.pack_process", "--printer", "Ward 7A"))
    assert start("ward-app", "-m", "http.server") == (1, "client")
