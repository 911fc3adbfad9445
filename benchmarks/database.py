"""Board, recording, admit, transfer and discharge against the same work in raw psycopg."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.hospital import LOGIN, PASSWORD, STATION_PASSWORD, Hospital
from benchmarks.measure import Figure, in_turn, once_ms
from ward_app.admissions.service import admit, discharge, transfer
from ward_app.admissions.types import (
    AdmissionSource,
    Destination,
    NewAdmission,
    NewDischarge,
    NewTransfer,
)
from ward_app.board.queries import BOARD_SQL, hospital_board, ward_board
from ward_app.core.database import Actor, Database
from ward_app.core.ids import new_id
from ward_app.observations.pack_queries import scoring_of
from ward_app.observations.service import record_observations
from ward_app.observations.types import Consciousness, NewObservations, VitalSigns
from ward_app.staff.service import sign_in

_PROOF = "SELECT auth.prove(%s)"
BOARD_TARGET, RECORD_TARGET = 1.3, 3.0

# the reference of recording: one row into a table of the same shape, nothing else
_BARE_TABLE = """
CREATE TABLE IF NOT EXISTS public.bare_vital_signs
    (LIKE report.vital_signs INCLUDING INDEXES INCLUDING DEFAULTS);
GRANT INSERT ON public.bare_vital_signs TO ward_client
"""
_BARE_INSERT = """
INSERT INTO public.bare_vital_signs (id, admission_id, patient_id, occurred_at, recorded_at,
    spo2_scale, device_source, status, respiratory_rate_per_min, spo2_percent, on_oxygen,
    systolic_bp_mmhg, pulse_per_min, consciousness, temperature_celsius, score_total)
VALUES (%s, %s, %s, now(), now(), 1, 'bench', 'final', 16, 97, false, 120, 75, 'A', 36.8, 0)
"""


class Bench:
    """A signed-in workstation beside a raw connection with the same session."""

    def __init__(self, hospital: Hospital) -> None:
        self.hospital = hospital
        self.database: Database = hospital.connect()
        self.actor = Actor(self.database.run(None, sign_in, LOGIN, PASSWORD).token)
        station: dict[str, Any] = {**hospital.settings.conninfo(), "password": STATION_PASSWORD}
        self.raw: psycopg.Connection[Any] = psycopg.connect(**station)
        with hospital.admin() as admin:
            admin.execute(_BARE_TABLE)

    def close(self) -> None:
        """Close both connections."""
        self.raw.close()
        self.database.close()

    def raw_transaction(self, statement: str, values: Any) -> list[Any]:
        """Run the same transaction in raw psycopg: begin, proof, statement, commit."""
        self.raw.execute(_PROOF, (self.actor.token,))
        cursor = self.raw.execute(statement, values)
        rows = cursor.fetchall() if cursor.description else []
        self.raw.commit()
        return rows


@contextmanager
def bench(hospital: Hospital) -> Iterator[Bench]:
    """Yield a bench that is closed afterwards."""
    made = Bench(hospital)
    try:
        yield made
    finally:
        made.close()


def boards(it: Bench, rows: str) -> list[Figure]:
    """Return the figures of the ward's and the hospital's board."""
    ward = (it.hospital.ward_id,)
    with it.hospital.admin() as admin:
        found = admin.execute("SELECT array_agg(id ORDER BY name) FROM room.wards").fetchone()
    every_ward: list[UUID] = found[0] if found else []  # type: ignore[assignment] # an array
    figures = []
    for name, ours, ids, rounds in (
        ("ward board, 31 beds", partial(ward_board, ward_ids=ward), list(ward), 200),
        ("hospital board, 1,023 beds", hospital_board, every_ward, 30),
    ):
        ours_ms, raw_ms = in_turn(
            partial(it.database.run, it.actor, ours),
            partial(it.raw_transaction, BOARD_SQL, {"ward_ids": ids}),
            rounds=rounds,
        )
        figures.append(
            Figure(
                name=f"{name}, {rows} sets",
                ours_ms=ours_ms,
                reference_ms=raw_ms,
                reference="same SQL in raw psycopg",
                target=BOARD_TARGET,
            )
        )
    return figures


def recording(it: Bench, rows: str) -> Figure:
    """Return the figure of recording one set."""
    admission_id, patient_id = _somebody(it)
    # the form has read it, and is open while the set is taken
    basis = it.database.run(it.actor, scoring_of, admission_id)
    ours_ms, raw_ms = in_turn(
        lambda: it.database.run(it.actor, record_observations, a_set(admission_id), basis),
        lambda: it.raw_transaction(_BARE_INSERT, (new_id(), admission_id, patient_id)),
        rounds=300,
    )
    return Figure(
        name=f"record one set, {rows} sets",
        ours_ms=ours_ms,
        reference_ms=raw_ms,
        reference="raw single-row insert with proof and commit",
        target=RECORD_TARGET,
    )


_ADMIT = (
    "SELECT * FROM admission.admit(%s, %s, %s, %s, %s, 'home', NULL, NULL, NULL, NULL, true, NULL)"
)
_TRANSFER = "SELECT * FROM admission.transfer(%s, %s, %s, %s, %s, NULL, true)"
_DISCHARGE = "SELECT * FROM admission.discharge(%s, %s, %s, 'home', NULL)"


def steps(it: Bench) -> list[Figure]:
    """Return the figures of admit, transfer and discharge against the same calls in raw psycopg.

    One patient comes to the free bed of one ward, moves to that of another and leaves, by our
    services and in raw psycopg in turn.
    """
    patient_id, places = _newcomer(it)
    cycles = (partial(_by_service, it, patient_id, places), partial(_raw, it, patient_id, places))
    times: list[list[tuple[float, ...]]] = [[], []]
    for _ in range(100):
        for cycle, kept in zip(cycles, times, strict=True):
            kept.append(tuple(once_ms(step) for step in cycle()))
    names = ("admit", "transfer", "discharge")
    return [
        Figure(
            name=name,
            ours_ms=median(cycle[index] for cycle in times[0]),
            reference_ms=median(cycle[index] for cycle in times[1]),
            reference="the same call in raw psycopg",
            target=None,
        )
        for index, name in enumerate(names)
    ]


Places = tuple[tuple[UUID, UUID], tuple[UUID, UUID]]
Steps = Iterator[Callable[[], object]]


def _by_service(it: Bench, patient_id: UUID, places: Places) -> Steps:
    (ward_id, bed_id), (next_ward_id, next_bed_id) = places
    admission = NewAdmission(
        id=new_id(),
        patient_id=patient_id,
        ward_id=ward_id,
        bed_id=bed_id,
        admitted_at=datetime.now(UTC),
        source=AdmissionSource.HOME,
        specialty=None,
        consultant=None,
        reason=None,
        expected_discharge_on=None,
        accept_not_clean=True,
    )
    yield partial(it.database.run, it.actor, admit, admission)
    move = NewTransfer(
        id=new_id(),
        admission_id=admission.id,
        ward_id=next_ward_id,
        bed_id=next_bed_id,
        occurred_at=datetime.now(UTC),
        reason=None,
        accept_not_clean=True,
    )
    yield partial(it.database.run, it.actor, transfer, move)
    leaving = NewDischarge(
        id=new_id(),
        admission_id=admission.id,
        occurred_at=datetime.now(UTC),
        destination=Destination.HOME,
        note=None,
    )
    yield partial(it.database.run, it.actor, discharge, leaving)


def _raw(it: Bench, patient_id: UUID, places: Places) -> Steps:
    admission_id, (here, there) = new_id(), places
    now = datetime.now(UTC)
    yield partial(it.raw_transaction, _ADMIT, (admission_id, patient_id, *here, now))
    now = datetime.now(UTC)
    yield partial(it.raw_transaction, _TRANSFER, (new_id(), admission_id, *there, now))
    now = datetime.now(UTC)
    yield partial(it.raw_transaction, _DISCHARGE, (new_id(), admission_id, now))


def _newcomer(it: Bench) -> tuple[UUID, Places]:
    """Return a patient who is not in hospital, and the free beds of two wards."""
    with it.hospital.admin() as admin:
        patient = admin.execute(
            "SELECT patient_id FROM admission.admissions WHERE discharged_at IS NOT NULL LIMIT 1"
        ).fetchone()
        beds: Any = admin.execute(
            "SELECT d.ward_id, d.id FROM room.beds d WHERE NOT EXISTS (SELECT FROM"
            " admission.bed_stays b WHERE b.bed_id = d.id AND upper_inf(b.during))"
            " ORDER BY d.ward_id LIMIT 2"
        ).fetchall()
    assert patient  # noqa: S101 - the bench hospital has thousands
    return patient[0], (beds[0], beds[1])  # type: ignore[return-value] # ids


def _somebody(it: Bench) -> tuple[UUID, UUID]:
    with it.hospital.admin() as admin:
        row: Any = admin.execute(
            "SELECT admission_id, patient_id FROM admission.bed_stays WHERE upper_inf(during)"
            " ORDER BY id LIMIT 1"
        ).fetchone()
    return row[0], row[1]


def a_set(admission_id: UUID) -> NewObservations:
    """Return a new set of a stay."""
    return NewObservations(
        id=new_id(),
        admission_id=admission_id,
        occurred_at=datetime.now(UTC),
        vital_signs=VitalSigns(
            respiratory_rate_per_min=16,
            spo2_percent=97,
            on_oxygen=False,
            systolic_bp_mmhg=120,
            diastolic_bp_mmhg=80,
            pulse_per_min=75,
            consciousness=Consciousness.ALERT,
            temperature_celsius=Decimal("36.8"),
        ),
    )
