"""The ground of the soak: its people, workstations and patients, and the fight itself."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict

import psycopg

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.soak.fighter import Attempt, Orders
from tests.steps import register

PATIENTS = 14
LONGEST_S = 1_800


def station(number: int) -> str:
    return f"ws_soak_{number:02}"


def login(number: int) -> str:
    return f"soak{number:02}"


def enrol(admin_dsn: str, number: int) -> None:
    """Give one fighter a workstation role and a person; every fourth works on East alone."""
    wards = ("east",) if number % 4 == 3 else ("east", "west")
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        if (
            connection.execute(
                "SELECT true FROM pg_roles WHERE rolname = %s", (station(number),)
            ).fetchone()
            is None
        ):
            connection.execute(
                f"CREATE ROLE {station(number)} LOGIN PASSWORD '{STATION_PASSWORD}'"
                " CONNECTION LIMIT 6 IN ROLE ward_client"
            )
    with psycopg.connect(admin_dsn, options="-c role=ward_loader") as connection:
        connection.execute(
            "INSERT INTO public.workstations (id, facility_id, role_name, name)"
            " VALUES (%(id)s, %(facility)s, %(role)s, %(role)s)",
            {
                "id": world.id_of(station(number)),
                "facility": world.id_of("main"),
                "role": station(number),
            },
        )
        person = world.id_of(login(number))
        connection.execute(
            "INSERT INTO public.users (id, facility_id, login, display_name, password_hash)"
            " VALUES (%s, %s, %s, %s, auth.password_hash(%s, 4))",
            (person, world.id_of("main"), login(number), f"Soak {number:02}", world.PASSWORD),
        )
        connection.execute(
            "INSERT INTO public.user_roles SELECT %s, id FROM public.roles WHERE name = 'nurse'",
            (person,),
        )
        for ward in wards:
            connection.execute(
                "INSERT INTO public.user_wards VALUES (%s, %s)", (person, world.id_of(ward))
            )


def patients(database, actor) -> list[str]:
    """Register more people than there are beds."""
    names = [f"Soaked{number:02}" for number in range(PATIENTS)]
    return [str(register(database, actor, name).id) for name in names]


def fight(all_orders: list[Orders]) -> list[Attempt]:
    """Let them all go at once and return every attempt of every one."""
    with ExitStack() as stack:
        processes = [stack.enter_context(_process()) for _ in all_orders]
        stack.callback(_end, processes)
        for process, orders in zip(processes, all_orders, strict=True):
            process.stdin.write(json.dumps(asdict(orders)) + "\n")
            process.stdin.flush()
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        with ThreadPoolExecutor(len(processes)) as threads:
            reports = list(threads.map(_let_go, processes))
    return [Attempt(**json.loads(line)) for report in reports for line in report.splitlines()]


def _process() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.soak.fighter"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _let_go(process: subprocess.Popen[str]) -> str:
    report, _errors = process.communicate("go\n", timeout=LONGEST_S)
    assert process.returncode == 0
    return report


def _end(processes) -> None:
    for process in processes:
        process.kill()
