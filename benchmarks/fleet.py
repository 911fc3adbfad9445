"""Fleets of workstations at work, direct and through PgBouncer, and how soon they heal."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from rich.console import Console

from benchmarks import hospital
from benchmarks.database import Bench, bench
from benchmarks.fleet_stations import PACE_S, SECONDS, Desk, Worked, work
from benchmarks.hospital import Hospital
from benchmarks.measure import Figure, once_ms, percentile_95
from benchmarks.pooler import PROGRAM, pooled
from ward_app.board.queries import BOARD_SQL, ward_board
from ward_app.core.settings import DatabaseSettings, PoolSettings

SIZES = (8, 64, 200)
PROCESSES = 4
CONNECTIONS = 500
RESTARTS = 7
HEALING_TARGET = 2.0
# one connection does for one person; the fleet's arithmetic is made with four
_POOL = PoolSettings(min=1, max=1)


def figures(made: Hospital) -> list[Figure]:
    """Return the figures of every fleet and of healing."""
    with _room(made):
        found = list(_healing(made))
        found += _fleets(made, "direct", replace(made.settings, pool=_POOL))
        if PROGRAM is not None:
            with pooled(made) as through:
                found += _fleets(made, "through PgBouncer", replace(through, pool=_POOL))
    return found


def _fleets(made: Hospital, way: str, settings: DatabaseSettings) -> Iterator[Figure]:
    desks = _desks(made)
    for size in SIZES:
        Console(stderr=True).print(f"{size} stations, {way} …")
        with bench(made) as reference:
            worked, raw_ms, spent_s = _run(settings, desks[:size], reference)
        yield from _told(f"{size} stations {way}", size, worked, raw_ms, spent_s)


def _told(
    name: str, size: int, worked: list[Worked], raw_ms: list[float], spent_s: float
) -> Iterator[Figure]:
    done = {
        kind: [one for part in worked for one in part.spent_ms[kind]]
        for kind in ("board", "chart", "record")
    }
    failed = [text for part in worked for text in part.failed]
    count = sum(map(len, done.values()))
    heard = sum(part.heard for part in worked) / max(len(done["record"]) * size, 1)
    yield Figure(
        name=f"{name}: {count / spent_s:.1f} works a second, {len(failed)} failed, "
        f"{heard:.0%} heard; ms for one",
        ours_ms=1000 * spent_s / count,
        reference_ms=1000 * PACE_S / size,
        reference="the pace that is asked for",
        target=1.1,
    )
    for kind, spent_ms in done.items():
        for label, share in (("p50", median), ("p95", percentile_95)):
            yield Figure(
                name=f"{name}: {kind} {label}",
                ours_ms=share(spent_ms),
                reference_ms=share(raw_ms),
                reference=f"board's SQL in raw psycopg beside them, {label}",
                target=None,
            )
    for text in failed[:3]:
        Console(stderr=True).print(f"failed: {text}")


def _run(
    settings: DatabaseSettings, desks: list[Desk], reference: Bench
) -> tuple[list[Worked], list[float], float]:
    """Return what the stations did, how long the raw board took beside them, and the seconds."""
    context = multiprocessing.get_context("spawn")
    begin, raw_ms = context.Event(), []
    with ExitStack() as stack:
        ends = []
        for number in range(min(PROCESSES, len(desks))):
            end, other = context.Pipe()
            arguments = (settings, desks[number::PROCESSES], reference.actor, begin, other)
            process = context.Process(target=work, args=arguments)
            process.start()
            other.close()  # or its end would not be noticed
            stack.callback(process.join)
            ends.append(end)
        for end in ends:
            end.recv()
        began = perf_counter()
        begin.set()
        ward: dict[str, Any] = {"ward_ids": [reference.hospital.ward_id]}
        while perf_counter() - began < SECONDS:
            raw_ms.append(once_ms(lambda: reference.raw_transaction(BOARD_SQL, ward)))
            end.poll(0.1)
        spent_s = perf_counter() - began
        worked = [end.recv() for end in ends]
    return worked, raw_ms, spent_s


def _healing(made: Hospital) -> Iterator[Figure]:
    """Yield how long the first read takes whose connections are all dead."""
    for name, breaking in (("restart of the server", _restart), ("loss of all", _end_all)):
        ours, raw = [], []
        for _ in range(RESTARTS):
            with bench(made) as it:
                _use_all(it)
                breaking(it)
                ours.append(once_ms(lambda: it.database.read(it.actor, ward_board, _ward(it))))
                raw.append(once_ms(lambda: _raw_anew(it)))
        yield Figure(
            name=f"first board after {name}, 4 dead connections",
            ours_ms=median(ours),
            reference_ms=median(raw),
            reference="raw psycopg connects anew and reads the same",
            target=HEALING_TARGET,
        )


def _ward(it: Bench) -> tuple[Any]:
    return (it.hospital.ward_id,)


def _use_all(it: Bench) -> None:
    """Have every connection of the pool used, so that every one is there to be lost."""
    with ExitStack() as stack:
        for _ in range(it.hospital.settings.pool.max):
            stack.enter_context(it.database.transaction(None))


def _restart(it: Bench) -> None:
    it.hospital.cluster.stop()
    it.hospital.cluster.start()


def _end_all(it: Bench) -> None:
    with it.hospital.admin() as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s",
            (it.hospital.settings.user,),
        )


def _raw_anew(it: Bench) -> None:
    arguments: dict[str, Any] = {**it.hospital.settings.conninfo()}
    with psycopg.connect(**arguments, password=hospital.STATION_PASSWORD) as connection:
        connection.execute("SELECT auth.prove(%s)", (it.actor.token,))
        connection.execute(BOARD_SQL, {"ward_ids": list(_ward(it))}).fetchall()


def _desks(made: Hospital) -> list[Desk]:
    with made.admin() as admin:
        rows: list[Any] = admin.execute(
            "SELECT ward_id, admission_id, patient_id, row_number() OVER (PARTITION BY ward_id"
            " ORDER BY id) AS place FROM admission.bed_stays WHERE upper_inf(during)"
            " ORDER BY place, ward_id LIMIT %s",
            (max(SIZES),),
        ).fetchall()
    return [Desk(number, *row[:3]) for number, row in enumerate(rows)]


@contextmanager
def _room(made: Hospital) -> Iterator[None]:
    """Let the server take as many connections as the largest fleet has."""
    _allow(made, f"SET max_connections = {CONNECTIONS}")
    try:
        yield
    finally:
        _allow(made, "RESET max_connections")


def _allow(made: Hospital, change: str) -> None:
    with made.admin() as admin:
        admin.execute(f"ALTER SYSTEM {change}")
    made.cluster.stop()
    made.cluster.start()
