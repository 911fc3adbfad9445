"""A cluster of one's own: these tests kill servers and make roles."""

import shutil
import sys
from functools import partial
from itertools import count

import psycopg
import pytest

from ward_app.cli import main as command_line
from ward_app.cli import target
from ward_app.core.environment import Environment
from ward_app.operations import migrate
from ward_app.operations.accounts import system_folder_for
from ward_app.operations.bootstrap import create_database, drop_database, initialise
from ward_app.operations.cluster import private_cluster
from ward_app.operations.data_keys import Vault
from ward_app.operations.installation import name_environment

NEWEST = "newest"
_numbers = count()


@pytest.fixture
def folder(tmp_path):
    """Where a test's cluster goes; nothing of it is left anywhere."""
    yield tmp_path / "cluster"
    shutil.rmtree(system_folder_for(tmp_path / "cluster"), ignore_errors=True)


@pytest.fixture
def cluster(folder):
    """A cluster that is not made yet."""
    cluster = private_cluster(folder, fast_unsafe=True)
    yield cluster
    cluster.destroy()


@pytest.fixture(scope="session")
def spare_server(tmp_path_factory):
    """A running cluster for tests that leave it as they found it."""
    cluster = private_cluster(tmp_path_factory.mktemp("server"), fast_unsafe=True)
    cluster.start()
    yield cluster
    cluster.destroy()


@pytest.fixture
def empty_database(spare_server):
    """The name of an empty database with roles and extensions."""
    name = f"ward_{next(_numbers)}"
    initialise(spare_server.dsn("postgres"), name)
    yield name
    drop_database(spare_server.dsn("postgres"), name)


@pytest.fixture
def dsn(spare_server, empty_database):
    """How the administrator connects to the empty database."""
    return spare_server.dsn(empty_database)


@pytest.fixture(scope="session")
def newest(spare_server):
    """The name of a database with every revision; to copy it takes a fraction of making it."""
    initialise(spare_server.dsn("postgres"), NEWEST)
    migrate.upgrade(spare_server.dsn(NEWEST))
    return NEWEST


@pytest.fixture
def migrated_dsn(spare_server, empty_database, newest):
    """How the administrator connects to the database, once it has every revision."""
    admin = spare_server.dsn("postgres")
    drop_database(admin, empty_database)
    create_database(admin, empty_database, template=newest)
    return spare_server.dsn(empty_database)


@pytest.fixture
def wardctl(monkeypatch, capsys, folder):
    """Run a command for an installation of its own; return status, output and complaints."""
    monkeypatch.setenv("WARD_HOME", str(folder.parent))
    for name in ("DATABASE_URL", "WARD_DATABASE__HOST"):
        monkeypatch.delenv(name, raising=False)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["wardctl", *words])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return run


@pytest.fixture
def at_a_terminal(monkeypatch):
    """Bars are drawn as where a person looks on."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def running(wardctl, monkeypatch):
    """The same with its private cluster started, which a crash of the computer may destroy."""
    monkeypatch.setattr(target, "private_cluster", partial(private_cluster, fast_unsafe=True))
    wardctl("cluster", "start")
    yield wardctl
    wardctl("cluster", "destroy", "--yes", "--destroy-data")


@pytest.fixture
def hospital(migrated_dsn):
    """A migrated database with one hospital, and no workstation left on the server afterwards."""
    name_environment(migrated_dsn, Environment.TEST)
    add_hospital(migrated_dsn, "A")
    yield migrated_dsn
    with psycopg.connect(migrated_dsn, autocommit=True) as connection:
        roles = connection.execute("SELECT rolname FROM pg_roles WHERE rolname ~ '^ws_'")
        for (name,) in roles.fetchall():
            connection.execute(f"DROP ROLE {name}")


def add_hospital(dsn, code):
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "INSERT INTO public.facilities VALUES (gen_random_uuid(), %s, %s, 'Europe/London')",
            (code, f"Hospital {code}"),
        )


@pytest.fixture
def vault(migrated_dsn, empty_database, tmp_path):
    """A hospital without keys, and where its recovery copy will be."""
    name_environment(migrated_dsn, Environment.TEST)
    with psycopg.connect(migrated_dsn) as connection:
        connection.execute(
            "INSERT INTO public.facilities VALUES (gen_random_uuid(), 'A', 'A', 'Europe/London')"
        )
    yield Vault(migrated_dsn, empty_database, tmp_path / "keys" / "copy.txt", log2_cost=10)
    with psycopg.connect(migrated_dsn, autocommit=True) as connection:
        roles = connection.execute("SELECT rolname FROM pg_roles WHERE rolname ~ '^ws_'")
        for (name,) in roles.fetchall():
            connection.execute(f"DROP ROLE {name}")
