"""What a workstation asks of the server besides: its ward's copy, and the mark of its own work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from psycopg.conninfo import make_conninfo

from benchmarks.database import Bench
from benchmarks.hospital import STATION_PASSWORD
from benchmarks.measure import Figure, in_turn
from ward_app.board.queries import ward_board
from ward_app.core.database import Database, Transaction
from ward_app.downtime.copy_queries import open_ward_copy, ward_copy_text

_COPIES, _ROUNDS = 30, 300


def figures(it: Bench) -> Iterator[Figure]:
    """Return the figures of both; whoever reads them compares them over time."""
    yield _ward_copy(it)
    yield _mark_of_own_work(it)


def _ward_copy(it: Bench) -> Figure:
    """Return what a copy costs: every workstation takes one a minute."""
    ward_id = it.hospital.ward_id
    it.database.run(it.actor, open_ward_copy, ward_id)
    ours_ms, board_ms = in_turn(
        partial(it.database.run, it.actor, ward_copy_text, ward_id),
        partial(it.database.run, it.actor, ward_board, (ward_id,)),
        rounds=_COPIES,
        warm_up=3,
    )
    return Figure(
        name="copy of a ward for a downtime, 31 beds, 48 h of everything charted",
        ours_ms=ours_ms,
        reference_ms=board_ms,
        reference="the same ward's board",
        target=None,
    )


def _mark_of_own_work(it: Bench) -> Figure:
    """Return what each transaction costs more where reads may go to a replica.

    After its commit it asks how far the log is, so that no replica shows less than one's own work.
    The replica itself is not asked, so that the server may stand for it.
    """
    settings = it.hospital.settings
    address = make_conninfo(host=settings.host, port=settings.port, dbname=settings.name)
    marking = Database.connect(replace(settings, replica_url=address), STATION_PASSWORD)
    try:
        ours_ms, plain_ms = in_turn(
            partial(marking.run, it.actor, _smallest),
            partial(it.database.run, it.actor, _smallest),
            rounds=_ROUNDS,
        )
    finally:
        marking.close()
    return Figure(
        name="smallest transaction where a replica is configured",
        ours_ms=ours_ms,
        reference_ms=plain_ms,
        reference="the same without a replica",
        target=None,
    )


def _smallest(tx: Transaction) -> object:
    return tx.value("SELECT 1")
