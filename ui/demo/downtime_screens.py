"""Screens of what a downtime left: charted elsewhere without the server, then for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from PySide6.QtCore import Qt

from ui.demo.walk import Walk
from ui.downtime.joint import DOWNTIME
from ui.downtime.panel import DowntimePanel
from ui.downtime.settle_sheet import SettleSheet
from ui.staff.front_door import Entry
from ward_app.core.ids import new_id
from ward_app.downtime.charting import charted
from ward_app.downtime.outbox import Outbox
from ward_app.downtime.service import append_all, author_of, replay
from ward_app.notes.service import sign_note
from ward_app.notes.types import NewNote, NoteKind, Section

_BEDS = ("1", "3")
_WORDS = ("Walked to the bathroom with help.", "Slept badly, pain better since two o'clock.")
_SEEN = timedelta(minutes=20)


def listed(walk: Walk) -> None:
    """What needs a person, with what was charted."""
    left_by_a_colleague(walk)


def setting_aside(walk: Walk) -> None:
    """An entry is kept out of the chart, with a reason."""
    left_by_a_colleague(walk)
    walk.hands.press("S")
    walk.sheet(SettleSheet)


def left_by_a_colleague(walk: Walk) -> DowntimePanel:
    """Have a colleague chart what somebody changed meanwhile; return the list that shows it."""
    walk.workplace.show_panel(DOWNTIME)
    panel = walk.workplace.panel_of(DOWNTIME)
    assert isinstance(panel, DowntimePanel)  # noqa: S101 - made by its own spec
    stays = [walk.stored(label).admission_id for label in _BEDS]
    notes = [_note(stay, words) for stay, words in zip(stays, _WORDS, strict=True) if stay]
    colleague = walk.colleague
    for note in notes:
        colleague.ask(sign_note, note)
    colleague.elsewhere(partial(_chart_otherwise, colleague.entry, colleague.role, notes))
    panel.refresh()
    walk.until(lambda: any(line.needs_a_person for line in panel.lines), "nothing was left")
    walk.until(lambda: not walk.workplace.context.work.is_busy, "the list was not read")
    panel.table.setFocus(Qt.FocusReason.OtherFocusReason)
    # those that need a person stand first
    walk.hands.press("Ctrl+Home Return")
    walk.until(lambda: panel.chosen and panel.said_of(panel.chosen), "it does not say what")
    return panel


def _note(admission_id: UUID, words: str) -> NewNote:
    return NewNote(
        id=new_id(),
        admission_id=admission_id,
        kind=NoteKind.PROGRESS,
        title="Progress",
        sections=(Section("", words),),
        occurred_at=datetime.now(UTC) - _SEEN,
    )


def _chart_otherwise(entry: Entry, station: str, notes: list[NewNote]) -> None:
    """Chart the same notes with a word more at a workstation without the server, and send them."""
    author = author_of(entry.signed_in, station)
    with TemporaryDirectory() as folder:
        outbox = Outbox(Path(folder), bytes(32))
        for note in notes:
            more = replace(note, sections=(*note.sections, Section("", "Family told.")))
            done = charted(author, entry.actor, datetime.now(UTC), sign_note, more)
            append_all(outbox, author, done.entries)
        replay(entry.database, outbox)


SCREENS = (
    ("downtime", listed),
    ("downtime-set-aside", setting_aside),
)
