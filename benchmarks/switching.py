"""A shared workstation changes hands: from a badge at the reader to the painted screen."""

from __future__ import annotations

from functools import partial
from statistics import median

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from benchmarks.hospital import NURSE, PASSWORD, Hospital
from benchmarks.measure import Figure, once_ms
from benchmarks.painted import PaintWatch, process_until
from ui.program import Program
from ui.workplace import Workplace
from ward_app.core.database import Actor
from ward_app.staff.badge_service import keep_badge_and_pin
from ward_app.staff.service import sign_in

TARGET_MS = 2_000.0
_TURNS = 7
_BADGE, _PIN = "04BE7C4BAD9E", "582047"


def unlocking(hospital: Hospital, program: Program) -> Figure:
    """Time the screen's coming back after badge and PIN; the PIN costs what it costs in use."""
    database = hospital.connect()
    actor = Actor(database.run(None, sign_in, NURSE, PASSWORD).token)
    database.run(actor, keep_badge_and_pin, PASSWORD, _BADGE, _PIN)
    database.close()
    workplace = program.window.workplace
    assert workplace is not None  # noqa: S101 - the caller has signed in
    spent = []
    for _ in range(_TURNS):
        program.lock("Locked by hand.")
        spent.append(once_ms(partial(_unlock, program, workplace)))
    return Figure(
        name="badge and PIN to the painted screen",
        ours_ms=median(spent),
        reference_ms=None,
        reference="2 s, typing not counted",
        target=TARGET_MS,
    )


def _unlock(program: Program, workplace: Workplace) -> None:
    page = program.window.lock_screen
    assert page is not None  # noqa: S101 - the screen was locked
    watch = PaintWatch(workplace)
    page.reader.read.emit(_BADGE)
    QTest.keyClicks(page.pin.password, _PIN)
    QTest.keyClick(page.pin.password, Qt.Key.Key_Return)
    process_until(lambda: not program.window.is_locked and watch.count > 0)
    watch.end()
