"""The demo's own data keys: made without a question, sealed by the password everybody knows."""

from __future__ import annotations

from pathlib import Path

from ward_app.core.data_keys import KeyRing
from ward_app.core.errors import NotPermittedError, WardError
from ward_app.core.field_cipher import FieldCipher
from ward_app.demo.staff import PASSWORD
from ward_app.operations import data_keys, installation
from ward_app.operations.cluster import Cluster
from ward_app.operations.data_keys import Vault

# the passphrase is published, so nothing is gained by making it slow to try others
_LOG2_COST = 10


def demo_vault(cluster: Cluster, database: str) -> Vault:
    """Return the demo's database with the place of its recovery copy: beside the data folder.

    Not in it: a base backup reads every file there, and would carry the keys along.
    """
    file = cluster.keys_dir / f"demo-keys-{database}.txt"
    _take_over(cluster.data_dir / file.name, file)
    return Vault(cluster.dsn(database), database, file, log2_cost=_LOG2_COST)


def make_keys(vault: Vault) -> KeyRing:
    """Return the demo's keys, made now if the database has none.

    Raises:
        NotPermittedError: the database is not for demo, development or test, or has keys of
            its own: nobody else's are sealed by a published password.
    """
    named = installation.environment(vault.dsn)
    if named is None or not named.is_disposable:
        raise NotPermittedError("The demo's keys are for databases without real patients.")
    known, _ = data_keys.known(vault.dsn, database=vault.database)
    if not known:
        # of a database that was dropped since
        vault.file.unlink(missing_ok=True)
        data_keys.generate(vault, PASSWORD)
    return data_keys.opened(vault, PASSWORD)


def demo_cipher(cluster: Cluster, database: str) -> FieldCipher:
    """Return what encrypts the details of the demo's patients; makes its keys if need be."""
    return FieldCipher(make_keys(demo_vault(cluster, database)))


def give_keys(vault: Vault) -> bool:
    """Give every workstation of the demo its keys; return whether they could be given.

    Without them the program works on and says what cannot be read.
    """
    try:
        make_keys(vault)
        data_keys.wrap(vault, PASSWORD)
    except WardError:
        return False
    return True


def _take_over(earlier: Path, file: Path) -> None:
    """Move the copy to its place from where earlier versions of the program kept it."""
    if earlier.exists() and not file.exists():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        earlier.replace(file)
