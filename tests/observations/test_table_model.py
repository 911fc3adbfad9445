import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QTableView

from tests.observations.builders import LONDON, chart, not_taken, recorded, replaced, strike_mark
from ui.observations.chart_rows import ROWS, RowKind
from ui.observations.charted import Standing, charted_sets
from ui.observations.table_model import COLUMNS, ObservationTableModel, SetRole
from ward_app.observations.types import (
    Consciousness,
    IncompleteReason,
)

COLUMN = {column.header: number for number, column in enumerate(COLUMNS)}


@pytest.fixture
def model(qapp):
    """Four sets: one incomplete, one corrected with its correction, one struck out."""
    incomplete = recorded(
        9,
        respiratory_rate_per_min=30,
        temperature_celsius=None,
        incomplete_reason=IncompleteReason.REFUSED,
    )
    wrong = recorded(6, pulse_per_min=175)
    correction = recorded(6, supersedes_id=wrong.id)
    struck = recorded(3, consciousness=Consciousness.VOICE)
    mark = strike_mark(struck)
    model = ObservationTableModel()
    sets = (incomplete, replaced(wrong, correction), correction, replaced(struck, mark), mark)
    model.show_sets(charted_sets(chart(*sets)), LONDON)
    return model


def cell(model, row, header, role=Qt.ItemDataRole.DisplayRole):
    return model.index(row, COLUMN[header]).data(role)


def test_that_the_table_keeps_qts_contract(model, qtmodeltester):
    qtmodeltester.check(model)


def test_that_the_table_shows_every_entered_set_newest_first(model):
    assert model.rowCount() == 4
    assert [cell(model, row, "State") for row in range(4)] == [
        "Struck out",
        "Correction",
        "Corrected",
        "",
    ]
    assert cell(model, 3, "Score") == "≥3"
    assert cell(model, 3, "Not measured") == "temperature (patient refused)"
    assert cell(model, 3, "Temperature") == "not measured"
    assert cell(model, 3, "Respirations") == "30 /min  +3"


def test_that_originals_stay_readable_and_are_struck_through(model):
    assert cell(model, 2, "Pulse") == "175 /min  +3"
    assert cell(model, 2, "Pulse", Qt.ItemDataRole.FontRole).strikeOut()
    why = "Changed by, when and why"
    assert cell(model, 2, why) == "Nora Nurse, 20-Nov-2026 14:07: a slip"
    assert not cell(model, 2, why, Qt.ItemDataRole.FontRole).strikeOut()
    assert cell(model, 2, "Pulse", Qt.ItemDataRole.BackgroundRole) is None


def test_that_a_screen_reader_hears_header_and_value(model):
    spoken = cell(model, 3, "Respirations", Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Respirations: 30 /min  +3"
    assert cell(model, 3, "Note", Qt.ItemDataRole.AccessibleTextRole) == "Note: nothing"


def test_that_points_colour_a_cell_and_are_written_in_it(model):
    scored, plain = (
        cell(model, 3, name, Qt.ItemDataRole.BackgroundRole) for name in ("Respirations", "Pulse")
    )
    assert scored is not None
    assert plain is None
    assert cell(model, 3, "Respirations", Qt.ItemDataRole.ForegroundRole) is not None


def test_that_stale_rows_are_greyed(qtbot, model):
    with qtbot.waitSignal(model.dataChanged):
        model.set_stale(stale=True)
    dim = cell(model, 0, "State", Qt.ItemDataRole.ForegroundRole)
    assert cell(model, 3, "Respirations", Qt.ItemDataRole.ForegroundRole) == dim


def test_that_a_row_gives_its_set(model):
    one = model.index(2, 0).data(SetRole)
    assert model.row_of(one.recorded.id) == 2
    assert model.row_of(None) == -1


def test_that_a_correction_says_by_whom_and_why(model):
    assert cell(model, 1, "Changed by, when and why") == "Nora Nurse, 20-Nov-2026 14:07: a slip"
    assert cell(model, 3, "Changed by, when and why") == ""


def test_that_the_table_holds_whatever_the_chart_draws(model):
    """Every row of the chart is a column, and every state a set can have is a word."""
    drawn = {row.name for row in ROWS if row.kind not in {RowKind.SCORE, RowKind.MARKS}}
    assert drawn == {column.scored for column in COLUMNS if column.scored}
    assert {"Measured", "Score", "Risk", "State", "Scale", "Not measured"} <= set(COLUMN)
    assert all(standing.value for standing in Standing)


def test_that_a_screen_reader_reaches_every_cell_through_the_view(qtbot, model):
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.show()
    whole = QAccessible.queryAccessibleInterface(view)
    heard = {whole.child(n).text(QAccessible.Text.Name) for n in range(whole.childCount())}
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            spoken = model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole)
            assert spoken in heard


def test_that_sets_not_taken_stand_between_the_sets_with_their_reason(qtmodeltester):
    model = ObservationTableModel()
    sets = charted_sets(chart(recorded(9), recorded(1)))
    model.show_sets(sets, LONDON, (not_taken(5), not_taken(4, "off_ward", note="X-ray")))
    qtmodeltester.check(model)
    assert [cell(model, row, "State") for row in range(4)] == ["", "Put off", "Refused", ""]
    said = cell(model, 1, "Not measured")
    assert said == "whole set (off the ward), due 10:07, next by 14:07"
    assert cell(model, 1, "Note") == "X-ray"
    assert model.index(1, 0).data(SetRole) is None
    assert cell(model, 1, "State", Qt.ItemDataRole.AccessibleTextRole) == "State: Put off"
    assert model.row_of(sets[1].recorded.id) == 0
    model.set_stale(stale=True)
    assert cell(model, 1, "State", Qt.ItemDataRole.ForegroundRole) is not None
