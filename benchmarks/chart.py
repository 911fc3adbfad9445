"""The chart: painting 2,000 sets, and from choosing a patient to her painted chart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from statistics import median
from time import process_time
from uuid import uuid4
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLineF, QPointF, QSizeF
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from benchmarks.database import Bench
from benchmarks.measure import Figure, once_ms
from benchmarks.painted import PaintWatch, process_until
from ui.board.bed_model import BedListModel
from ui.board.panel import BoardPanel
from ui.observations.chart_content import ChartContent
from ui.observations.chart_painter import ChartPainter
from ui.observations.colours import LIGHT
from ui.observations.panel import ChartPanel
from ui.workplace import Workplace
from ward_app.board.queries import BOARD_SQL
from ward_app.board.types import BoardBed
from ward_app.observations import rules
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.pack_types import basis_on
from ward_app.observations.packs import news2_pack
from ward_app.observations.queries import CHART_SQL
from ward_app.observations.types import (
    Consciousness,
    RecordedObservations,
    VitalSigns,
)
from ward_app.patients.types import Sex

SETS, ROUNDS = 2000, 15
PAINT_TARGET_MS, OPEN_RATIO, OPEN_MS = 100.0, 1.5, 60.0
_SIZE = QSizeF(1200, 640)
_VALUE_ROWS = 4


def painting() -> Figure:
    """Return the CPU time of laying out and painting 2,000 sets of a whole stay, not cached."""
    chart = _chart_of(SETS)
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(_cpu_ms(lambda: _paint(chart)))
        bare.append(_cpu_ms(_paint_bare))
    return Figure(
        name="chart of 2,000 sets painted, ms of CPU",
        ours_ms=median(ours),
        reference_ms=None,
        reference=f"{PAINT_TARGET_MS:g} ms; as many bare segments and dots: {median(bare):.1f} ms",
        target=PAINT_TARGET_MS,
    )


def opening(it: Bench, board: BoardPanel) -> Figure:
    """Return the time from choosing a patient to her painted chart."""
    panel, rows = _chart_panel(board), _patients(board)
    ours, raw = [], []
    for turn in range(4 + ROUNDS):
        row = rows[turn % len(rows)]
        spent, reference = once_ms(partial(_open, panel, row)), _raw_ms(it, row)
        if turn >= 4:  # noqa: PLR2004 - not counted: a warm start
            ours.append(spent)
            raw.append(reference)
    return Figure(
        name="patient opened to chart painted (access logged, board row, chart)",
        ours_ms=median(ours),
        reference_ms=OPEN_RATIO * median(raw) + OPEN_MS,
        reference=f"1.5 x raw SQL of the same transactions ({median(raw):.1f} ms) + 60 ms",
        target=1.0,
    )


def _paint(chart: ObservationChart) -> None:
    content = ChartContent(chart, ZoneInfo("Europe/London"))
    picture = QPixmap(_SIZE.toSize())
    painter = QPainter(picture)
    drawing = ChartPainter(content, content.whole, _SIZE, colours=LIGHT)
    drawing.paint(painter)
    painter.end()


def _paint_bare() -> None:
    """Draw a line and a dot for each value and a bar for each pressure, nothing else."""
    picture = QPixmap(_SIZE.toSize())
    picture.fill(QColor(LIGHT.paper))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(LIGHT.ink), 1.5))
    rng = Random(1)  # noqa: S311 - made up
    for row in range(_VALUE_ROWS):
        places = [QPointF(142 + n / 2, 100 * row + rng.random() * 80) for n in range(SETS)]
        painter.drawLines(list(map(QLineF, places, places[1:])))
        for place in places:
            painter.drawEllipse(place, 3, 3)
    painter.drawLines([QLineF(142 + n / 2, 450, 142 + n / 2, 520) for n in range(SETS)])
    painter.end()


def _cpu_ms(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return (process_time() - began) * 1000


def _chart_panel(board: BoardPanel) -> ChartPanel:
    widget: QWidget | None = board
    while widget is not None and not isinstance(widget, Workplace):
        widget = widget.parentWidget()
    assert isinstance(widget, Workplace)  # noqa: S101 - the board is shown in one
    panel = widget.panel_of("chart")
    assert isinstance(panel, ChartPanel)  # noqa: S101 - its key says so
    widget.show_panel("chart")
    return panel


def _patients(board: BoardPanel) -> list[BoardBed]:
    model = board.beds.view.model()
    assert isinstance(model, BedListModel)  # noqa: S101 - the tiles are shown
    cards = [model.card(model.index(row, 0)) for row in range(model.rowCount())]
    return [card.bed for card in cards if card is not None and card.bed.patient_id]


def _open(panel: ChartPanel, row: BoardBed) -> None:
    """Return once the chart of this patient was painted."""
    view = panel.frame.chart
    painted: list[object] = []

    def note() -> None:
        shown = (view.selection is not None and panel.patient is row) or (
            panel.patient is not None and panel.patient.admission_id == row.admission_id
        )
        painted.append(shown and view.window_shown is not None and not panel.is_stale)

    watch = PaintWatch(view)
    connection = watch.painted.connect(note)
    panel.show_patient(row)
    process_until(lambda: bool(painted) and bool(painted[-1]))
    watch.painted.disconnect(connection)
    watch.deleteLater()


def _raw_ms(it: Bench, row: BoardBed) -> float:
    """Run the same three transactions in raw psycopg: log the opening, the board, the chart."""

    def run() -> None:
        it.raw_transaction(BOARD_SQL, {"ward_ids": [row.ward_id]})
        it.raw_transaction("SELECT auth.open_chart(%s, 'ward', NULL)", (row.patient_id,))
        it.raw.execute("SELECT auth.prove(%s)", (it.actor.token,))
        it.raw.execute(CHART_SQL, (row.admission_id,)).fetchall()
        it.raw.commit()

    return once_ms(run)


def _chart_of(number: int) -> ObservationChart:
    """Return a stay of three weeks with a set every quarter of an hour, no two alike."""
    rng, now = Random(1), datetime(2026, 11, 20, 14, 7, tzinfo=UTC)  # noqa: S311 - made up
    sets = [_a_set(now - timedelta(minutes=15 * n), rng) for n in reversed(range(number))]
    return ObservationChart(
        admission_id=uuid4(),
        sets=tuple(sets),
        scale=1,
        scale_decision=None,
        basis=basis_on(now.date(), born_on=date(1950, 3, 4), sex=Sex.FEMALE, uses=(news2_pack(),)),
        next_due_at=None,
        read_at=now,
    )


def _a_set(at: datetime, rng: Random) -> RecordedObservations:
    signs = VitalSigns(
        respiratory_rate_per_min=rng.randint(8, 30),
        spo2_percent=rng.randint(88, 100),
        on_oxygen=rng.random() < 0.3,  # noqa: PLR2004 - a third
        systolic_bp_mmhg=rng.randint(85, 190),
        diastolic_bp_mmhg=rng.randint(45, 80),
        pulse_per_min=rng.randint(45, 140),
        consciousness=Consciousness.ALERT,
        temperature_celsius=Decimal(rng.randint(350, 395)) / 10,
    )
    return RecordedObservations(
        id=uuid4(),
        occurred_at=at,
        recorded_at=at,
        recorded_by="Bench",
        vital_signs=signs,
        score=rules.score(signs, news2_pack()),
        incomplete_reason=None,
        note=None,
        source="bench",
        supersedes_id=None,
        superseded_by=None,
        struck_out=False,
        corrected_by=None,
        corrected_at=None,
        change_reason=None,
    )
