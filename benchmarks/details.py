"""What encryption adds to opening a patient: log, board row, chart, and the protected details."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from benchmarks.database import Bench
from benchmarks.hospital import DATABASE, STATION
from benchmarks.measure import Figure, in_turn
from ward_app.audit.service import open_chart
from ward_app.board.queries import ward_board
from ward_app.core.database import Transaction
from ward_app.core.ids import new_id
from ward_app.core.places import places
from ward_app.core.station_keys import StationKeys
from ward_app.observations.queries import observation_chart
from ward_app.operations import data_keys, workstations
from ward_app.operations.data_keys import Vault
from ward_app.patients.detail_queries import DETAILS_SQL, read_details
from ward_app.patients.detail_service import record_details
from ward_app.patients.types import DetailEntry, ProtectedField

TARGET = 1.05
_ROUNDS = 200
_PASSPHRASE = "bench bench bench bench"  # noqa: S105 - of keys made for this run
_VALUES = {
    ProtectedField.NATIONAL_ID: "999 123 4567",
    ProtectedField.INSURANCE_NUMBER: "MUT-00421337",
    ProtectedField.ADDRESS: "12 Linden Road\nNorthfield",
    ProtectedField.MEDICAL_HISTORY: "Hypertension since 2011. " * 80,
}


def opening(it: Bench) -> Figure:
    """Return the figure of opening a patient with all four details, of 2,000 letters together."""
    keys = _keys(it)
    patient_id, admission_id = _somebody(it)
    entry = DetailEntry(id=new_id(), patient_id=patient_id, version=1, values=_VALUES)
    it.database.run(it.actor, record_details, keys, entry)

    def opened(read: Callable[..., Any], *args: object) -> None:
        it.database.run(it.actor, open_chart, patient_id)
        it.database.run(it.actor, ward_board, (it.hospital.ward_id,))
        it.database.run(it.actor, observation_chart, admission_id)
        it.database.run(it.actor, read, *args)

    ours_ms, plain_ms = in_turn(
        lambda: opened(read_details, keys, patient_id),
        lambda: opened(_read_plain, patient_id),
        rounds=_ROUNDS,
    )
    return Figure(
        name="patient opened, protected details read",
        ours_ms=ours_ms,
        reference_ms=plain_ms,
        reference="the same reads, nothing decrypted",
        target=TARGET,
    )


def _read_plain(tx: Transaction, patient_id: UUID) -> None:
    tx.tuples(DETAILS_SQL, (patient_id,))


def _keys(it: Bench) -> StationKeys:
    """Give the bench's workstation keys made for this run."""
    dsn = it.hospital.cluster.dsn(DATABASE)
    private_key = workstations.give_private_key(dsn, STATION, database=DATABASE)
    vault = Vault(dsn, DATABASE, places().data_dir / "bench-keys.txt", log2_cost=10)
    vault.file.unlink(missing_ok=True)
    data_keys.generate(vault, _PASSPHRASE)
    vault.file.unlink()
    return StationKeys(STATION, private_key)


def _somebody(it: Bench) -> tuple[UUID, UUID]:
    with it.hospital.admin() as admin:
        row: Any = admin.execute(
            "INSERT INTO patient.patient_details (patient_id) SELECT patient_id"
            " FROM admission.bed_stays WHERE upper_inf(during) AND ward_id = %s ORDER BY id LIMIT 1"
            " RETURNING patient_id, (SELECT admission_id FROM admission.bed_stays b"
            " WHERE b.patient_id = patient_details.patient_id)",
            (it.hospital.ward_id,),
        ).fetchone()
    return row[0], row[1]
