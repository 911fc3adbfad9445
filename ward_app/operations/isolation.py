"""The proof that wards are kept apart: a test nurse signs in here and looks where she may not."""

from __future__ import annotations

from collections.abc import Iterator

from ward_app.core.database import Actor, Database, Transaction
from ward_app.operations.findings import Finding, Level
from ward_app.staff.service import sign_in, sign_out

_ABOUT = "Wards kept apart"
_OTHERS = "SELECT array_agg(id) FROM room.wards WHERE NOT id = ANY (auth.ward_ids())"
# what is counted there, in words, and how; each must come to nothing
_FORBIDDEN = {
    "patients on the board of other wards": (
        "SELECT count(*) FROM report.ward_board(%(others)s) WHERE patient_id IS NOT NULL"
    ),
    "stays on other wards": (
        "SELECT count(*) FROM admission.bed_stays WHERE ward_id = ANY (%(others)s)"
        " AND NOT EXISTS (SELECT FROM admission.bed_stays mine"
        "                 WHERE mine.patient_id = bed_stays.patient_id"
        "                 AND mine.ward_id = ANY (auth.ward_ids()))"
    ),
    "patients of other wards": (
        "SELECT count(*) FROM patient.patients p WHERE NOT EXISTS ("
        " SELECT FROM admission.bed_stays mine WHERE mine.patient_id = p.id"
        " AND mine.ward_id = ANY (auth.ward_ids()))"
    ),
    "sets of charts nobody opened": "SELECT count(*) FROM report.vital_signs",
    "notes of charts nobody opened": "SELECT count(*) FROM report.nursing_notes",
}


def prove(database: Database, login: str, password: str) -> list[Finding]:
    """Sign a test nurse in at this workstation, count what she may not read, sign her out.

    Raises:
        WardError: she cannot sign in; the sentence says why.
    """
    actor = Actor(database.run(None, sign_in, login, password).token)
    try:
        return database.run(actor, _looked)
    finally:
        database.run(actor, sign_out)


def _looked(tx: Transaction) -> list[Finding]:
    others = tx.value(_OTHERS)
    if not others or not tx.value("SELECT auth.ward_ids()"):
        words = "The test nurse works on every ward, or on none: that proves nothing."
        return [Finding(_ABOUT, Level.WARNING, words, "Give her one ward of several.")]
    leaks = list(_leaks(tx, others))
    if leaks:
        return leaks
    words = f"A nurse of this ward reads nothing of {len(others)} others, and no closed chart."
    return [Finding(_ABOUT, Level.GOOD, words)]


def _leaks(tx: Transaction, others: list[object]) -> Iterator[Finding]:
    for what, counted in _FORBIDDEN.items():
        found = tx.value(counted, {"others": others})
        if found:
            yield Finding(
                _ABOUT,
                Level.ERROR,
                f"The test nurse reads {found} {what}.",
                "Keep people off until IT knows why: row security or the schema was changed.",
                "WDB-701",
            )
