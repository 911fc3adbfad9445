"""Every screen of the program, as a way to get there from the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from ui.admissions.admit_sheet import AdmitSheet
from ui.admissions.discharge_sheet import DischargeSheet
from ui.admissions.expected_sheet import ExpectedDischargeSheet
from ui.admissions.swap_sheet import SwapSheet
from ui.admissions.transfer_sheet import TransferSheet
from ui.admissions.undo_sheet import UndoSheet
from ui.demo import (
    alert_screens,
    assessment_screens,
    audit_screens,
    board_screens,
    device_screens,
    downtime_screens,
    due_screens,
    glass_screens,
    handover_screens,
    lane_screens,
    measuring_screens,
    note_screens,
    nurse_screens,
    outage_screens,
    report_screens,
    round_screens,
    server_screens,
)
from ui.demo.signing_in import sign_in_as
from ui.demo.steps import (
    charting,
    grid,
    managing_accounts,
    messaging,
    moving,
    oxygen,
    protecting,
    scoring,
)
from ui.demo.walk import Walk, type_ahead
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.panel import ChartPanel
from ui.panels import ALERTS, BOARD, GRID, MEASURED, ROUNDS
from ui.patients.alerts_sheet import AlertsSheet
from ui.rooms.bed_state_sheet import BedStateSheet
from ui.widgets.sheet import Sheet
from ward_app.demo.staff import NURSE, PASSWORD

Shown = QWidget | None
S = TypeVar("S", bound=Sheet)


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: its name, and how it is reached from the board.

    Attributes:
        show: leaves the screen open; returns the window to look at, None = the program's own.
    """

    name: str
    show: Callable[[Walk], Shown]


def chart(walk: Walk) -> Shown:
    """A chart with days of sets."""
    _open_chart(walk, "1")
    return None


def chart_of_scale_2(walk: Walk) -> Shown:
    """A chart on SpO2 scale 2."""
    _open_chart(walk, "8")
    return None


def chart_as_table(walk: Walk) -> Shown:
    """The same sets as a table."""
    _open_chart(walk, "1")
    walk.hands.press("T")
    return None


def two_days(walk: Walk) -> Shown:
    """Two days of a chart on one clock."""
    _open_chart(walk, "1")
    walk.hands.press("D")
    return None


def strike_out(walk: Walk) -> Shown:
    """Marking a set as entered in error."""
    _open_chart(walk, "1")
    walk.hands.press("X")
    walk.sheet(Sheet)
    return None


def scale(walk: Walk) -> Shown:
    """Deciding on the SpO2 scale."""
    _open_chart(walk, "1")
    walk.hands.press("S")
    walk.sheet(Sheet)
    return None


def of_step(run: Callable[[Walk], None]) -> Callable[[Walk], Shown]:
    """Return the way to a screen that a step's module knows."""

    def show(walk: Walk) -> Shown:
        run(walk)
        return None

    return show


def observations(walk: Walk) -> Shown:
    """A set, typed and scored."""
    _sheet(walk, charting.CHARTED_BED, "O", ObservationSheet)
    walk.hands.type(charting.A_SET)
    return None


def incomplete(walk: Walk) -> Shown:
    """A set with values missing, which a save asks about."""
    _sheet(walk, "21", "O", ObservationSheet)
    walk.hands.type("3097A")
    walk.hands.press("Ctrl+Return")
    return None


def bay_grid(walk: Walk) -> Shown:
    """A round in the grid: a value that is asked about, the values before as ghosts."""
    panel = grid.open_grid(walk)
    panel.view.go_to(1, 0)
    walk.hands.type("2293A108")
    panel.view.go_to(2, 0)
    walk.hands.type("189")
    walk.hands.press("Return")
    return None


def admit(walk: Walk) -> Shown:
    """Registering somebody who may be known already."""
    sheet = _sheet(walk, moving.ADMITTED_TO, "A", AdmitSheet)
    moving.begin_registration(walk, sheet)
    return None


def transfer(walk: Walk) -> Shown:
    """Choosing where to."""
    sheet = _sheet(walk, "4", "T", TransferSheet)
    walk.go_to(sheet.bed_input().target)
    walk.until(type_ahead(sheet.bed_input()).options.rowCount, "no bed was offered")
    return None


def swap(walk: Walk) -> Shown:
    """Choosing with whom."""
    _sheet(walk, "22", "S", SwapSheet)
    return None


def discharge(walk: Walk) -> Shown:
    """A patient leaves."""
    _sheet(walk, "15", "D", DischargeSheet)
    return None


def undo(walk: Walk) -> Shown:
    """The history of a stay, and what would be undone."""
    sheet = _sheet(walk, "1", "U", UndoSheet)
    walk.until(sheet.steps.rowCount, "the history was not read")
    return None


def expected(walk: Walk) -> Shown:
    """Another day of leaving."""
    _sheet(walk, "5", "Shift+D", ExpectedDischargeSheet)
    return None


def alerts(walk: Walk) -> Shown:
    """Flags and allergies."""
    _sheet(walk, "5", "F", AlertsSheet)
    return None


def bed_state(walk: Walk) -> Shown:
    """Blocking or opening a bed."""
    _sheet(walk, "30", "B", BedStateSheet)
    return None


def hospital(walk: Walk) -> Shown:
    """Every ward."""
    walk.hands.press("Ctrl+W")
    walk.hands.type("whole")
    walk.hands.press("Return")
    walk.until(lambda: walk.workplace.place.whole_hospital, "the hospital is not shown")
    walk.until(lambda: walk.cards() and walk.board.counts, "it was not read")
    return None


def wall(walk: Walk) -> Shown:
    """The wall screen."""
    walk.hands.press("F11")
    screen = walk.board.wall
    walk.until(lambda: screen and screen.isVisible(), "no wall screen opened")
    if screen is not None:
        screen.showNormal()
    return screen


def locked(walk: Walk) -> Shown:
    """Nothing of a patient."""
    walk.hands.press("Ctrl+L")
    walk.until(lambda: walk.program.window.is_locked, "Ctrl+L did not lock")
    return None


SCREENS = (
    Screen("board", board_screens.board),
    Screen("board-free-bed", board_screens.free_bed),
    Screen("board-search", board_screens.found),
    Screen("board-table", board_screens.table),
    Screen("palette", board_screens.palette),
    Screen("wards", board_screens.wards),
    Screen("keys", board_screens.keys),
    Screen("chart", chart),
    Screen("chart-scale-2", chart_of_scale_2),
    Screen("chart-table", chart_as_table),
    Screen("chart-two-days", two_days),
    Screen("strike-out", strike_out),
    Screen("spo2-scale", scale),
    Screen("oxygen-target", of_step(oxygen.target_sheet)),
    Screen("protected-details", of_step(protecting.details_sheet)),
    Screen("which-score", of_step(scoring.which_score)),
    Screen("pregnancy", of_step(scoring.pregnancy)),
    Screen("why", of_step(scoring.why)),
    Screen("maternal-set", of_step(scoring.maternal_set)),
    Screen("oxygen", of_step(scoring.oxygen)),
    Screen("observations", observations),
    Screen("observations-incomplete", incomplete),
    Screen("bay-grid", bay_grid),
    Screen("alerts", alert_screens.everything),
    Screen("alert-answer", alert_screens.answering),
    Screen("due", due_screens.worklist),
    Screen("due-put-off", due_screens.put_off),
    Screen("due-not-put-off", due_screens.not_put_off),
    Screen("due-how-often", due_screens.how_often),
    Screen("leave", due_screens.leave),
    Screen("what-to-measure", measuring_screens.kinds),
    Screen("neurological-set", measuring_screens.neurological),
    Screen("glucose", measuring_screens.glucose),
    Screen("measured", measuring_screens.every),
    Screen("measured-correcting", measuring_screens.correcting),
    Screen("shift", lane_screens.shift),
    Screen("shift-nearer", lane_screens.nearer),
    Screen("shift-table", lane_screens.table),
    Screen("shift-put-off", lane_screens.put_off),
    Screen("rounds", round_screens.answering),
    Screen("rounds-so-far", round_screens.so_far),
    Screen("round-corrected", round_screens.correcting),
    Screen("rounds-found", round_screens.found),
    Screen("on-time", report_screens.observations),
    Screen("rounds-on-time", report_screens.rounds),
    Screen("rounds-on-time-print", report_screens.printing),
    Screen("audit", audit_screens.trail),
    Screen("audit-print", audit_screens.printing),
    Screen("server", server_screens.overview),
    Screen("server-sizes", server_screens.sizes),
    Screen("nurses", nurse_screens.ward),
    Screen("nurses-board", nurse_screens.board_gap),
    Screen("on-duty", nurse_screens.on_duty),
    Screen("sign-on", nurse_screens.sign_on),
    Screen("messages", messaging.list_screen),
    Screen("message", messaging.sheet_screen),
    Screen("handover", handover_screens.patients),
    Screen("handover-given", handover_screens.given),
    Screen("handover-give-to", handover_screens.given_to),
    Screen("handover-words", handover_screens.words),
    Screen("handover-declined", handover_screens.declined),
    Screen("handover-print", handover_screens.printing),
    Screen("responsible", handover_screens.responsible),
    Screen("pocket-sheets", handover_screens.sheets_out),
    Screen("devices", device_screens.ward),
    Screen("devices-patient", device_screens.patient),
    Screen("device-new", device_screens.new),
    Screen("device-look", device_screens.look),
    Screen("device-removed", device_screens.removed),
    Screen("device-history", device_screens.history),
    Screen("assess-ward", assessment_screens.ward),
    Screen("assess-patient", assessment_screens.patient),
    Screen("assess-choice", assessment_screens.choice),
    Screen("assess-pain", assessment_screens.pain),
    Screen("assess-falls", assessment_screens.falls),
    Screen("assess-found", assessment_screens.found),
    Screen("assess-strike", assessment_screens.strike),
    Screen("notes", note_screens.ward),
    Screen("notes-patient", note_screens.patient),
    Screen("notes-found", note_screens.found),
    Screen("note-new", note_screens.new),
    Screen("note-symptom", note_screens.symptom),
    Screen("note-addition", note_screens.addition),
    Screen("note-print", note_screens.printing),
    *(Screen(name, of_step(show)) for name, show in downtime_screens.SCREENS),
    Screen("admit", admit),
    Screen("transfer", transfer),
    Screen("swap", swap),
    Screen("discharge", discharge),
    Screen("undo", undo),
    Screen("expected-discharge", expected),
    Screen("flags-and-allergies", alerts),
    Screen("bed-state", bed_state),
    Screen("hospital", hospital),
    Screen("wall", wall),
    Screen("locked", locked),
    *(Screen(name, show) for name, show in glass_screens.SCREENS),
    # from here on who leads the ward is signed in
    Screen("checklists", round_screens.all_checklists),
    Screen("checklist-editor", round_screens.editing),
    Screen("checklist-item", round_screens.editing_item),
    # the ward manager, then the administrator
    *(Screen(name, show) for name, show in managing_accounts.SCREENS),
)
# the server is away from the first of them on
AWAY = (
    Screen("board-offline", of_step(outage_screens.board)),
    Screen("chart-offline", of_step(outage_screens.chart)),
    *(
        Screen(f"{key}-offline", of_step(outage_screens.panel(key)))
        for key in (GRID, ROUNDS, "notes", MEASURED, "handover", "lane", ALERTS, "assessments")
    ),
    Screen("assessments-of-patient-offline",
           of_step(outage_screens.of_patient("assessments", "Ctrl+J"))),
    Screen("devices-of-patient-offline", of_step(outage_screens.of_patient("devices", "K"))),
    Screen("admit-offline", of_step(outage_screens.admit)),
)  # fmt: skip
# the server comes back with the last of all
BACK = Screen("board-back", of_step(outage_screens.back))


def go_back(walk: Walk) -> None:
    """Come back to the ward's board from any screen, with nothing typed left behind."""
    window = walk.program.window
    if window.is_locked:
        window.activateWindow()
        walk.hands.type(PASSWORD)
        walk.hands.press("Return")
        walk.until(lambda: not window.is_locked, "the password did not unlock")
    if not walk.workplace.offers(BOARD):
        walk.hands.press("Esc")
        sign_in_as(walk, NURSE)
    if walk.board.wall is not None:
        walk.hands.press("Esc")
        window.activateWindow()
    panel = walk.workplace.panel
    if isinstance(panel, ChartPanel) and panel.frame.shows_table:
        panel.frame.buttons["table"].click()
    if isinstance(panel, ChartPanel) and panel.frame.buttons["compare"].isChecked():
        panel.frame.buttons["compare"].click()
    walk.tidy()
    if walk.board.search_bar.table.isChecked():
        walk.hands.press("V")
    workplace = walk.workplace
    if workplace.place.whole_hospital:
        walk.hands.press("Ctrl+W")
        walk.hands.type("7 east")
        walk.hands.press("Return")
        walk.until(lambda: not workplace.place.whole_hospital, "the ward did not come back")
        walk.until(walk.cards, "its beds did not come back")


def _open_chart(walk: Walk, label: str) -> None:
    walk.choose(label)
    walk.hands.press("Return")
    walk.until(lambda: isinstance(walk.workplace.panel, ChartPanel), "no chart was opened")
    panel = walk.workplace.panel
    if isinstance(panel, ChartPanel):
        walk.until(lambda: panel.frame.marked, "the chart was not read")


def _sheet(walk: Walk, label: str, key: str, kind: type[S]) -> S:
    walk.choose(label)
    walk.hands.press(key)
    sheet = walk.sheet(kind)
    walk.until(lambda: not walk.workplace.context.work.is_busy, "the sheet was not filled")
    return sheet
