"""The list of what a downtime left: read, seen, settled and entered anew, by keyboard."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from tests.notes.builders import a_note
from tests.rounding.builders import a_record, template
from tests.sheets import in_window, opened, press, press_save, settled, type_text
from tests.steps import a_set, ago
from ui.context import Place
from ui.downtime.anew import form_for
from ui.downtime.joint import DOWNTIME, ROUNDS, DowntimeJoint
from ui.downtime.panel import DowntimePanel
from ui.panels import PANELS
from ui.workplace import Workplace
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.core.ids import new_id
from ward_app.downtime.outbox import Outbox
from ward_app.downtime.queries import queue
from ward_app.downtime.types import EntryState, SettledHow
from ward_app.notes.service import sign_note
from ward_app.observations.service import record_observations
from ward_app.rounding.service import save_round

KEY = Qt.Key
OTHER = "This was saved before, with other values. Compare it with the chart."


@pytest.fixture
def place(nurse_person):
    return Place(name="Ward 7 East", wards=nurse_person.wards)


@pytest.fixture
def needing(station, stay, nurse):
    """A set that was saved before the database went, and charted again with another note."""
    new = a_set(stay, note="warm")
    station.database.run(nurse, record_observations, new)
    station.chart_set(replace(new, note="cold"))
    return new


@pytest.fixture
def panel(qtbot, context, place, outbox):
    """The list as the program shows it at 1366 by 768."""
    made = in_window(qtbot, DowntimePanel(context, place, None, outbox=outbox))
    settled(qtbot, context)
    return made


@pytest.fixture
def there(station, nurse, admin):
    """Return what the database has: how entries were settled, and the notes of the sets."""

    def read():
        found = station.database.run(nurse, queue, ago(24 * 60))
        notes = admin.execute("SELECT note FROM report.vital_signs ORDER BY note").fetchall()
        return [(one.settled_how, one.settled_by) for one in found], [note for (note,) in notes]

    return read


@pytest.fixture
def shown(qtbot, context, panel):
    """Return a step: read the list anew and return what it says by line."""

    def step():
        panel.refresh()
        settled(qtbot, context)
        return [tuple(texts) for texts in panel.rows.texts]

    return step


@pytest.fixture
def pressed(qtbot, panel):
    """Return a step: press a key in the list and return the sheet that opens, None for none."""

    def step(key, modifier=Qt.KeyboardModifier.NoModifier):
        sheets = []
        panel.sheet_requested.connect(sheets.append)
        panel.table.setFocus()
        press(qtbot, key, modifier)
        panel.sheet_requested.disconnect(sheets.append)
        return opened(qtbot, sheets[0]) if sheets else None

    return step


def test_that_the_list_says_what_waits_was_accepted_and_needs_a_person(
    station, stay, needing, shown
):
    station.chart_set(a_set(stay))
    station.replay()
    station.chart(sign_note, a_note(stay))
    lines = shown()
    assert [line[0] for line in lines] == ["▲ needs a person", "○ waiting", "✓ accepted"]
    assert {line[1] for line in lines} == {"OKAFOR, Ada"}
    assert [line[2] for line in lines] == ["Observations", "Note", "Observations"]
    assert {line[4] for line in lines} == {"Nora Nurse"}
    assert [line[5] for line in lines] == [OTHER, "", ""]


def test_that_no_words_of_the_list_are_cut_at_1366_by_768(station, needing, panel, shown):
    station.replay()
    shown()
    metrics = panel.table.fontMetrics()
    for column, text in enumerate(panel.rows.texts[0]):
        assert metrics.horizontalAdvance(text) < panel.table.columnWidth(column)
    assert panel.table.horizontalScrollBar().maximum() == 0


def test_that_one_entry_is_one_line_although_here_and_in_the_database(station, needing, shown):
    station.replay()
    assert len(shown()) == 1


def test_that_the_reading_pane_says_what_was_charted_and_why(station, needing, panel, shown):
    station.replay()
    shown()
    words = panel.reading.toPlainText()
    for part in ("OKAFOR, Ada, Ward 7 East, Bed 1", "NEWS2 0", "SpO₂ 97", "cold", OTHER):
        assert part in words


@pytest.mark.usefixtures("needing")
def test_that_a_takes_note_of_what_was_accepted_and_nothing_else(
    qtbot, context, station, stay, pressed, shown
):
    station.chart_set(a_set(stay))
    station.replay()
    shown()
    pressed(KEY.Key_A)
    settled(qtbot, context)
    assert [line[0] for line in shown()] == ["▲ needs a person", "settled"]
    assert [held.state for held in station.outbox.held()] == [
        EntryState.NEEDS_A_PERSON,
        EntryState.SETTLED,
    ]


def test_that_what_is_set_aside_needs_a_reason_and_stays_out_of_the_chart(
    qtbot, station, needing, pressed, shown, there
):
    station.replay()
    shown()
    sheet = pressed(KEY.Key_S)
    press_save(qtbot)
    assert not sheet.is_saving
    type_text(qtbot, "1")
    with qtbot.waitSignal(sheet.closed):
        press_save(qtbot)
    assert there() == ([(SettledHow.SET_ASIDE, "Nora Nurse")], ["warm"])
    assert [line[0] for line in shown()] == ["Set aside"]


def test_that_what_is_recorded_as_meant_is_in_the_chart_with_its_author(
    qtbot, station, needing, pressed, shown, there
):
    station.replay()
    shown()
    sheet = pressed(KEY.Key_M)
    type_text(qtbot, "1")
    with qtbot.waitSignal(sheet.closed):
        press_save(qtbot)
    _settled, (meant, saved) = there()
    assert saved == "warm"
    assert meant == "cold\nCharted by Nora Nurse while the database was away."
    assert [line[0] for line in shown()] == ["Recorded as meant"]


def test_that_what_is_entered_anew_is_filled_in_and_settled_once_saved(
    qtbot, station, needing, panel, pressed, there
):
    station.replay()
    panel.refresh()
    settled(qtbot, panel.context)
    asked = []
    panel.entry_asked.connect(lambda *what: asked.append(what))
    pressed(KEY.Key_E)
    (line, row, said), *_rest = asked
    sheet = opened(qtbot, form_for(panel.context, line, row, said, panel.place.zone))
    settled(qtbot, panel.context)
    new = sheet.new_observations()
    assert replace(new.vital_signs, oxygen_device=None) == needing.vital_signs
    assert new.note == "cold"
    assert abs(new.occurred_at - needing.occurred_at) < timedelta(minutes=1)
    panel.settle_anew(line)
    settled(qtbot, panel.context)
    assert there()[0] == [(SettledHow.ENTERED_ANEW, "Nora Nurse")]
    assert panel.rows.texts[0][0] == "Entered anew"


def test_that_a_round_is_filled_in_for_the_rounds_of_the_ward(
    qtbot, station, stay, nurse, panel, shown
):
    context, place = panel.context, panel.place
    checklist = template(station.database, nurse)
    charted = a_record(checklist, stay, occurred_at=ago(7))
    station.chart(save_round, [charted], [])
    shown()
    (line,) = panel.lines
    specs = [spec for spec in PANELS if spec.key in {"board", DOWNTIME, ROUNDS}]
    workplace = in_window(qtbot, Workplace(context, place, specs))
    joint = DowntimeJoint(workplace)
    for told in ("Filled in as it was charted.", "You answered this round here"):
        joint._enter_anew(panel, line, panel.row_of(line), panel.said_of(line))
        settled(qtbot, context)
        assert told in workplace.outcome.notice.text
    [row] = [row for row in workplace.panel.model.rows if row.entry.is_typed]
    assert row.line.admission_id == stay
    assert row.entry.answers == charted.answers
    assert row.new_record(new_id(), ago(0)).occurred_at == charted.occurred_at


def test_that_a_note_is_filled_in_under_its_title_and_time(qtbot, station, stay, panel, shown):
    note = a_note(stay)
    station.chart(sign_note, note)
    shown()
    line, zone = panel.lines[0], panel.place.zone
    sheet = form_for(panel.context, line, panel.row_of(line), panel.said_of(line), zone)
    opened(qtbot, sheet)
    settled(qtbot, panel.context)
    filled = sheet.note(sheet.form, sheet.outline)
    assert filled.title == note.title
    assert [one.text for one in filled.sections if one.text] == [
        one.text for one in note.sections if one.text
    ]


def test_that_an_entry_of_another_computer_is_read_once_the_chart_is_opened(
    qtbot, context, place, station, needing, tmp_path
):
    station.replay()
    elsewhere = Outbox(tmp_path / "elsewhere", bytes(32))
    panel = in_window(qtbot, DowntimePanel(context, place, None, outbox=elsewhere))
    settled(qtbot, context)
    assert panel.said_of(panel.lines[0]) is None
    assert "Enter shows what was charted" in panel.reading.toPlainText()
    panel.open_entry()
    settled(qtbot, context)
    assert "cold" in panel.reading.toPlainText()


def test_that_without_the_server_the_list_of_this_computer_is_there(
    station, stay, panel, shown, monkeypatch
):
    station.chart_set(a_set(stay))

    def away(*_args, **_kwargs):
        raise DatabaseUnavailableError("The server cannot be reached.")

    monkeypatch.setattr(panel.context.work.database, "read_while", away)
    (line,) = shown()
    assert line[0] == "○ waiting"
    assert "cannot be reached" in panel.notice.text


def test_that_nothing_left_says_so(panel, shown):
    assert shown() == []
    assert panel.message.isVisible()
    assert "nobody has settled" in panel.message.text()


def test_that_the_rail_counts_what_needs_a_person(qtbot, context, place, station, needing):
    station.replay()
    specs = [spec for spec in PANELS if spec.key in {"board", DOWNTIME}]
    workplace = Workplace(context, place, specs)
    qtbot.addWidget(workplace)
    joint = DowntimeJoint(workplace)
    joint.begin()
    settled(qtbot, context)
    assert workplace.rail.button(DOWNTIME).count == "1"
