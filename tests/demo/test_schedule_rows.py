"""The demo hospital shows a set put off and a patient on leave."""

from __future__ import annotations

import psycopg

from ward_app.demo.hospital import SEVEN_EAST
from ward_app.demo.schedule_rows import ASLEEP_BED, AWAY_BED

REASONS = """
SELECT d.label, s.due_reason FROM room.wards w
CROSS JOIN LATERAL report.latest_scores(w.id) s
JOIN admission.bed_stays b ON b.admission_id = s.admission_id AND upper_inf(b.during)
JOIN room.beds d ON d.id = b.bed_id WHERE w.code = %s
"""


def test_that_one_patient_is_asleep_and_one_on_leave(demo_dsn):
    with psycopg.connect(demo_dsn) as connection:
        reasons = dict(connection.execute(REASONS, (SEVEN_EAST.code,)).fetchall())
    assert (reasons[ASLEEP_BED], reasons[AWAY_BED]) == ("deferred", "paused")
