"""Puts what a downtime left on the rail, counts it there, and leads into the forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from ui.background import Reply
from ui.context import Context, Place
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec, Workplace
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.downtime.panel import DowntimePanel
    from ward_app.board.types import BoardBed
    from ward_app.downtime.reconciliation import Line
    from ward_app.downtime.types import QueuedEntry
    from ward_app.rounding.types import Template

DOWNTIME = "downtime"
_THEN = "then settle it in Downtime with Shift+E."
_BY_HAND = f"This checklist could not be read. Answer it here, {_THEN}"
_ANSWERED = f"You answered this round here and have not saved it. Save it first, {_THEN}"
_FILLED = f"Filled in as it was charted. Check each answer, save with Ctrl+Enter, {_THEN}"
ROUNDS = "rounds"
# after the first answer: board, alerts and messages come before it
_AFTER_MS = 700


def _downtime_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.downtime.panel import DowntimePanel

    ladder = context.work.ladder
    outbox = ladder.outbox if ladder is not None else None
    return DowntimePanel(context, place, parent, outbox=outbox)


DOWNTIME_SPEC = PanelSpec(
    key=DOWNTIME,
    word="Downtime",
    icon="downtime",
    make=_downtime_panel,
    permission=Permission.CHART_OPEN,
)


class DowntimeJoint(QObject):
    """One for each person signed in."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self._begun = False
        workplace.panel_made.connect(self.join)
        for panel in workplace.panels:
            self.join(panel)
        self._later = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._later.timeout.connect(self.begin)
        if workplace.offers(DOWNTIME):
            for answered in (workplace.panel.loaded, workplace.panel.load_failed):
                answered.connect(self._first_answered)

    def begin(self) -> None:
        """Count from now on what needs a person, once."""
        if self._begun:
            return
        self._begun = True
        workplace = self._workplace
        workplace.pulse.refresh_due.connect(self.count)
        workplace.pulse.changed.connect(lambda _ward_id, topic: self._take_note(topic))
        workplace.context.work.committed.connect(self._take_note)
        workplace.context.work.outage_changed.connect(self._follow)
        self.count()

    def count(self) -> None:
        """Count anew what needs a person of the reader's wards."""
        from ward_app.downtime.queries import queue

        work, now = self._workplace.context.work, self._workplace.context.clock()
        work.query(self, Reply(self._show_count, _keep_the_last), queue, now)

    def join(self, panel: Panel) -> None:
        """Lead from an entry into its form, and back to the beds."""
        if panel.objectName() == DOWNTIME:
            self._join_downtime(panel)

    def _join_downtime(self, panel: Panel) -> None:
        from ui.downtime.panel import DowntimePanel

        if isinstance(panel, DowntimePanel):
            panel.left.connect(partial(self._workplace.show_panel, "board"))
            panel.entry_asked.connect(partial(self._enter_anew, panel))
            panel.settled.connect(self.count)

    def _enter_anew(
        self,
        panel: DowntimePanel,
        line: Line,
        row: BoardBed | None,
        said: Mapping[str, Any] | None,
    ) -> None:
        from ui.downtime.anew import form_for

        workplace = self._workplace
        if row is None:
            words = "The patient is on none of your wards now: whoever has her enters it."
            workplace.notify(words)
            return
        if said is None:
            workplace.notify("Press Enter first: it shows what was charted. Then E again.")
            return
        sheet = form_for(workplace.context, line, row, said, workplace.place.zone)
        if sheet is not None:
            sheet.saved.connect(lambda _words: panel.settle_anew(line))
            workplace.open_sheet(sheet)
        elif workplace.offers(ROUNDS):
            self._answer_anew(line, said)

    def _answer_anew(self, line: Line, said: Mapping[str, Any]) -> None:
        """Fill in the round as it was answered, once its checklist is read."""
        from ward_app.rounding.queries import template_version

        reply = Reply(partial(self._fill_round, line, said))
        work, asked = self._workplace.context.work, UUID(said["template_id"])
        work.query(self, reply, template_version, asked)

    def _fill_round(self, line: Line, said: Mapping[str, Any], template: Template | None) -> None:
        from ui.downtime.anew import round_entry
        from ui.rounding.kept_rows import fill_in
        from ui.rounding.panel import RoundsPanel

        workplace = self._workplace
        subject = line.admission_id or UUID(said["ward_id"])
        panel = workplace.show_panel(ROUNDS)
        if template is None or not isinstance(panel, RoundsPanel):
            workplace.notify(_BY_HAND)
            return
        entry = round_entry(template, line, said)
        if not fill_in(workplace.context.drafts, (subject, template.name), entry):
            workplace.notify(_ANSWERED)
            return
        panel.choose(template.name)
        panel.refresh()
        workplace.notify(_FILLED)

    def _first_answered(self, _answer: object) -> None:
        if not self._begun and not self._later.isActive():
            self._later.start()

    def _follow(self, is_lost: bool) -> None:  # noqa: FBT001 - a signal's argument
        if not is_lost:
            self.count()

    def _take_note(self, topic: str) -> None:
        if topic == DOWNTIME:
            self.count()

    def _show_count(self, queued: Sequence[QueuedEntry]) -> None:
        waiting = sum(one.settled_how is None for one in queued)
        self._workplace.rail.show_count(DOWNTIME, str(waiting) if waiting else "")


def _keep_the_last(_error: object) -> None:
    """What was counted last stays; the panel itself tells what could not be read."""
