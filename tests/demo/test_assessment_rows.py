"""The demo hospital shows pain that falls, a fall, something incomplete, and what is due."""

from __future__ import annotations

from datetime import UTC, datetime

from ward_app.assessments.queries import assessment_chart, ward_dues
from ward_app.audit.service import open_reachable_charts
from ward_app.board.queries import ward_board
from ward_app.board.rules import has_patient
from ward_app.core.database import Actor
from ward_app.demo.assessment_rows import FALLEN_BED, IN_PAIN_BED, INCOMPLETE_BED
from ward_app.demo.hospital import SEVEN_EAST


def test_that_the_ward_has_assessments_and_some_are_overdue(demo_database, demo_sign_in):
    nurse = Actor(demo_sign_in("nurse").token)
    board = demo_database.run(nurse, ward_board, (SEVEN_EAST.id,))
    beds = {bed.bed_label: bed for bed in board.beds if has_patient(bed)}
    demo_database.run(nurse, open_reachable_charts, [bed.patient_id for bed in beds.values()])

    def rows_of(label):
        stay = beds[label].admission_id
        return demo_database.run(nurse, assessment_chart, stay, SEVEN_EAST.id).rows

    pain = [row.score for row in rows_of(IN_PAIN_BED) if row.instrument == "pain_nrs"]
    assert pain == [5, 7, 6, 8]
    assert any(row.instrument == "after_fall" for row in rows_of(FALLEN_BED))
    assert any(not row.complete for row in rows_of(INCOMPLETE_BED))
    dues = demo_database.run(nurse, ward_dues, SEVEN_EAST.id)
    now = datetime.now(UTC)
    late = {(due.admission_id, due.instrument) for due in dues if due.due_at < now}
    assert (beds[IN_PAIN_BED].admission_id, "pain_nrs") in late
    assert (beds[FALLEN_BED].admission_id, "falls") in late
    assert 2 <= len(late) < len(dues)
