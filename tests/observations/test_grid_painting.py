"""What the bay grid paints: the cells that changed, and no others; what was laid out once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.observations.builders import LONDON, NOW, patient_row, signs
from tests.sheets import press, type_text
from ui import theme
from ui.observations import grid_view
from ui.observations.grid_delegate import ROW_HEIGHT_PX, GridDelegate, PatientHeader
from ui.observations.grid_drawing import CENTRE, LEFT, RIGHT, Lettering
from ui.observations.grid_fields import grid_fields
from ui.observations.grid_model import GridModel
from ui.observations.grid_row import GridRow, GridRules, Look
from ui.observations.grid_view import GridView
from ward_app.observations.oxygen_target import SCALE_2_RANGE
from ward_app.observations.packs import adult_limits
from ward_app.observations.ward_charting import LastSet

ROWS, SEEN = 30, 12
RESPIRATIONS, SATURATION, OXYGEN, SCORE, TIME, STATE = 0, 1, 2, 7, 8, 9
PAPER, ROOM = QRect(0, 0, 200, 40), QRect(20, 5, 120, 30)


@pytest.fixture
def painted(monkeypatch):
    """The cells painted since it was cleared: (row, column), column "who" for the patient."""
    cells = []

    class Delegate(GridDelegate):
        def paint(self, painter, option, index):
            cells.append((index.row(), index.column()))
            super().paint(painter, option, index)

    class Header(PatientHeader):
        def paintSection(self, painter, rect, section):  # noqa: N802 - Qt's
            cells.append((section, "who"))
            super().paintSection(painter, rect, section)

    monkeypatch.setattr(grid_view, "GridDelegate", Delegate)
    monkeypatch.setattr(grid_view, "PatientHeader", Header)
    return cells


@pytest.fixture
def model(qapp):
    """Thirty patients with a set before; for the first, a target of oxygen."""
    limits = adult_limits()
    rules = GridRules(grid_fields(limits), limits, LONDON, lambda: NOW)
    model = GridModel(rules, lambda: NOW)
    rows = [GridRow(patient_row(bed_label=str(n)), rules) for n in range(1, ROWS + 1)]
    for row in rows:
        row.last = LastSet(
            row.admission_id, uuid4(), NOW - timedelta(hours=4), 1, 1, "news2", signs()
        )
    rows[0].show_target(SCALE_2_RANGE)
    model.show_rows(rows)
    return model


@pytest.fixture
def view(qtbot, painted, model):
    """The rows in a window high enough for twelve of them, painted."""
    view = GridView(model)
    qtbot.addWidget(view)
    view.resize(1200, view.horizontalHeader().sizeHint().height() + SEEN * ROW_HEIGHT_PX)
    with qtbot.waitExposed(view):
        view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.setFocus()
    view.go_to(1, RESPIRATIONS)
    settled(painted)
    return view


def settled(painted):
    """Let everything be painted that waits for it; return which cells that was, and forget it."""
    for _ in range(3):
        QApplication.processEvents()
    cells = sorted(set(painted), key=str)
    painted.clear()
    return cells


def test_that_a_key_paints_its_value_score_and_time_alone(qtbot, view, painted):
    type_text(qtbot, "1")
    assert settled(painted) == [(1, RESPIRATIONS), (1, SCORE), (1, TIME)]
    type_text(qtbot, "6")
    # settled: the cursor goes on; 16 a minute has no points, where 1 had three
    assert settled(painted) == [(1, RESPIRATIONS), (1, SATURATION), (1, SCORE)]


def test_that_a_key_that_changes_nothing_paints_nothing(qtbot, view, model, painted):
    press(qtbot, Qt.Key.Key_Escape)
    type_text(qtbot, "x")
    model.touch_all()
    assert settled(painted) == []


def test_that_what_follows_from_a_value_is_painted_with_it(qtbot, view, model, painted):
    """[C] On scale 2 the points of a saturation wait for what is breathed."""
    model.rows[0].bed = model.rows[0].bed._replace(spo2_scale=2)
    view.go_to(0, SATURATION)
    type_text(qtbot, "95")
    assert model.shown[0].columns[STATE].text.endswith("above the target 88 to 92 %.")
    settled(painted)
    type_text(qtbot, "N")
    assert (0, SATURATION) in settled(painted)
    assert model.shown[0].columns[SATURATION].points == 2


def test_that_the_cursor_lights_and_darkens_two_rows_and_no_other(qtbot, view, painted):
    press(qtbot, Qt.Key.Key_Down)
    cells = settled(painted)
    assert {number for number, _column in cells} == {1, 2}
    assert len(cells) == 2 * (STATE + 2)
    press(qtbot, Qt.Key.Key_Right)
    assert settled(painted) == [(2, RESPIRATIONS), (2, SATURATION)]


@pytest.mark.parametrize("scheme", list(theme.Scheme))
def test_that_scrolling_moves_what_is_painted(view, painted, qapp, scheme):
    theme.apply(qapp, scheme)
    view.go_to(SEEN - 1, 0)
    settled(painted)
    view.go_to(SEEN, 0)
    numbers = {number for number, column in settled(painted) if column != "who"}
    assert SEEN in numbers
    # the row that was left, the one that came, and the edge of what follows
    assert numbers <= {SEEN - 1, SEEN, SEEN + 1}


def test_that_a_ward_read_anew_paints_the_rows_that_changed(view, model, painted):
    model.rows[3].last = LastSet(
        model.rows[3].admission_id, uuid4(), NOW, 5, 5, "news2", signs(pulse_per_min=131)
    )
    model.rows[4].bed = model.rows[4].bed._replace(family_name="Lind")
    model.show_rows(model.rows)
    assert set(settled(painted)) >= {(3, 4), (3, SCORE), (4, "who")}
    model.show_rows(model.rows)
    assert settled(painted) == []


def test_that_greying_paints_once(view, model, painted):
    model.set_stale(stale=True)
    assert len([one for one in settled(painted) if one[1] != "who"]) == SEEN * (STATE + 1)
    model.set_stale(stale=True)
    assert settled(painted) == []


def test_that_each_cell_that_changed_is_told_by_itself(model):
    told = []
    model.dataChanged.connect(lambda first, last: told.append((first, last)))
    model.type_text(2, RESPIRATIONS, "16")
    assert [first.column() for first, _last in told] == [RESPIRATIONS, SCORE, TIME]
    assert all(first == last and first.row() == 2 for first, last in told)
    model.rows[2].say("Saved.", Look.SAVED)
    model.touch(model.rows[2])
    assert [first.column() for first, _last in told[3:]] == [STATE]


def drawn(draw):
    """Return the picture that `draw` makes with a painter."""
    image = QImage(PAPER.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    draw(painter)
    painter.end()
    return image


@pytest.mark.parametrize("flags", [LEFT, RIGHT, CENTRE], ids=["left", "right", "centre"])
@pytest.mark.parametrize("text", ["", "▲ 88", "< b >", "much too long for the room there is"])
def test_that_words_laid_out_once_stand_where_qt_draws_them(qapp, flags, text):
    font = theme.font(theme.BODY_PX)
    words = Lettering(font)

    def by_qt(painter):
        painter.setFont(font)
        painter.drawText(ROOM, flags, text)

    assert drawn(lambda painter: words.draw(painter, ROOM, flags, text)) == drawn(by_qt)


@pytest.mark.parametrize("text", ["", "Saved 10:05.", "Not saved yet, and more of it", "x " * 99])
def test_that_words_on_several_lines_stand_where_qt_draws_them(qapp, text):
    font = theme.font(theme.SMALL_PX)
    words = Lettering(font)

    def by_qt(painter):
        painter.setFont(font)
        painter.drawText(ROOM, LEFT | Qt.TextFlag.TextWordWrap, text)

    assert drawn(lambda painter: words.draw_wrapped(painter, ROOM, text)) == drawn(by_qt)


def test_that_a_name_too_long_is_shortened_and_measured(qapp):
    words = Lettering(theme.font(theme.BODY_PX))
    name = "Featherstonehaugh-Cholmondeley, Maximiliana"
    short = words.elided(name, ROOM.width())
    assert short.endswith("…")
    assert name.startswith(short[:-1])
    assert words.width(short) <= ROOM.width()
    assert words.width("") == 0
