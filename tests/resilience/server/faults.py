"""What may befall a server and the way to it, each with what a nurse may be told of it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psycopg

from tests import world
from tests.server_files import put_certificate, reload
from ward_app.core.errors import (
    DatabaseUnavailableError,
    NotPermittedError,
    RuleBrokenError,
    SignInRequiredError,
    TlsError,
    WardError,
)

UNREACHABLE = "cannot be reached. Nothing was saved; what you typed is kept"
NO_ANSWER = "did not answer. Nothing was saved; what you typed is kept"
UNKNOWN = "not known whether it was. Save again: nothing will be there twice"
NO_PLACE = "has no place for another connection"
DISK_FULL = "no room left on its disk. Nothing was saved; what you typed is kept"
READ_ONLY = "can only be read just now. Nothing was saved; what you typed is kept"
SIGNED_OUT = "You have been signed out"
# the session ended between its proof and what was to be saved
NOT_YOURS = "This patient is not on one of your wards any more"
IN_FUTURE = "time of the observations lies in the future. Check it"
EXPIRED = "certificate cannot be trusted: another authority signed it than the one"

PATIENT_S, HASTY_S = (5, 60), (4, 4)
LATE_S = 0.02
HOUR_S = 3_600
# as large as a page of a table: less is of no use to the server
BLOCK_BYTES = 8192
FLEET = "ws_soak_%"
A_NEW_FILE_OF_THE_LOG = """
SELECT pg_switch_wal() FROM pg_logical_emit_message(true, 'tests', 'something to write')
"""
# the connection that asks is there only while it does
FREE_PLACES = """
SELECT current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int - count(*) + 1
FROM pg_stat_activity WHERE backend_type = 'client backend'
"""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, and how it ends.

    Attributes:
        told: parts of the sentences a nurse may read meanwhile; none: nobody is to notice.
        is_felt: whether each of them must be told before it ends.
        is_sure: whether who saves once is told: on a full disk a little may still find room.
        route: how the workstations reach the server.
        waits_s: how long they wait for a connection and for an answer.
        endures: what they try again after.
    """

    strike: Callable[[object], None]
    heal: Callable[[object], None]
    told: tuple[str, ...]
    is_felt: bool = True
    is_sure: bool = True
    route: str = "socket"
    waits_s: tuple[int, int] = PATIENT_S
    endures: tuple[type[WardError], ...] = (DatabaseUnavailableError,)


def _restart(line) -> None:
    line.server.stop()
    line.server.start()


def _crowd(line) -> None:
    """Take every place of the server, also those the workstations had."""
    server = line.server
    # else one of theirs slips in wherever a place becomes free
    server.ask(f"ALTER DATABASE {server.name} CONNECTION LIMIT 0")
    _cut_off(line)
    [(places,)] = server.ask(FREE_PLACES)
    for _ in range(places):
        line.crowd.append(psycopg.connect(server.cluster.dsn("postgres")))
    server.ask(f"ALTER DATABASE {server.name} CONNECTION LIMIT -1")


def _disperse(line) -> None:
    while line.crowd:
        line.crowd.pop().close()


def _cut_off(line) -> None:
    for station in FLEET, world.STATIONS[0]:
        line.server.cut_off(station)


def _fill(line) -> None:
    """Take what is left of the disk, as the server finds it."""
    with suppress(OSError), line.filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(BLOCK_BYTES))


def _fill_log(line) -> None:
    """Take the room that the log of changes needs, and have it grow until the server ends."""
    _fill(line)
    dsn = line.server.cluster.dsn("postgres")
    with suppress(psycopg.OperationalError), psycopg.connect(dsn, autocommit=True) as admin:
        while True:
            admin.execute(A_NEW_FILE_OF_THE_LOG)


def _empty_log(line) -> None:
    line.filler.unlink()
    line.server.start()


def _let_expire(line) -> None:
    show(line, expired=True)
    _cut_off(line)


def show(line, *, expired=False) -> None:
    """Let the server show another certificate to whoever comes from now on."""
    put_certificate(
        line.server.cluster.data_dir,
        line.authority.certificate("localhost", is_server=True, expired=expired),
    )
    reload(line.server.cluster.dsn("postgres"))


def _quiet(line) -> None:
    line.proxy.is_silent = True


def _audible(line) -> None:
    line.proxy.is_silent = False


def _slow(line) -> None:
    line.proxy.delay_s = LATE_S


def _quick(line) -> None:
    line.proxy.delay_s = 0


def _lose_answers(line) -> None:
    line.proxy.answers_to_lose = line.stations


def _set_clock(off_s):
    return lambda line: line.clock.set(off_s)


def _fail_over(line) -> None:
    """Kill the server that takes changes, and let the other take over."""
    line.server.kill()
    line.standby.promote()
    line.server.cluster = line.standby.cluster


def _nothing(_line) -> None:
    pass


FAULTS = {
    "killed": Fault(
        lambda line: line.server.kill(),
        lambda line: line.server.start(),
        (UNREACHABLE, UNKNOWN),
        waits_s=(2, 60),
    ),
    "restarted": Fault(_restart, _nothing, (UNREACHABLE, UNKNOWN), is_felt=False),
    "out of connections": Fault(_crowd, _disperse, (NO_PLACE, UNKNOWN)),
    "out of disk": Fault(
        _fill,
        lambda line: line.filler.unlink(),
        (DISK_FULL,),
        is_sure=False,
        route="small disk",
    ),
    "out of disk for the log": Fault(
        _fill_log,
        _empty_log,
        (UNREACHABLE, UNKNOWN, DISK_FULL),
        route="small log",
        waits_s=(2, 60),
    ),
    "read-only": Fault(
        lambda line: line.server.set(default_transaction_read_only="on"),
        lambda line: line.server.set(default_transaction_read_only=None),
        (READ_ONLY,),
    ),
    "frozen": Fault(
        lambda line: line.server.freeze(signal.SIGSTOP),
        lambda line: line.server.freeze(signal.SIGCONT),
        (UNREACHABLE, NO_ANSWER, UNKNOWN),
        waits_s=HASTY_S,
    ),
    "slow": Fault(_slow, _quick, (), is_felt=False, route="proxy"),
    "half-open": Fault(
        _quiet,
        _audible,
        (UNREACHABLE, NO_ANSWER, UNKNOWN),
        route="proxy",
        waits_s=HASTY_S,
    ),
    "lost answers": Fault(_lose_answers, _nothing, (UNKNOWN,), is_felt=False, route="proxy"),
    "certificate expired": Fault(
        _let_expire,
        show,
        (EXPIRED, UNKNOWN),
        route="tls",
        endures=(DatabaseUnavailableError, TlsError),
    ),
    "clock an hour ahead": Fault(
        _set_clock(HOUR_S),
        _set_clock(0),
        (SIGNED_OUT, NOT_YOURS),
        route="own clock",
        endures=(DatabaseUnavailableError, SignInRequiredError, NotPermittedError),
    ),
    "clock an hour behind": Fault(
        _set_clock(-HOUR_S),
        _set_clock(0),
        (IN_FUTURE,),
        route="own clock",
        endures=(DatabaseUnavailableError, RuleBrokenError),
    ),
    "standby promoted": Fault(
        _fail_over,
        _nothing,
        (UNREACHABLE, UNKNOWN),
        is_felt=False,
        route="two servers",
    ),
}
