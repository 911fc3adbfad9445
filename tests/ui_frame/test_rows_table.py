"""Tables of rows: columns that share out the room there is."""

import pytest

from ui import theme
from ui.widgets.columns import shared_out
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


def test_that_a_table_far_too_wide_keeps_what_its_words_need_and_scrolls(table):
    shown = table(300)
    shown.model().show_rows(["WICKREMASINGHE-FEATHERSTONEHAUGH, Bartholomew"])
    assert widths(shown)[0] == 120
    assert widths(shown)[1] > 300
    assert shown.horizontalScrollBar().maximum() > 0


def test_that_a_table_far_too_wide_saves_what_no_word_needs(table):
    shown = table(300)
    shown.model().show_rows(["OKAFOR, Adaeze"])
    assert sum(widths(shown)) <= shown.viewport().width()


def test_that_a_column_takes_what_its_words_need_from_another(qtbot, table):
    shown = table(400)
    before = widths(shown)
    columns = (RowColumn("Bed", 100, str), RowColumn("Patient", 300, lambda _row: "OKAFOR"))
    shown.model().columns = columns
    shown.model().show_rows(["Ward 7 East, side room 12"])
    bed, patient = widths(shown)
    assert bed > before[0]
    assert bed > shown.fontMetrics().horizontalAdvance("Ward 7 East, side room 12")
    assert bed + patient == pytest.approx(sum(before), abs=2)


def test_that_columns_stand_still_while_their_words_need_no_other_room(table):
    shown = table(400)
    shown.model().show_rows(["OKAFOR, Adaeze"])
    shown.setColumnWidth(0, 111)
    shown.model().show_rows(["OKAFOR, Adaeza"])
    assert widths(shown)[0] == 111


def test_that_those_that_lack_least_are_helped_first():
    assert shared_out((100, 100, 100), (60, 110, 300), 300) == [60, 110, 130]


def test_that_the_one_that_lacks_most_gives_to_those_it_makes_whole():
    assert shared_out((100, 100, 100), (100, 110, 300), 300) == [100, 110, 90]


def test_that_headers_stay_small_in_another_colour_scheme(qapp, table):
    shown = table(400)
    theme.apply(qapp, theme.Scheme.DARK)
    try:
        assert shown.horizontalHeader().font().pixelSize() == theme.SMALL_PX
    finally:
        theme.apply(qapp, theme.Scheme.LIGHT)


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
