"""Tables of rows: columns that share out the room there is."""

import pytest

from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable


@pytest.fixture
def table(qtbot):
    """Return a table of two columns of 100 and 300 pixels in a room of this width."""

    def make(width):
        model = RowsModel[str]((RowColumn("Bed", 100, str), RowColumn("Patient", 300, str)))
        table = RowsTable(model, "Patients")
        model.setParent(table)
        qtbot.addWidget(table)
        table.resize(width, 200)
        table.show()
        return table

    return make


def widths(table):
    return [table.columnWidth(number) for number in range(2)]


@pytest.mark.parametrize("width", [380, 400, 560])
def test_that_columns_fill_the_room(table, width):
    shown = table(width)
    assert abs(sum(widths(shown)) - shown.viewport().width()) <= 2
    assert not shown.horizontalScrollBar().isVisible()
    narrow, wide = widths(shown)
    assert wide == pytest.approx(3 * narrow, abs=3)


def test_that_a_table_far_too_wide_keeps_its_widths_and_scrolls(table):
    shown = table(300)
    assert widths(shown) == [100, 300]
    assert shown.horizontalScrollBar().maximum() > 0


def test_that_a_wide_screen_does_not_tear_columns_apart(table):
    assert widths(table(2_000)) == [150, 450]


def test_that_other_columns_get_their_own_shares(table):
    shown = table(400)
    shown.model().columns = (RowColumn("When", 200, str), RowColumn("Note", 200, str))
    shown.fit_columns()
    first, last = widths(shown)
    assert abs(first - last) <= 1


def test_that_a_table_without_columns_yet_is_only_empty(table):
    shown = table(400)
    shown.model().columns = ()
    shown.fit_columns()
    assert shown.model().columnCount() == 0
