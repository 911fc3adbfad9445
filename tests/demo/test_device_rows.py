"""The demo hospital shows devices of many kinds, an inflamed vein and overdue looks."""

from __future__ import annotations

from ward_app.audit.service import open_reachable_charts
from ward_app.board.queries import ward_board
from ward_app.board.rules import has_patient
from ward_app.core.database import Actor
from ward_app.demo.device_rows import (
    DUE_OUT_BED,
    FROM_HOME_BED,
    INFLAMED_BED,
    REPLACED_BED,
    UNKNOWN_BED,
)
from ward_app.demo.hospital import SEVEN_EAST
from ward_app.devices.queries import devices_of


def test_that_the_ward_has_devices_of_every_state(demo_database, demo_sign_in):
    nurse = Actor(demo_sign_in("nurse").token)
    board = demo_database.run(nurse, ward_board, (SEVEN_EAST.id,))
    beds = {bed.admission_id: bed for bed in board.beds if has_patient(bed)}
    demo_database.run(nurse, open_reachable_charts, [bed.patient_id for bed in beds.values()])
    found = demo_database.run(nurse, devices_of, list(beds))
    by_bed = {}
    for device in found:
        by_bed.setdefault(beds[device.admission_id].bed_label, []).append(device)
    assert len(found) > 15
    assert max(device.score or 0 for device in by_bed[INFLAMED_BED]) == 3
    (picc,) = by_bed[FROM_HOME_BED]
    assert picc.inserted_at < picc.first_recorded_at
    assert by_bed[UNKNOWN_BED][0].inserted_at is None
    assert {device.kind for device in by_bed[DUE_OUT_BED]} == {"drain", "nasogastric_tube"}
    removed, placed = sorted(by_bed[REPLACED_BED], key=lambda one: one.removed_at is None)
    assert (removed.removal_reason, placed.removed_at) == ("phlebitis", None)
    # two looks in the register at the same minute would be the same row
    assert len({device.check_id for device in found if device.check_id}) == sum(
        device.check_id is not None for device in found
    )
