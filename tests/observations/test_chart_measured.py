"""Other measurements: in the chart's rows, in its table with their originals, on paper."""

from __future__ import annotations

import shutil
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from tests.measurements.builders import PAIN, WELL_GCS, replaced
from tests.measurements.builders import recorded as measurement
from tests.observations.builders import LONDON, NOW, chart, patient_row, recorded
from tests.observations.drawing import DAY, painted
from tests.observations.test_chart_print import poppler
from ui.observations.chart_content import ChartContent
from ui.observations.chart_frame import ChartFrame
from ui.observations.chart_painter import ChartPainter, legend_words
from ui.observations.chart_print import PAGES, PrintJob
from ui.observations.chart_rows import ROWS, RowKind, rows_for_two_days
from ui.observations.chart_view import ChartView
from ui.observations.charted import Standing
from ui.observations.colours import LIGHT
from ui.observations.measured_rows import charted_measurements, fitting_rows, row_name
from ui.observations.table_model import (
    COLUMNS,
    MEASURED,
    MEASURED_COLUMN,
    ObservationTableModel,
    SetRole,
)
from ward_app.measurements.kinds import kinds

COLUMN = {column.header: number for number, column in enumerate(COLUMNS)}
MILD = {"score": Decimal(4)}


def corrected():
    """Return a pain of three hours ago and its correction."""
    return replaced(measurement(hours_ago=3), values=MILD)


def struck():
    """Return a stool of two hours ago that was struck out, and the mark."""
    return replaced(measurement("stool", {"type": "4"}, 2), struck_out=True)


def content(*measured, signs=None):
    """Return a chart with two sets of vital signs, unless said otherwise."""
    sets = (recorded(4), recorded(1)) if signs is None else signs
    return ChartContent(chart(*sets), LONDON, measured)


def row_of(what, kind):
    return next(row for row in what.rows if row.name == row_name(kind))


def ink(image, rect):
    """Return how many pixels of a place are dark."""
    area = rect.toRect()
    return sum(
        image.pixelColor(x, y).lightness() < 110
        for x in range(area.left() + 2, area.right() - 1)
        for y in range(area.top() + 3, area.bottom() - 2)
    )


def beside(drawing, one, row):
    """Return the place of a measurement in a row."""
    rect, x = drawing.layout.rect(row), drawing.layout.x(one.occurred_at)
    return QRectF(x - 14, rect.top(), 28, rect.height())


def test_that_every_kind_measured_has_a_row_the_telling_ones_first():
    names = ("body_size", "pain", "gcs")
    values = ({"weight_kg": Decimal("71.5")}, PAIN, WELL_GCS)
    what = content(*map(measurement, names, values))
    assert [row.label for row in what.rows[-4:]] == ["GCS", "Pain", "Weight and height", ""]
    assert [row.kind for row in what.rows[-4:-1]] == [RowKind.MEASURED] * 3
    assert content().rows == ROWS


def test_that_a_kind_of_a_later_program_comes_last_under_its_name():
    what = content(measurement("girth_of_leg", {}), measurement("stool", {"type": "4"}))
    assert [row.label for row in what.rows[-3:-1]] == ["Stool", "Girth of leg"]
    assert what.measurements[0].line == "Girth of leg: as stored"


@pytest.mark.parametrize(
    ("kind", "values", "short"),
    [
        ("pain", PAIN, "7/10"),
        ("gcs", WELL_GCS | {"pupil_left_mm": Decimal(3)}, "15"),
        ("gcs", WELL_GCS | {"verbal": "NT"}, "E4 VNT M6"),
        ("body_size", {"weight_kg": Decimal(70), "height_cm": Decimal(175)}, "70 kg"),
        (
            "postural",
            {
                "lying_systolic_mmhg": Decimal(140),
                "lying_diastolic_mmhg": Decimal(80),
                "standing_1_min_systolic_mmhg": Decimal(110),
                "standing_1_min_diastolic_mmhg": Decimal(70),
            },
            "drop 30/10 mmHg",
        ),
        ("postural", {"lying_systolic_mmhg": Decimal(140)}, "lying 140 mmHg"),
        ("girth", {}, "as stored"),
    ],
    ids=["pain", "coma", "untestable", "weight", "postural", "lying-only", "unknown"],
)
def test_that_the_row_has_the_value_that_tells_most(kind, values, short):
    [one] = charted_measurements((measurement(kind, values),))
    assert one.short == short


def test_that_a_value_stands_at_its_time(qapp):
    one = measurement(hours_ago=6)
    image, drawing = painted(what := content(one))
    row = row_of(what, "pain")
    assert ink(image, beside(drawing, one, row)) > 10
    assert ink(image, beside(drawing, measurement(hours_ago=12), row)) == 0


def test_that_the_newest_value_ends_at_the_edge_and_not_beyond(qapp):
    one = measurement("stool", {"type": "4"}, 0)
    image, drawing = painted(what := content(one))
    rect = drawing.layout.rect(row_of(what, "stool"))
    outside = QRectF(rect.right() + 1, rect.top(), 20, rect.height())
    assert ink(image, outside) == 0


def test_that_a_marked_set_without_room_for_its_values_is_called_out_beside_them(qapp):
    signs = tuple(recorded(hours / 8) for hours in range(1, 180))
    plain, drawing = painted(content(measurement("pain", PAIN, 3), signs=signs))
    painter = QPainter(marked := plain.copy())
    drawing.paint_selection(painter, signs[40])
    painter.end()
    rows = {row.name: drawing.layout.rect(row) for row in drawing.layout.rows}
    beside_it = drawing.layout.x(signs[40].occurred_at) + 18
    for name, rect in rows.items():
        called = [QPointF(beside_it, y) for y in range(int(rect.top()), int(rect.bottom()))]
        differ = any(
            marked.pixel(place.toPoint()) != plain.pixel(place.toPoint()) for place in called
        )
        assert differ is (name != row_name("pain")), name


def test_that_values_without_room_are_strokes(qapp):
    crowd = [measurement(hours_ago=6 - n / 20) for n in range(8)]
    image, drawing = painted(what := content(*crowd))
    alone, _ = painted(content(crowd[0]))
    rect = drawing.layout.rect(row_of(what, "pain"))
    assert ink(image, rect) < 8 * ink(alone, rect)
    last = QRectF(drawing.layout.x(crowd[-1].occurred_at) - 3, rect.bottom() - 6, 6, 9)
    assert image.copy(last.toRect()) != alone.copy(last.toRect())


def test_that_a_struck_out_value_is_marked_and_a_corrected_one_stands_in_its_correction():
    what = content(*corrected(), *struck())
    standings = [one.standing for one in what.measurements]
    assert standings == [Standing.CORRECTED, Standing.CORRECTION, Standing.STRUCK_OUT]
    assert set(legend_words(what, DAY)) == {"c corrected", "✕ struck out"}


def test_that_a_struck_out_value_stays_legible_unlike_a_corrected_one(qapp):
    gone, mark = struck()
    image, drawing = painted(what := content(gone, mark))
    assert ink(image, beside(drawing, gone, row_of(what, "stool"))) > 10
    first, after = corrected()
    together, drawing = painted(what := content(first, after))
    alone, _ = painted(content(after))
    rect = drawing.layout.rect(row_of(what, "pain"))
    assert ink(together, rect) == ink(alone, rect) > 10


def test_that_rows_without_room_are_counted_and_vital_signs_keep_theirs(qapp):
    what = content(*(measurement(name, {}, summary="value") for name in kinds()))
    assert fitting_rows(what.rows, 900) == what.rows
    low = fitting_rows(what.rows, 440)
    assert low[-1].kind is RowKind.MARKS
    words = low[-2].label.split()
    shown = [row for row in low[:-2] if row.kind is RowKind.MEASURED]
    assert words[1:] == ["more", "kinds:", "T"]
    assert len(shown) + int(words[0]) == len(kinds())
    for height, least in ((440, 25), (640, 35)):
        drawing = ChartPainter(what, DAY, QSizeF(1000, height), colours=LIGHT)
        assert min(drawing.layout.rect(row).height() for row in ROWS if row.share) > least


def test_that_one_row_too_many_is_said_as_one():
    rows = content(measurement()).rows
    assert fitting_rows(rows, 300)[-2].label == "1 more kind: T"


def test_that_two_days_on_one_clock_keep_the_rows():
    what = content(measurement())
    assert row_of(what, "pain") in rows_for_two_days(what.rows)


def test_that_an_early_measurement_widens_the_course():
    early = measurement(hours_ago=200)
    assert content(early).whole.start < early.occurred_at


def test_that_a_place_says_the_values_and_what_became_of_them(qtbot):
    view = ChartView()
    qtbot.addWidget(view)
    view.resize(1000, 640)
    first, after = corrected()
    view.show_content(what := content(first, after, measurement(hours_ago=5)))
    layout = ChartPainter(what, view.window_shown, QSizeF(view.size()), colours=LIGHT).layout
    y = layout.rect(row_of(what, "pain")).center().y()
    said = view.hint_at(QPointF(layout.x(after.occurred_at), y)).splitlines()
    assert "Pain: 4/10 (correction: Dora Doctor" in said[0]
    assert "Pain: 7/10, left hip (corrected: Dora Doctor" in said[1]
    assert said[1].endswith("wrong patient)")
    [plain] = view.hint_at(QPointF(layout.x(NOW - timedelta(hours=5)), y)).splitlines()
    assert plain.endswith("Pain: 7/10, left hip")
    assert view.hint_at(QPointF(layout.left + 1, y)) == ""


def test_that_without_vital_signs_the_measurements_are_shown(qtbot):
    frame = ChartFrame()
    qtbot.addWidget(frame)
    frame.show_content(content(measurement(hours_ago=1), signs=()))
    assert frame.message.text() == ""
    frame.buttons["table"].click()
    assert frame.model.rowCount() == 1
    assert not frame.table.isColumnHidden(MEASURED_COLUMN)
    frame.show_content(content())
    assert frame.table.isColumnHidden(MEASURED_COLUMN)


@pytest.fixture
def model(qapp):
    """Two sets with a corrected pain, a struck-out stool and a coma scale between them."""
    model = ObservationTableModel()
    coma = measurement("gcs", WELL_GCS, 0.5, note="asleep before")
    what = content(*corrected(), *struck(), coma)
    model.show_sets(what.sets, LONDON, what.measurements)
    return model


def cell(model, row, header, role=Qt.ItemDataRole.DisplayRole):
    return model.index(row, COLUMN[header]).data(role)


def test_that_the_table_has_every_measurement_with_its_originals_newest_first(model):
    found = [(cell(model, row, MEASURED), cell(model, row, "State")) for row in range(6)]
    assert found[:3] == [
        ("Glasgow Coma Scale: GCS 15, E4 V5 M6", ""),
        ("", ""),
        ("Stool: type 4 smooth sausage", "Struck out"),
    ]
    assert set(found[3:5]) == {("Pain: 4/10", "Correction"), ("Pain: 7/10, left hip", "Corrected")}
    assert found[5] == ("", "")
    assert all(
        "wrong patient" in cell(model, row, "Changed by, when and why") for row in (2, 3, 4)
    )
    assert cell(model, 0, "Changed by, when and why") == ""
    assert (cell(model, 0, "Note"), cell(model, 0, "Recorded by")) == (
        "asleep before",
        "Nora Nurse",
    )
    said = cell(model, 0, MEASURED, Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Also measured: Glasgow Coma Scale: GCS 15, E4 V5 M6"


def test_that_what_does_not_count_is_crossed_out_and_no_measurement_is_a_set(model):
    assert cell(model, 2, MEASURED, Qt.ItemDataRole.FontRole).strikeOut()
    assert cell(model, 0, MEASURED, Qt.ItemDataRole.FontRole) is None
    assert cell(model, 0, MEASURED, Qt.ItemDataRole.ForegroundRole) is None
    assert cell(model, 2, "Measured", Qt.ItemDataRole.ForegroundRole) is not None
    assert cell(model, 0, "Measured", SetRole) is None
    model.set_stale(stale=True)
    assert cell(model, 0, MEASURED, Qt.ItemDataRole.ForegroundRole) is not None


def test_that_the_table_finds_a_measurement_and_keeps_qts_contract(model, qtmodeltester):
    one = measurement("gcs", WELL_GCS)
    model.show_sets((), LONDON, charted_measurements((one,)))
    assert model.row_of(one.id) == 0
    qtmodeltester.check(model)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_that_paper_shows_every_kind(qapp, tmp_path, paper):
    everything = [
        measurement(name, {}, 9, summary=f"value {place}") for place, name in enumerate(kinds())
    ]
    job = PrintJob(
        patient_id=uuid4(),
        content=content(*everything, *struck()),
        windows=(DAY,),
        row=patient_row(),
        printed_by="Nora Nurse",
        printed_at=NOW,
    )
    text = poppler("pdftotext", PAGES.pdf(job, paper), tmp_path, "-layout")
    assert "more kind" not in text
    for place in range(len(everything)):
        assert f"value {place}" in text
    assert "type 4" in text
    assert "✕ struck out" in text
