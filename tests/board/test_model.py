from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from tests.board.builders import (
    NOW,
    ZONE,
    a_board,
    a_patient,
    a_patient_without_bed,
    a_varied_hospital,
    a_varied_ward,
    a_withheld_bed,
    an_empty_bed,
    an_id,
)
from ui import theme
from ui.board.bed_model import ADMISSION_MIME, BedListModel, RowRole, may_drop
from ui.board.cards import BedCard, Face, Moment
from ui.board.rows import BoardRows, Heading, Wanted, cards_of
from ui.board.table_model import COLUMNS, BedTableModel
from ward_app.board.types import BoardFilter

MOMENT = Moment(NOW, ZoneInfo(ZONE))
MOVE = Qt.DropAction.MoveAction


def rows_of(*beds, moment=MOMENT, wanted=None):
    return BoardRows(ZONE).rows(a_board(*beds), moment, wanted or Wanted())


def model_of(*beds):
    model = BedListModel()
    model.set_rows(rows_of(*beds))
    return model


# the rows


def test_that_beds_stand_under_their_bays_in_the_order_given():
    rows = rows_of(a_patient(2), a_patient(10), a_patient(1, room_id=an_id(1), room_name="Bay B"))
    assert [row.text if isinstance(row, Heading) else row.label for row in rows] == [
        "Bay A", "2", "10", "Bay B", "1",
    ]  # fmt: skip


def test_that_one_ward_needs_no_heading_and_several_do():
    assert not any(row.is_ward for row in rows_of(a_patient()) if isinstance(row, Heading))
    hospital = BoardRows(ZONE).rows(a_varied_hospital(wards=3), MOMENT, Wanted())
    wards = [row.text for row in hospital if isinstance(row, Heading) and row.is_ward]
    assert wards == ["Ward 1 East", "Ward 2 East", "Ward 3 East"]


def test_that_patients_without_a_bed_are_loud():
    heading = rows_of(a_patient(1), a_patient_without_bed(2))[2]
    assert (heading.text, heading.loud) == ("No bed", True)
    assert heading.note == "1 patient on the ward without a bed"


def test_that_headings_of_nothing_are_left_out():
    rows = rows_of(
        a_patient(1),
        an_empty_bed(2, room_id=an_id(1), room_name="Bay B"),
        wanted=Wanted(filter=BoardFilter.FREE),
    )
    assert [row.text for row in rows if isinstance(row, Heading)] == ["Bay B"]


def test_that_a_bed_that_did_not_change_keeps_its_card():
    maker = BoardRows(ZONE)
    before = cards_of(maker.rows(a_board(a_patient(1), a_patient(2)), MOMENT, Wanted()))
    changed = a_patient(2, news2_total=9, news2_at_least=9)
    after = cards_of(maker.rows(a_board(a_patient(1), changed), MOMENT, Wanted()))
    assert after[0] is before[0]
    assert after[1] is not before[1]


def test_that_a_minute_later_only_countdowns_are_worded_anew():
    maker, board = BoardRows(ZONE), a_board(a_patient(1), an_empty_bed(2))
    before = cards_of(maker.rows(board, MOMENT, Wanted()))
    later = Moment(NOW + timedelta(minutes=1), MOMENT.zone)
    after = cards_of(maker.rows(board, later, Wanted()))
    assert after[0].due == "Next obs in 41 min"
    assert after[0].chips is before[0].chips
    assert after[1] is before[1]


def test_that_the_next_day_everything_is_worded_anew():
    maker, board = BoardRows(ZONE), a_board(a_patient(1))
    maker.rows(board, MOMENT, Wanted())
    tomorrow = Moment(NOW + timedelta(days=1), MOMENT.zone)
    [shown] = cards_of(maker.rows(board, tomorrow, Wanted()))
    assert shown.stay == "Day 13 · leaves 24-Nov"


# the list model


def test_that_the_list_model_keeps_qts_contract(qtmodeltester):
    model = BedListModel()
    model.set_rows(BoardRows(ZONE).rows(a_varied_ward(), MOMENT, Wanted()))
    qtmodeltester.check(model)


def test_that_changed_beds_are_announced_as_one_range(qtbot):
    beds = [a_patient(number) for number in range(1, 7)]
    model = model_of(*beds)
    resets, ranges = [], []
    model.modelReset.connect(lambda: resets.append(1))
    model.dataChanged.connect(lambda top, last, _roles: ranges.append((top.row(), last.row())))
    beds[1] = beds[1]._replace(news2_total=9, news2_risk="high")
    beds[4] = an_empty_bed(5, readiness="dirty")
    model.set_rows(rows_of(*beds))
    assert (resets, len(ranges)) == ([], 1)
    assert ranges[0][0] <= 2
    assert ranges[0][1] >= 5
    assert model.index(5, 0).data(RowRole).face is Face.EMPTY


def test_that_nothing_is_announced_where_nothing_changed():
    maker, board = BoardRows(ZONE), a_varied_ward()
    model = BedListModel()
    model.set_rows(maker.rows(board, MOMENT, Wanted()))
    announced = []
    model.dataChanged.connect(lambda *_: announced.append(1))
    model.modelReset.connect(lambda: announced.append(1))
    model.set_rows(maker.rows(board, MOMENT, Wanted()))
    assert announced == []


def test_that_other_beds_than_before_reset_the_list():
    model = model_of(a_patient(1))
    resets = []
    model.modelReset.connect(lambda: resets.append(1))
    model.set_rows(rows_of(a_patient(1), a_patient_without_bed(2)))
    assert resets == [1]


def test_that_headings_can_neither_be_chosen_nor_dragged():
    assert model_of(a_patient()).index(0, 0).flags() == Qt.ItemFlag.NoItemFlags


def test_that_a_screen_reader_gets_a_sentence_per_bed():
    model = model_of(a_patient(12))
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(0, 0).data(role) == "Bay A. 1 bed, none free."
    assert model.index(1, 0).data(role).startswith("Bed 12, Bay A. OKAFOR, Grace.")
    assert model.index(1, 0).data() == "12"


def test_that_a_patient_is_found_before_a_bed():
    moved = a_patient(1, bed_id=an_id(70_002), bed_label="2")
    model = model_of(an_empty_bed(1), moved)
    assert model.index_of(moved.admission_id, an_id(70_001)).row() == 2
    assert model.index_of(UUID(int=1), an_id(70_001)).row() == 1
    assert model.index_of(None, an_id(70_001)).row() == 1
    assert not model.index_of(UUID(int=1), UUID(int=2)).isValid()


# dragging


@pytest.mark.parametrize(
    ("patient", "target", "allowed"),
    [
        pytest.param(a_patient(1), an_empty_bed(2), True, id="free_bed"),
        pytest.param(a_patient(1), an_empty_bed(2, readiness="dirty"), True, id="not_clean_yet"),
        pytest.param(a_patient(1), a_patient(2), True, id="swap"),
        pytest.param(a_patient(1), a_patient(1), False, id="onto_itself"),
        pytest.param(a_patient(1), an_empty_bed(2, availability="blocked"), False, id="blocked"),
        pytest.param(a_patient(1), an_empty_bed(2, availability="closed"), False, id="closed"),
        pytest.param(a_patient(1), a_withheld_bed(2), False, id="somebody_unknown"),
        pytest.param(a_patient(1), a_patient_without_bed(2), False, id="onto_no_bed"),
        pytest.param(a_patient_without_bed(1), an_empty_bed(2), True, id="into_a_bed_at_last"),
        pytest.param(a_patient_without_bed(1), a_patient(2), False, id="no_bed_to_exchange"),
        pytest.param(
            a_patient(1), a_patient(2, bed_id=an_id(70_001)), False, id="two_who_share_a_bed"
        ),
    ],
)
def test_that_a_patient_is_dropped_only_where_a_step_can_follow(patient, target, allowed):
    assert may_drop(patient, target) is allowed


def test_that_a_drop_is_announced_and_never_moves_rows_by_itself(qtbot):
    model = model_of(a_patient(1), an_empty_bed(2))
    data = model.mimeData([model.index(1, 0)])
    with qtbot.waitSignal(model.dropped) as dropped:
        moved = model.dropMimeData(data, MOVE, -1, -1, model.index(2, 0))
    assert moved is False
    assert [bed.bed_label for bed in dropped.args] == ["1", "2"]
    assert model.rowCount() == 3


def test_that_a_patient_who_left_meanwhile_cannot_be_dropped(qtbot):
    model = model_of(a_patient(1), an_empty_bed(2))
    data = model.mimeData([model.index(1, 0)])
    model.set_rows(rows_of(an_empty_bed(1), an_empty_bed(2)))
    assert not model.canDropMimeData(data, MOVE, -1, -1, model.index(2, 0))
    with qtbot.assertNotEmitted(model.dropped):
        model.dropMimeData(data, MOVE, -1, -1, model.index(2, 0))


def test_that_only_beds_with_patients_can_be_dragged():
    model = model_of(a_patient(1), an_empty_bed(2), an_empty_bed(3, availability="blocked"))
    drag, drop = Qt.ItemFlag.ItemIsDragEnabled, Qt.ItemFlag.ItemIsDropEnabled
    flags = [model.index(row, 0).flags() for row in (1, 2, 3)]
    assert [bool(each & drag) for each in flags] == [True, False, False]
    assert [bool(each & drop) for each in flags] == [True, True, False]
    assert not model.mimeData([]).hasFormat(ADMISSION_MIME)


# the table


def table_of(*beds):
    model = BedTableModel()
    model.set_cards(cards_of(rows_of(*beds)))
    return model


def column(header):
    return [each.header for each in COLUMNS].index(header)


def texts(model, header):
    return [model.index(row, column(header)).data() for row in range(model.rowCount())]


def test_that_the_table_model_keeps_qts_contract(qtmodeltester):
    model = BedTableModel()
    model.set_cards(cards_of(BoardRows(ZONE).rows(a_varied_ward(), MOMENT, Wanted())))
    qtmodeltester.check(model)


def test_that_bed_2_is_sorted_before_bed_10():
    model = table_of(a_patient(10), a_patient(2), a_patient(1))
    model.sort(column("Bed"), Qt.SortOrder.AscendingOrder)
    assert texts(model, "Bed") == ["1", "2", "10"]


@pytest.mark.parametrize("order", list(Qt.SortOrder))
def test_that_what_is_not_known_comes_last_either_way(order):
    unknown = {"news2_total": None, "news2_at_least": None, "news2_previous_total": None}
    unknown |= {"observed_at": None}
    model = table_of(
        a_patient(1, **unknown),
        a_patient(2, news2_total=0, news2_at_least=0, news2_previous_total=None),
        a_patient(3, news2_total=9, news2_at_least=9, news2_previous_total=None),
        an_empty_bed(4),
    )
    model.sort(column("Score"), order)
    known = ["○ 0", "◆ 9"]
    if order is Qt.SortOrder.DescendingOrder:
        known.reverse()
    assert texts(model, "Score") == [*known, "?", ""]


def test_that_the_table_stays_sorted_when_data_change():
    model = table_of(a_patient(1, news2_total=1), a_patient(2, news2_total=5))
    model.sort(column("Score"), Qt.SortOrder.DescendingOrder)
    model.set_cards(cards_of(rows_of(a_patient(1, news2_total=9), a_patient(2, news2_total=5))))
    assert texts(model, "Bed") == ["1", "2"]


def test_that_an_index_kept_while_sorting_still_means_the_same_bed(qtbot):
    model = table_of(a_patient(1, news2_total=1), a_patient(2, news2_total=5))
    kept = QPersistentModelIndex(model.index(0, 0))
    model.sort(column("Score"), Qt.SortOrder.DescendingOrder)
    assert (kept.row(), kept.data()) == (1, "1")


def test_that_a_table_whose_rows_stay_is_not_reset(qtbot):
    model = table_of(a_patient(1), a_patient(2))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.set_cards(cards_of(rows_of(a_patient(1), an_empty_bed(2))))
    assert texts(model, "Patient") == ["OKAFOR, Grace", "Free, clean"]


def test_that_a_stale_table_is_grey(qapp):
    model = table_of(a_patient(1, next_due_at=NOW - timedelta(hours=1)))
    late, role = model.index(0, column("Next obs")), Qt.ItemDataRole.ForegroundRole
    assert late.data(role) == theme.colour("risk_high")
    model.set_stale(stale=True)
    assert late.data(role) == theme.colour("dim")


def test_that_the_table_finds_a_patient_before_a_bed():
    moved = a_patient(1, bed_id=an_id(70_002), bed_label="2")
    model = table_of(an_empty_bed(1), moved)
    assert model.index_of(moved.admission_id, an_id(70_001)).row() == 1
    assert model.index_of(UUID(int=1), an_id(70_001)).row() == 0
    assert not model.index_of(None, UUID(int=2)).isValid()


def test_that_the_first_cell_speaks_for_the_row():
    model = table_of(a_patient(1))
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(0, 0).data(role).startswith("Bed 1, Bay A. OKAFOR")
    assert model.index(0, 1).data(role) is None


def test_that_the_table_says_what_the_tiles_say():
    model = table_of(
        a_patient(1, alike_name=True, news2_total=None, news2_at_least=5),
        an_empty_bed(2, readiness="dirty"),
    )
    assert texts(model, "Patient") == ["≈ OKAFOR, Grace", "To be cleaned"]
    assert texts(model, "Score") == ["▲ ≥5 ↑ incomplete", ""]
    assert texts(model, "Next obs") == ["in 42 min", ""]
    assert texts(model, "Allergies") == ["No known allergies", ""]
    assert texts(model, "State") == ["Name like another's", "Since 13:40 · Waits for cleaning"]


def test_that_every_column_can_be_sorted_with_every_kind_of_bed():
    model = BedTableModel()
    model.set_cards(cards_of(BoardRows(ZONE).rows(a_varied_hospital(3), MOMENT, Wanted())))
    for number in range(len(COLUMNS)):
        model.sort(number, Qt.SortOrder.AscendingOrder)
        assert model.rowCount() == 90


def test_that_showing_only_looks_up_what_was_worded_before(monkeypatch):
    model, table = model_of(a_patient(1)), table_of(a_patient(1))
    for words in ("time_left", "points_known", "trend", "has_patient", "plain"):
        monkeypatch.setattr(f"ward_app.board.rules.{words}", None)
    for role in Qt.ItemDataRole:
        model.data(model.index(1, 0), role)
        for number in range(len(COLUMNS)):
            table.data(table.index(0, number), role)


def test_that_nowhere_has_no_data():
    assert BedListModel().data(QModelIndex()) is None
    assert BedTableModel().data(QModelIndex()) is None
    assert not isinstance(BedListModel().card(QModelIndex()), BedCard)
