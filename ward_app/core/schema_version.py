"""The database revision this program was made for."""

from __future__ import annotations

from ward_app.core.errors import SchemaMismatchError

REVISION = "0064"


def check_revision(database_revision: str, oldest_client_revision: str) -> None:
    """Accept a database this program can work with.

    A newer database says itself which clients still may work with it, so that workstations can
    be updated one after the other.

    Raises:
        SchemaMismatchError: the database is older, or too new for this program.
    """
    if database_revision < REVISION:
        raise SchemaMismatchError(
            f"The ward database has an older schema ({database_revision}) than this program "
            f"needs ({REVISION}). IT must run: wardctl migrate run."
        )
    if oldest_client_revision > REVISION:
        raise SchemaMismatchError(
            f"The ward database has a newer schema ({database_revision}) than this program knows "
            f"({REVISION}). IT must update the program on this workstation."
        )
