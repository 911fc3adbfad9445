"""A standby of the tests' own server, made with the commands of docs/replicas.md."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from pathlib import Path

import psycopg

from tests import server_files
from tests.resilience.server.waiting import until
from ward_app.operations import accounts
from ward_app.operations.cluster import Cluster, ClusterState, private_cluster

GUIDE = Path("docs/replicas.md")
REPLICATION_PASSWORD = "replication-for-tests-only"  # noqa: S105 - of throw-away clusters
_WAITED_FOR = "SELECT application_name, sync_state FROM pg_stat_replication"
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def commands(heading: str) -> list[list[str]]:
    """Return the commands of each block below a heading of the guide."""
    [part] = [
        part for part in GUIDE.read_text().split("\n## ") if part.partition("\n")[0] == heading
    ]
    return [
        [line for line in block.splitlines() if not line.startswith("export ")]
        for block in _BLOCK.findall(part)
    ]


def run(lines: list[str], cluster: Cluster, **environment: str) -> None:
    """Run commands of the guide as the account of the server; each must do well.

    In a session of its own: what asks for a password takes it from there, not from a terminal.
    """
    entry = pwd.getpwnam(cluster.account)
    as_other = accounts.is_root()
    for line in lines:
        done = subprocess.run(
            ["bash", "-ec", line],  # noqa: S607 - the guide is written for bash
            cwd="/",
            env={
                "PATH": f"{cluster.bin_dir}:{os.environ['PATH']}",
                "LC_ALL": "C",
                "HOME": entry.pw_dir,
                **environment,
            },
            input=f"{REPLICATION_PASSWORD}\n" * 2,
            capture_output=True,
            text=True,
            check=False,
            user=entry.pw_uid if as_other else None,
            group=entry.pw_gid if as_other else None,
            start_new_session=True,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def let_standbys_in(primary: Cluster) -> None:
    """Do on the primary what the guide says, through its socket instead of the network.

    Its own `pg_hba.conf` is written anew at each start, so the lines go into a file beside it.
    """
    hba = primary.data_dir / "replicated_hba.conf"
    server_files.put(primary.data_dir, primary.data_dir / "pg_hba.conf", hba.name)
    server_files.append(primary.data_dir, "postgresql.conf", f"hba_file = '{hba}'\n")
    primary.stop()
    primary.start()
    [on_primary, _] = commands("Make the standby")
    lines = [_on_socket(line) for line in on_primary]
    run(
        lines,
        primary,
        PGHOST=str(primary.socket_dir),
        PGUSER="ward_admin",
        PRIMARY_DATA=str(primary.data_dir),
    )


def _on_socket(line: str) -> str:
    there = line.replace("hostssl", "local").replace("10.20.0.12/32 ", "")
    return there.replace("pg_hba", "replicated_hba")


def _in_a_hurry(line: str) -> str:
    # a standby of tests need not outlive a power cut
    return line.replace("pg_basebackup ", "pg_basebackup --no-sync ")


def let_saves_wait(primary: Cluster, slot: str) -> None:
    """Tell nobody "saved" from now on before the standby of that name has it too."""
    lines = commands("Saved on two servers before it is told to be saved")[0]
    there = {"PGHOST": str(primary.socket_dir), "PGUSER": "ward_admin"}
    run([line.replace("ward_standby_a", slot) for line in lines], primary, **there)
    with psycopg.connect(primary.dsn("postgres"), autocommit=True) as admin:
        until(lambda: admin.execute(_WAITED_FOR).fetchall() == [(slot, "quorum")])


class Standby:
    """A second server that follows the first; it may be promoted."""

    def __init__(
        self, folder: Path, primary: Cluster, slot: str, *, fast_unsafe: bool = False
    ) -> None:
        self.cluster = private_cluster(folder / "cluster", fast_unsafe=fast_unsafe)
        self.primary = primary
        self.slot = slot

    def make(self) -> None:
        """Copy the primary and begin to follow it."""
        accounts.private_folder(self.cluster.data_dir.parent, self.cluster.account)
        [_, on_standby] = commands("Make the standby")
        run(
            [_in_a_hurry(line).replace("ward_standby", self.slot) for line in on_standby],
            self.cluster,
            PGHOST=str(self.primary.socket_dir),
            PGUSER="ward_replication",
            PGPASSWORD=REPLICATION_PASSWORD,
            PGAPPNAME=self.slot,
            STANDBY_DATA=str(self.cluster.data_dir),
        )
        quick = "wal_retrieve_retry_interval = '100ms'\n"
        server_files.append(self.cluster.data_dir, "postgresql.conf", quick)
        self.cluster.start()

    def promote(self) -> None:
        """Make it the primary, as the guide says."""
        [lines] = commands("When the primary is lost")
        run(lines, self.cluster, STANDBY_DATA=str(self.cluster.data_dir))

    def ask(self, name: str, question: str, *parameters):
        """Return the rows of a statement, as the administrator."""
        with psycopg.connect(self.cluster.dsn(name), autocommit=True) as admin:
            return admin.execute(question, parameters).fetchall()

    def come_back(self, new_primary: Cluster) -> None:
        """Follow the server that took over, as the guide says of an old primary."""
        on_new, on_old = commands("Bring the old primary back as the standby")
        there = str(new_primary.socket_dir)
        run(
            [line.replace("ward_standby", self.slot) for line in on_new],
            new_primary,
            PGHOST=there,
            PGUSER="ward_admin",
        )
        run(
            [
                line.replace("ward_standby", self.slot).replace("db2.example", there)
                for line in on_old
            ],
            self.cluster,
            PRIMARY_DATA=str(self.cluster.data_dir),
            PGPASSWORD=REPLICATION_PASSWORD,
            PGAPPNAME=self.slot,
        )
        self.cluster.start()

    def remove(self) -> None:
        """Take it away, and its slot from the primary where that still runs."""
        self.cluster.destroy()
        self.give_slot_back()

    def give_slot_back(self) -> None:
        """Let the primary, where that still runs, keep nothing for it any more."""
        if self.primary.status() is not ClusterState.RUNNING:
            return
        with psycopg.connect(self.primary.dsn("postgres"), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                " WHERE slot_name = %s AND NOT active",
                (self.slot,),
            )
