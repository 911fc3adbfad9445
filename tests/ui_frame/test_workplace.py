import weakref
from uuid import uuid4

import pytest
from PySide6.QtCore import QEvent, QObject, Qt

from tests.sheets import until_collected
from tests.ui_frame.builders import OnePanel, OneSheet, a_context, a_place, a_ward
from ui.context import Place
from ui.freshness import FreshnessState
from ui.workplace import PanelSpec, Workplace
from ward_app.core.errors import ConflictError, DatabaseUnavailableError
from ward_app.staff.types import Permission

SPECS = (
    PanelSpec(key="board", word="Beds", icon="beds", make=OnePanel),
    PanelSpec(key="rounds", word="Rounds", icon="rounds", make=OnePanel),
    PanelSpec(
        key="it", word="IT", icon="settings", make=OnePanel, permission=Permission.SYSTEM_OPERATE
    ),
)


def make(qtbot, surroundings, specs=SPECS):
    workplace = Workplace(surroundings, a_place(), specs)
    qtbot.addWidget(workplace)
    workplace.resize(1366, 700)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    qtbot.waitUntil(lambda: workplace.panel.loaded_at is not None)
    return workplace


@pytest.fixture
def workplace(qtbot, surroundings):
    return make(qtbot, surroundings)


def keys(qtbot, workplace, key, modifier=Qt.KeyboardModifier.ControlModifier):
    qtbot.keyClick(workplace.window().focusWidget(), key, modifier)


def test_that_the_rail_shows_only_panels_the_role_may_see(qtbot, workplace):
    assert workplace.offers("rounds")
    assert not workplace.offers("it")


def test_that_a_role_without_screens_is_told_so(qtbot, surroundings):
    workplace = make(qtbot, surroundings, SPECS[2:])
    assert workplace.offers("nothing")


def test_that_panels_after_the_ninth_have_keys_of_their_own(qtbot, surroundings):
    specs = [PanelSpec(key=f"p{n}", word=f"P{n}", icon="beds", make=OnePanel) for n in range(12)]
    workplace = make(qtbot, surroundings, specs)
    assert [workplace.keys_of(f"p{n}") for n in (0, 8, 9, 11)] == [
        "Ctrl+1",
        "Ctrl+9",
        "Ctrl+F1",
        "Ctrl+F3",
    ]
    keys(qtbot, workplace, Qt.Key.Key_F3)
    assert workplace.rail.button("p11").isChecked()


def test_that_ctrl_and_a_number_shows_a_panel_and_makes_it_only_then(qtbot, workplace):
    first = workplace.panel
    keys(qtbot, workplace, Qt.Key.Key_2)
    assert workplace.panel is not first
    assert workplace.rail.button("rounds").isChecked()
    qtbot.waitUntil(lambda: workplace.panel.loads == 1)
    qtbot.mouseClick(workplace.rail.button("board"), Qt.MouseButton.LeftButton)
    assert workplace.panel is first
    assert first.loads == 1


def test_that_a_change_made_here_refreshes_what_is_seen_and_marks_the_rest(qtbot, workplace):
    first = workplace.panel
    second = workplace.show_panel("rounds")
    qtbot.waitUntil(lambda: second.loaded_at is not None)
    workplace.context.work.committed.emit("beds")
    qtbot.waitUntil(lambda: second.loads == 2)
    assert first.is_stale
    assert first.loads == 1


@pytest.mark.parametrize(("own", "loads"), [(True, 2), (False, 1)])
def test_that_news_of_another_ward_is_none_of_ours(qtbot, workplace, own, loads):
    ward_id = workplace.place.ward_ids[0] if own else uuid4()
    workplace.pulse.changed.emit(str(ward_id), "beds")
    assert workplace.panel.loads == loads


def test_that_the_whole_hospital_hears_every_ward(qtbot, workplace):
    everything = Place(name="Whole hospital", wards=(a_ward(),), whole_hospital=True)
    workplace.show_place(everything)
    qtbot.waitUntil(lambda: workplace.panel.loaded_at is not None)
    before = workplace.panel.loads
    workplace.pulse.changed.emit(str(uuid4()), "beds")
    assert workplace.panel.loads == before + 1


def test_that_the_poll_reads_even_when_nothing_was_heard(qtbot, workplace):
    workplace.pulse.poll.timeout.emit()
    assert workplace.panel.loads == 2


def test_that_the_lamp_is_live_only_while_others_are_heard_and_the_load_is_young(
    qtbot, workplace, clock
):
    lamp = workplace.top_line.lamp
    assert lamp.text() == "▲ stale since 12:00"
    workplace.pulse._begin_hearing()
    qtbot.waitUntil(lambda: workplace.panel.loads == 2)
    qtbot.waitUntil(lambda: lamp.text() == "● live")
    clock.move(seconds=45)
    workplace.pulse.ticked.emit()
    assert lamp.text() == "▲ stale since 12:00"
    with qtbot.waitSignal(workplace.panel.loaded):
        workplace.refresh()
    assert lamp.text() == "● live"
    workplace.pulse._stop_hearing("broken")
    assert lamp.text().startswith("▲ stale since")


def test_that_a_server_out_of_reach_is_said_and_what_was_read_stays(qtbot, workplace):
    def fail(_tx):
        raise DatabaseUnavailableError("The ward database cannot be reached.")

    workplace.panel.answer = fail
    with qtbot.waitSignal(workplace.freshness_changed) as told:
        workplace.refresh()
    assert told.args[0].state is FreshnessState.OFFLINE
    assert workplace.top_line.lamp.text() == "◆ offline: reading from 12:00"
    assert workplace.panel.shown.text() == "read"


def test_that_the_clock_is_the_wards(qtbot, workplace, clock):
    assert workplace.top_line.clock.text() == "Fri 20-Nov  12:00"
    adelaide = Place(name="Far", wards=(a_ward(time_zone="Australia/Adelaide"),))
    workplace.show_place(adelaide)
    assert workplace.top_line.clock.text() == "Fri 20-Nov  22:30"


def test_that_a_click_on_a_count_filters_the_panel(qtbot, workplace):
    button = workplace.top_line.count_button("free")
    assert button.text() == "3 free"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert workplace.panel.filters == ["free"]
    assert workplace.top_line.count_button("free").isChecked()


def test_that_the_panels_key_opens_its_sheet_and_the_save_is_told(qtbot, workplace):
    keys(qtbot, workplace, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    sheet = workplace.sheets.sheet
    assert workplace.has_unsaved_entry is False
    qtbot.keyClicks(workplace.window().focusWidget(), "Okoro")
    assert workplace.has_unsaved_entry
    with qtbot.waitSignal(sheet.closed):
        keys(qtbot, workplace, Qt.Key.Key_Return)
    assert workplace.outcome.notice.text == "Saved. Okoro is in."
    qtbot.waitUntil(lambda: workplace.panel.loads == 2)
    assert workplace.panel.hasFocus()


def test_that_ctrl_z_undoes_what_was_told_and_only_once(qtbot, workplace):
    undone = []
    workplace.notify("Saved.", lambda: undone.append(1))
    assert workplace.outcome.notice.button.text() == "Undo (Ctrl+Z)"
    keys(qtbot, workplace, Qt.Key.Key_Z)
    keys(qtbot, workplace, Qt.Key.Key_Z)
    assert undone == [1]


def test_that_an_outcome_goes_by_itself_and_takes_its_undo_along(qtbot, workplace):
    undone = []
    workplace.notify("Saved.", lambda: undone.append(1))
    assert workplace.outcome.timer.interval() == 10_000
    workplace.outcome.timer.timeout.emit()
    assert workplace.outcome.notice.text == ""
    keys(qtbot, workplace, Qt.Key.Key_Z)
    assert undone == []


def test_that_a_problem_stays_until_it_is_closed(qtbot, workplace):
    workplace.context.work.failed.emit(ConflictError("Bed 12 is taken."))
    assert workplace.outcome.notice.text == "Bed 12 is taken."
    assert not workplace.outcome.timer.isActive()


def test_that_ctrl_k_finds_patients_actions_and_wards(qtbot, workplace):
    keys(qtbot, workplace, Qt.Key.Key_K)
    line = workplace.palette_card.line
    qtbot.keyClicks(line, "oko")
    assert workplace.palette_card.model.index(0).data() == "OKORO, Ada (Mrs)"
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert workplace.panel.filters == ["12"]
    keys(qtbot, workplace, Qt.Key.Key_K)
    qtbot.keyClicks(line, "adm")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert isinstance(workplace.sheets.sheet, OneSheet)


def test_that_ctrl_w_shows_another_ward(qtbot, workplace):
    keys(qtbot, workplace, Qt.Key.Key_W)
    qtbot.keyClicks(workplace.palette_card.line, "hosp")
    with qtbot.waitSignal(workplace.place_changed):
        qtbot.keyClick(workplace.palette_card.line, Qt.Key.Key_Return)
    assert workplace.place.whole_hospital
    assert workplace.top_line.ward.text().startswith("Whole hospital")


def test_that_f1_shows_every_key_of_the_panel_and_the_window(qtbot, workplace):
    keys(qtbot, workplace, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier)
    texts = workplace.keys_card.texts()
    assert ("A", "Admit a patient") in texts
    assert ("Ctrl+L", "Lock the screen") in texts
    assert ("Ctrl+Enter", "Save") in texts


@pytest.mark.parametrize(
    ("key", "asked"), [(Qt.Key.Key_L, "lock_asked"), (Qt.Key.Key_D, "scheme_asked")]
)
def test_that_lock_and_colours_have_keys(qtbot, workplace, key, asked):
    shift = Qt.KeyboardModifier.ShiftModifier
    modifier = Qt.KeyboardModifier.ControlModifier
    modifier = modifier | shift if asked == "scheme_asked" else modifier
    with qtbot.waitSignal(getattr(workplace, asked)):
        keys(qtbot, workplace, key, modifier)


def test_that_everything_fits_into_1366_by_768(qtbot, workplace):
    assert workplace.minimumSizeHint().width() <= 1366
    assert workplace.top_line.minimumSizeHint().width() <= 1366 - workplace.rail.width()


def test_that_a_workplace_can_be_freed(qtbot, look, lane, clock):
    surroundings = a_context(lane, clock)
    workplace = make(qtbot, surroundings)
    workplace.open_sheet(OneSheet(surroundings))
    workplace.ask_for_anything()
    gone = weakref.ref(workplace)
    with qtbot.waitSignal(workplace.destroyed):
        workplace.deleteLater()
    del workplace
    until_collected(qtbot, gone)


class Styled(QObject):
    """Counts how often what it watches is styled or given another parent."""

    _COUNTED = frozenset({QEvent.Type.StyleChange, QEvent.Type.ParentChange})

    def __init__(self):
        super().__init__()
        self.times = 0

    def eventFilter(self, _watched, event):  # noqa: N802 - Qt's
        self.times += event.type() in self._COUNTED
        return False


def test_that_what_stands_in_a_sheet_is_styled_once(qtbot, workplace):
    """A sheet is made in its room: to be given another parent would style all its parts anew."""
    sheet, styled = OneSheet(workplace.panel.context, "Ada"), Styled()
    for part in (sheet, sheet.form, sheet.form.input("name").line):
        part.installEventFilter(styled)
    assert sheet.parentWidget() is workplace.sheets
    assert not sheet.isVisible()
    workplace.open_sheet(sheet)
    qtbot.waitUntil(sheet.form.input("name").line.hasFocus)
    assert styled.times == 0
    assert sheet.isVisible()
