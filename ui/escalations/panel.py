"""The alerts: every open escalation of one's wards, worst first, answered by one key."""

from __future__ import annotations

from functools import partial
from typing import ClassVar
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.call_words import ANSWER_WORDS, unscored_text
from ui.context import Context, Place
from ui.escalations.alert_model import AlertModel
from ui.escalations.answer_sheet import answer_sheet, kinds_for
from ui.formats import moment_text
from ui.notices import CAUTION, PROBLEM, NoticeAction
from ui.plain_text import PaddedLabel, PlainLabel
from ui.widgets.columns import FittedTable
from ui.widgets.flow import Flow
from ui.widgets.panel import Panel
from ward_app.core.errors import WardError
from ward_app.escalations.queries import alerts
from ward_app.escalations.types import EventKind, OpenEscalation, OpenItems

SILENCE_FOR_MINUTES = 10
_ROW_PX = 34
_AWAY = (
    "No server: these alerts are from the copy. A set charted here calls nobody, and what others "
    "answered since is not known. For whoever is worse call yourself, by telephone."
)
_UNSCORED_PADDING = (12, 0, 12, 6)
_SECOND_MS = 1_000
# key, what it records, the word of its button
KEYS = (
    ("A", EventKind.ACKNOWLEDGED, "Acknowledged"),
    ("R", EventKind.ARRIVED, "Arrived"),
    ("P", EventKind.PLANNED, "Plan"),
    ("O", EventKind.OUTCOME, "Outcome"),
    ("N", EventKind.NOT_ESCALATED, "Not escalated"),
    ("T", EventKind.NOTIFIED, "Told"),
    ("I", EventKind.INFORMED, "Nurse informed"),
    ("Q", EventKind.SEPSIS_ANSWERED, "Sepsis?"),
)


class AlertsPanel(Panel):
    """All wards of the person signed in, whatever ward is shown elsewhere.

    Signals:
        patient_opened: (UUID, UUID) ward and admission whose chart is wanted.
        silence_asked: (int) minutes for which this station's sound is to be off.
    """

    patient_opened = Signal(object, object)
    silence_asked = Signal(int)

    topics: ClassVar[frozenset[str]] = frozenset({"escalations", "observations", "beds"})

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._items: tuple[OpenEscalation, ...] = ()
        self._read_at = ""
        self.model = AlertModel(self)
        self.table = FittedTable(self.model, self.model, self)
        self.message = PlainLabel(parent=self)
        self.summary = PlainLabel(parent=self)
        self.unscored = PaddedLabel(_UNSCORED_PADDING, parent=self)
        self.buttons: dict[EventKind, QPushButton] = {}
        self._stack = QStackedWidget(self)
        self._second = QTimer(self, interval=_SECOND_MS)
        self._lay_out()
        self._connect()
        self._add_commands()
        self.message.setText("The alerts are being read…")
        self._show_buttons()

    @property
    def chosen(self) -> OpenEscalation | None:
        """The escalation the keys are about."""
        return self.model.item(self.table.currentIndex())

    @override
    def load(self) -> None:
        ward_ids = tuple(ward.id for ward in self.context.signed_in.wards)
        self.read(self._show, alerts, ward_ids)

    def choose(self, escalation_id: UUID) -> None:
        """Go to one escalation."""
        row = self.model.row_of(escalation_id)
        if row >= 0:
            self.table.selectRow(row)

    def record(self, kind: EventKind) -> None:
        """Open the sheet that records this answer of the chosen escalation, or say why not."""
        item = self.chosen
        if item is None:
            self.told.emit("Choose an alert first: arrow keys.", None)
        elif kind not in kinds_for(self.context.signed_in, item):
            self.told.emit(_refusal(kind), None)
        else:
            sheet = answer_sheet(self.context, item, self.place.zone, kind)
            self.sheet_requested.emit(sheet)

    def tell_time(self) -> None:
        """Bring the clocks of the rows up to the present without asking the database."""
        if self.isVisible():
            self.model.show_items(self._items, self.context.clock(), self.place.zone)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, found: OpenItems) -> None:
        before = self.chosen
        self._items = found.escalations
        now, zone = self.context.clock(), self.place.zone
        self._read_at = moment_text(found.read_at, zone, now)
        self.model.set_stale(stale=False)
        self.model.show_items(self._items, now, zone)
        row = self.model.row_of(before.id if before else None)
        if self._items:
            self.table.selectRow(max(row, 0))
        self.message.setText(f"No open alerts on your wards. Read at {self._read_at}.")
        self._stack.setCurrentWidget(self.table if self._items else self.message)
        count = len(self._items)
        words = "1 open alert" if count == 1 else f"{count} open alerts"
        self.summary.setText(f"{words} on your wards, the worst first. Enter opens the chart.")
        self.unscored.setText(unscored_text(found.unscored))
        self.unscored.setVisible(bool(found.unscored))
        self._show_buttons()

    def _tell_away(self, _at: object) -> None:
        if self.context.work.is_cut_off:
            self.notice.tell(CAUTION, _AWAY)

    def _go_stale(self, error: WardError) -> None:
        since = f"Stale since {self._read_at}. " if self._read_at else ""
        again = NoticeAction("Try again (F5)", self.refresh)
        self.notice.tell(PROBLEM, f"{since}{error}", again)
        self.model.set_stale(stale=True)
        if not self._read_at:
            self.message.setText("The alerts could not be read. F5 tries again.")

    def _open_chart(self) -> None:
        if self.chosen is not None:
            self.patient_opened.emit(self.chosen.ward_id, self.chosen.admission_id)

    def _show_buttons(self) -> None:
        item = self.chosen
        offered = kinds_for(self.context.signed_in, item) if item else ()
        for kind, button in self.buttons.items():
            button.setEnabled(kind in offered)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(theme.GRID_PX)
        bar.addWidget(self.summary, 1)
        self.silence_button = self._button(
            f"S  Silence {SILENCE_FOR_MINUTES} min",
            "Turn this station's sound off for a while; recorded, and the alerts stay (S)",
        )
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.tint(self.message, "dim")
        theme.tint(self.summary, "dim")
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.table)
        self.unscored.setWordWrap(True)
        theme.tint(self.unscored, "caution")
        self.unscored.hide()
        self.content.addLayout(bar)
        self.content.addWidget(self.unscored)
        self.content.addLayout(self._answers())
        self.content.addWidget(self._stack, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _answers(self) -> QVBoxLayout:
        """Return the buttons, in as many rows as they need beside an open sheet."""
        row = Flow(spacing=6)
        for keys, kind, word in KEYS:
            self.buttons[kind] = self._button(f"{keys}  {word}", f"{ANSWER_WORDS[kind]} ({keys})")
            self.buttons[kind].clicked.connect(partial(self.record, kind))
            row.addWidget(self.buttons[kind])
        row.addWidget(self.silence_button)
        frame = QVBoxLayout()
        frame.setContentsMargins(12, 0, 12, theme.GRID_PX)
        frame.addLayout(row)
        return frame

    def _button(self, text: str, tooltip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tooltip)
        button.setStyleSheet("padding: 3px 10px;")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _connect(self) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        table.horizontalHeader().setStretchLastSection(True)
        table.setAccessibleName("Open alerts")
        table.activated.connect(lambda _index: self._open_chart())
        table.selectionModel().currentRowChanged.connect(lambda _now, _old: self._show_buttons())
        self.silence_button.clicked.connect(self._silence)
        self.load_failed.connect(self._go_stale)
        self.loaded.connect(self._tell_away)
        self._second.timeout.connect(self.tell_time)
        self._second.start()

    def _silence(self) -> None:
        self.silence_asked.emit(SILENCE_FOR_MINUTES)

    def _add_commands(self) -> None:
        for keys, kind, _word in KEYS:
            self.add_command(ANSWER_WORDS[kind], keys, partial(self.record, kind))
        self.add_command("Silence the sound for a while", "S", self._silence)


def _refusal(kind: EventKind) -> str:
    if kind is EventKind.INFORMED:
        return "No nurse has to be informed of this alert any more."
    if kind is EventKind.SEPSIS_ANSWERED:
        return "The sepsis question is not open for this alert, or not yours to answer."
    return f"Your role may not record this: {ANSWER_WORDS[kind].lower()}."
