"""The runbooks for IT do what they say: every command in docs/it is run, or at least read."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import HOME
from tests.operations import runbooks
from tests.server_files import append, free_port, reload
from ward_app.cli import main as command_line
from ward_app.operations.bootstrap import drop_database
from ward_app.operations.cluster import ClusterState, private_cluster
from ward_app.operations.symptoms import SYMPTOMS

BOOKS = runbooks.all_runbooks()
RUN = sorted(name for name, book in BOOKS.items() if book.of_kind("sh"))


@pytest.fixture
def place(server):
    """A folder of the runbook's own, which the server's account can reach too."""
    folder = Path(os.environ[HOME]) / f"book_{uuid4().hex[:8]}"
    folder.mkdir(mode=0o711)
    folder.chmod(0o711)
    yield folder
    _destroy(folder / "home" / "cluster")
    shutil.rmtree(folder, ignore_errors=True)


def _destroy(folder):
    if folder.exists():
        cluster = private_cluster(folder)
        if cluster.status() is not ClusterState.MISSING:
            cluster.destroy()


@pytest.fixture(scope="session")
def path(server, tmp_path_factory):
    """Where a runbook's programs are found: wardctl of this tree, PostgreSQL's, the system's."""
    with runbooks.programs(tmp_path_factory.mktemp("programs")) as folder:
        yield f"{folder}:{server.bin_dir}:{os.environ['PATH']}"


@pytest.fixture
def new_computer():
    """Nothing but the programs; what a private cluster needs is made by the runbook."""
    return {}


@pytest.fixture
def new_server(spare_server):
    """A PostgreSQL server that has no ward database yet."""
    name = f"ward_book_{uuid4().hex[:8]}"
    yield {"WARD_DSN": spare_server.dsn(name)}
    drop_database(spare_server.dsn("postgres"), name)


@pytest.fixture
def ward(admin_dsn):
    """A ward database of a hospital at work, and its administrator."""
    return {"WARD_DSN": admin_dsn}


@pytest.fixture
def encrypted_server(cluster):
    """A server of the runbook's own that listens on this computer and has no certificate yet."""
    cluster.start()
    cluster.stop()
    port = free_port()
    listens = f"listen_addresses = 'localhost'\nport = {port}\n"
    append(cluster.data_dir, "postgresql.conf", listens)
    cluster.start()
    append(cluster.data_dir, "pg_hba.conf", "hostssl all it localhost trust\n")
    admin_dsn = f"{cluster.dsn('postgres')} port={port}"
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        admin.execute("CREATE ROLE it LOGIN")
    reload(admin_dsn)
    return {
        "WARD_DSN": admin_dsn,
        "SERVER_DATA": str(cluster.data_dir),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": str(port),
    }


# programs of other makers, without which a runbook is for nobody
NEEDED = {"pgbackrest": "pgbackrest"}
SCENES = {
    "new computer": "new_computer",
    "new server": "new_server",
    "encrypted server": "encrypted_server",
    "ward": "ward",
}


@pytest.mark.long
@pytest.mark.parametrize("name", RUN)
def test_that_a_runbook_does_what_it_says(name, place, path, request):
    """Every sh block, in order, as a reader types them."""
    book = BOOKS[name]
    if name in NEEDED and shutil.which(NEEDED[name]) is None:
        pytest.skip(f"{NEEDED[name]} is not installed")
    assert book.scene in SCENES, f"{name}.md names no scene that there is"
    scene = request.getfixturevalue(SCENES[book.scene])
    runbooks.run(book, place, scene, path)


@pytest.mark.parametrize("name", sorted(BOOKS))
def test_that_what_is_not_run_can_be_read(name):
    """Shell can parse it, and wardctl knows every word of it."""
    book = BOOKS[name]
    assert [said for block in book.of_kind("console") for said in runbooks.complaints(block)] == []
    assert {block.kind for block in book.blocks} <= {"sh", "console", "text", "ini", "toml"}


def test_that_every_runbook_is_in_the_list():
    listed = re.findall(r"\]\(([\w-]+)\.md\)", (runbooks.FOLDER / "README.md").read_text())
    assert sorted(listed) == sorted(BOOKS.keys() - {"README"})


def test_that_the_remedies_name_commands_that_there_are():
    """[D01] to [D19] No remedy sends anybody to a command that does not exist."""
    for symptom in SYMPTOMS.values():
        for word in re.findall(r"wardctl ([a-z-]+)", " ".join(symptom.remedies)):
            assert word in command_line._COMMANDS, f"{symptom.code}: wardctl {word}"


def test_that_a_block_that_fails_is_told_with_its_line(place, tmp_path):
    file = tmp_path / "broken.md"
    file.write_text("# Broken\n\n```sh\nexport A=kept\n```\n\n```sh\necho $A\nfalse\n```\n")
    with pytest.raises(AssertionError, match=r"(?s)broken.md:4\n== broken.md:8\nkept\n$"):
        runbooks.run(runbooks.read(file), place, {}, os.environ["PATH"])


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("wardctl doctor --json | head", None),
        ("wardctl cluster start && wardctl migrate run --dsn 'host=a dbname=b'", None),
        ("wardctl bogus", "no bogus"),
        ("wardctl cluster begin", "no begin"),
        ("wardctl cluster destroy --hard", "--hard"),
        ("echo 'open", "unexpected EOF"),
    ],
)
def test_that_a_command_that_is_not_there_is_found(typed, wrong):
    said = runbooks.complaints(runbooks.Block("console", f"$ {typed}\nan answer", 1, 0))
    assert (said == []) if wrong is None else (wrong in said[0])
