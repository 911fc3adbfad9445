"""The auditor: who opened a patient's chart, and whose sign-in failed."""

from __future__ import annotations

from ui.audit.trail_panel import TrailPanel
from ui.demo.signing_in import sign_in_as
from ui.demo.walk import Walk
from ward_app.demo.staff import AUDITOR


def who_saw_this_patient(walk: Walk) -> None:
    """From an opened chart, one key leads to everybody who opened it; that is on record too."""
    before = walk.workplace.context.signed_in.login
    sign_in_as(walk, AUDITOR)
    trail = trail_of(walk)
    charts = [row for row in trail.rows.rows if row.patient_id is not None]
    walk.expect(charts, "no chart was opened in seven days")
    for _ in range(trail.rows.rows.index(charts[0])):
        walk.hands.press("Down")
    walk.hands.press("I")
    wanted = charts[0].mrn
    walk.until(
        lambda: trail.rows.rows and {row.mrn for row in trail.rows.rows} == {wanted},
        "other patients are shown too",
    )
    walk.note(f"{len(trail.rows.rows)} openings of this chart")
    walk.picture("audit-who-saw")
    walk.hands.press("X")
    walk.hands.press("6")
    walk.until(
        lambda: trail.rows.rows and not any(row.succeeded for row in trail.rows.rows),
        "the sign-in that failed at the beginning is not on record",
    )
    walk.picture("audit-failed-sign-ins")
    walk.hands.press("1")
    walk.hands.press("U")
    walk.hands.type(AUDITOR)
    walk.hands.press("Return")
    walk.until(
        lambda: any(row.kind == "audit" for row in trail.rows.rows),
        "what the auditor asked is not on record",
    )
    walk.picture("audit-of-the-auditor")
    sign_in_as(walk, before)


def trail_of(walk: Walk) -> TrailPanel:
    """Return the audit trail once it has been read."""
    trail = walk.workplace.panel
    assert isinstance(trail, TrailPanel)  # noqa: S101 - the auditor has no other screen
    walk.until(lambda: trail.rows.rows, "nothing is on record")
    return trail
