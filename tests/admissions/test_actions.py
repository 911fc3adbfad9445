import pytest

from tests import world
from tests.sheets import bed_row, freed, opened, press_save, row_of, settled
from tests.steps import admit, places
from ui.admissions.actions import BedActions, swap_sheet, transfer_sheet, undo_sheet
from ui.admissions.stay import ward_zone
from ui.board.panel import BoardPanel
from ui.context import Place
from ward_app.core.errors import OutcomeUnknownError
from ward_app.core.ids import new_id
from ward_app.rooms.types import Readiness


@pytest.fixture
def sheets():
    """The sheets that were opened."""
    return []


@pytest.fixture
def told():
    """What was told: (sentence, undo)."""
    return []


@pytest.fixture
def actions(context, sheets, told):
    """What the board's signals lead to."""
    return BedActions(context, sheets.append, lambda text, undo: told.append((text, undo)))


@pytest.fixture
def board(qtbot, context, actions):
    """A board of ward East whose wishes are served."""
    ward = next(ward for ward in context.wards if ward.id == world.id_of("east"))
    board = BoardPanel(context, Place(name=ward.name, wards=(ward,)))
    qtbot.addWidget(board)
    actions.serve(board)
    return board


@pytest.fixture
def bed(database, nurse):
    """Return the board's row of a bed of ward East, by its label."""
    return lambda label: bed_row(database, nurse, label)


@pytest.fixture
def okafor(database, nurse):
    """Ada Okafor, admitted to bed 1 of ward East."""
    admit(database, nurse, "Okafor", "Ada", label="1")
    return row_of(database, nurse, "Okafor")


def test_that_each_wish_of_the_board_opens_its_sheet(board, sheets, okafor, bed):
    free = bed("2")
    board.admit_asked.emit(free)
    board.transfer_asked.emit(okafor, None)
    board.swap_asked.emit(okafor, None)
    board.discharge_asked.emit(okafor)
    board.undo_asked.emit(okafor)
    board.flags_asked.emit(okafor)
    board.availability_asked.emit(free)
    assert [sheet.title for sheet in sheets] == [
        "Admit",
        "Transfer: OKAFOR, Ada",
        "Swap beds: OKAFOR, Ada",
        "Discharge: OKAFOR, Ada",
        "Undo the last step: OKAFOR, Ada",
        "Allergies and flags: OKAFOR, Ada",
        "Bed state: bed 2, Bay A",
    ]


def command(board, text):
    """Run one of the board's commands by the beginning of its words."""
    next(each for each in board.actions() if each.text().startswith(text)).trigger()


def test_that_rarer_acts_are_commands_of_the_board(board, sheets, told, okafor):
    command(board, "Admit, bed still")
    command(board, "Undo a discharge")
    command(board, "Change the expected")
    assert [sheet.title for sheet in sheets] == ["Admit", "Undo the last step"]
    assert told == [("Choose a patient first: arrow keys, or type the bed's number.", None)]


def test_that_the_expected_discharge_of_the_chosen_patient_is_changed(
    qtbot, board, sheets, okafor
):
    board.show()
    board.refresh()
    qtbot.waitUntil(lambda: board.beds.model.index_of(okafor.admission_id, None).isValid())
    board.beds.go_to(okafor.admission_id, okafor.bed_id)
    command(board, "Change the expected")
    assert [sheet.title for sheet in sheets] == ["Expected discharge: OKAFOR, Ada"]


def test_that_a_drag_opens_the_move_to_that_bed(board, sheets, okafor, bed):
    board.transfer_asked.emit(okafor, bed("3"))
    assert sheets[0].place().bed_id == world.bed("east", "3")


def test_that_the_next_step_of_cleaning_is_one_key(qtbot, board, told, sheets, bed):
    board.readiness_asked.emit(bed("2"), Readiness.CLEANING)
    settled(qtbot, board.context)
    assert told[0][0] == "Bed 2: being cleaned."
    assert bed("2").readiness == "cleaning"
    told[0][1]()
    assert sheets[0].title == "Bed state: bed 2, Bay A"


def test_that_what_was_saved_offers_its_undo_after_the_sheet_is_gone(
    qtbot, actions, sheets, okafor, bed
):
    actions.transfer(okafor, bed("3"))
    sheet = sheets.pop()
    sheet.show()
    with qtbot.waitSignal(sheet.saved):
        sheet.save()
    undo = sheet.undo
    freed(qtbot, sheet)
    undo()
    assert sheets[-1].title == "Undo the last step: OKAFOR, Ada"


def test_that_a_lost_server_keeps_the_entry_and_offers_to_save_again(
    qtbot, okafor, bed, database, context
):
    sheet = transfer_sheet(context, okafor, bed("3"))
    qtbot.addWidget(sheet)
    sheet.show()
    settled(qtbot, context)
    sheet.form.set_value("reason", "Isolation")
    sheet.show_problem(OutcomeUnknownError("Not saved yet as far as is known. Press Save again."))
    assert "Press Save again" in sheet.notice.text
    assert sheet.form.value("reason") == "Isolation"
    with qtbot.waitSignal(sheet.saved):
        sheet.notice.button.click()
    assert places(database, context.work.actor) == {"3": "Okafor"}


def test_that_nothing_is_sent_twice_while_a_save_runs(qtbot, okafor, bed, database, context):
    sheet = transfer_sheet(context, okafor, bed("3"))
    qtbot.addWidget(sheet)
    sheet.show()
    sheet.activateWindow()
    qtbot.waitUntil(sheet.isActiveWindow)
    sheet.focus_first()
    settled(qtbot, context)
    with qtbot.waitSignal(sheet.saved):
        press_save(qtbot)
        assert not sheet.save_button.isEnabled()
        press_save(qtbot)
    settled(qtbot, context)
    assert places(database, context.work.actor) == {"3": "Okafor"}


def test_that_a_ward_nobody_told_of_is_read_in_utc(context):
    assert str(ward_zone(context, new_id())) == "UTC"


@pytest.mark.parametrize(
    ("make", "name"),
    [(transfer_sheet, "bed_id"), (swap_sheet, "partner")],
)
def test_that_a_list_that_could_not_be_read_never_looks_empty(qtbot, context, okafor, make, name):
    context.work.database.close()
    sheet = opened(qtbot, make(context, okafor))
    settled(qtbot, context)
    [option] = sheet.form_of(name).input(name).field.options.options()
    assert "could not be read" in option.text
    assert option.refusal


def test_that_an_unread_list_of_who_left_never_says_nobody_left(qtbot, context, bed):
    empty = bed("2")
    context.work.database.close()
    sheet = opened(qtbot, undo_sheet(context, empty))
    settled(qtbot, context)
    [option] = sheet.form_of("left").input("left").field.options.options()
    assert "could not be read" in option.text
