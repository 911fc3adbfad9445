"""Pictures of the program while the server is away: board, chart, and the way in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.admissions.admit_sheet import AdmitSheet
from ui.demo.steps.outage import CHARTED_BED, chart_here, cut_off, open_kept_chart
from ui.demo.walk import Walk
from ui.kept_page import KeptPage
from ui.panels import ARRANGEMENT
from ui.preferences import Preferences
from ui.program import Program
from ui.staff.front_door import Access
from ward_app.core.environment import Environment


def board(walk: Walk) -> None:
    """The ward from its copy, with a set that is kept here."""
    _chart_without_the_server(walk)
    walk.choose(CHARTED_BED)


def chart(walk: Walk) -> None:
    """The chart with that set."""
    _chart_without_the_server(walk)
    open_kept_chart(walk)


def panel(key: str) -> Callable[[Walk], None]:
    """Return the way to one panel, read from the copy."""

    def show(walk: Walk) -> None:
        _chart_without_the_server(walk)
        shown = walk.workplace.show_panel(key)
        walk.until(lambda: not walk.workplace.context.work.is_busy, "it was not read")
        walk.expect("could not" not in shown.notice.text, shown.notice.text)

    return show


def of_patient(key: str, keys: str) -> Callable[[Walk], None]:
    """Return the way to a panel of the patient in bed 21, read from the copy."""

    def show(walk: Walk) -> None:
        _chart_without_the_server(walk)
        walk.choose(CHARTED_BED)
        walk.hands.press(keys)
        walk.until(lambda: walk.workplace.shown_key == key, f"{keys} did not open {key}")
        walk.until(lambda: not walk.workplace.context.work.is_busy, "it was not read")
        page = walk.workplace.panel.findChild(KeptPage)
        walk.expect(page is not None and page.holds_something, "nothing is shown from the copy")

    return show


def back(walk: Walk) -> None:
    """The server is back, and what was charted here is being sent."""
    _chart_without_the_server(walk)
    keeper, bands = walk.program.outage.keeper, walk.program.window.bands
    once = Qt.ConnectionType.SingleShotConnection
    # the band goes as soon as everything is sent: that news is held back for the picture
    keeper.came_back.connect(lambda _waiting: keeper.blockSignals(True), once)  # noqa: FBT003 - Qt's
    with walk.off_the_clock():
        walk.outage.end()
    walk.until(lambda: "back" in bands.shown, "no band says that it is back", within_s=60)
    walk.choose(CHARTED_BED)


def admit(walk: Walk) -> None:
    """A form that needs the server says so at once."""
    _chart_without_the_server(walk)
    free = next(card for card in walk.cards() if not card.bed.occupied and card.bed.bed_id)
    walk.choose(free.label)
    walk.hands.press("A")
    walk.sheet(AdmitSheet)


def start(walk: Walk, access: Callable[[], Access], folder: Path) -> QWidget:
    """The program started at this workstation while the server is away."""
    _chart_without_the_server(walk)
    preferences = Preferences(folder / "preferences.ini")
    program = Program(access, ARRANGEMENT, preferences, environment=Environment.DEMO)
    walk.program.ending.connect(program.close)
    program.start()
    card = program.window.sign_in.card
    walk.until(lambda: card.notice.text, "nobody is told that the server is away", within_s=60)
    return program.window


def _chart_without_the_server(walk: Walk) -> None:
    """Have the server away, and one set kept here; once for all screens that need it."""
    if not walk.workplace.context.work.shown_from:
        cut_off(walk)
        chart_here(walk)
