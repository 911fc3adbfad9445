"""Which scores the demo hospital uses, a recorded pregnancy, and a decision on a score."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ward_app.demo.building_rows import FACILITY_ID
from ward_app.demo.charts import MATERNAL
from ward_app.demo.hospital import id_of
from ward_app.demo.load import Load
from ward_app.demo.loader import Connection
from ward_app.demo.staff import charting_staff
from ward_app.demo.stays import Stay

_PACK_ID = "SELECT id FROM report.score_packs WHERE name = %s ORDER BY recorded_at DESC LIMIT 1"


def add_maternal_score(load: Load, connection: Connection) -> None:
    """Let the demo hospital use the maternal criteria; their sign-off is as invented as it is."""
    [pack_id] = connection.execute(_PACK_ID, (MATERNAL,)).fetchall()[0]
    load.add(
        "report.score_pack_uses",
        id=id_of("score pack use", MATERNAL),
        facility_id=FACILITY_ID,
        pack_id=pack_id,
        use="live",
        signed_off_by="Invented, for the demo hospital alone",
        reason="To be looked at, not for care",
        set_by="Demo hospital",
    )


def add_scoring(load: Load, stays: Iterable[Stay], now: datetime) -> None:
    """Add what was recorded of a pregnancy, and who decided on which score, at the admission."""
    for stay in stays:
        by = charting_staff(stay.ward.code)[0].id
        days = stay.case.pregnancy
        if days is not None:
            load.add(
                "patient.pregnancies",
                id=id_of("pregnancy", stay.admission_id),
                patient_id=stay.patient_id,
                admission_id=stay.admission_id,
                status="ended" if days else "pregnant",
                ended_on=now.date() - timedelta(days=days) if days else None,
                occurred_at=stay.admitted_at,
                recorded_at=stay.admitted_at,
                recorded_by=by,
            )
        if stay.case.decided_pack is not None:
            load.add(
                "report.score_pack_decisions",
                id=id_of("score pack decision", stay.admission_id),
                admission_id=stay.admission_id,
                pack=stay.case.decided_pack,
                decided_by=stay.ward.consultants[0],
                reason="An adult by appearance; the date of birth is not known",
                occurred_at=stay.admitted_at,
                recorded_at=stay.admitted_at,
                recorded_by=by,
            )
