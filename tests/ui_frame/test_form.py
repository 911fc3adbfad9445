from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.ui_frame.builders import Clock
from ui.demo.clipped import clipped
from ui.plain_text import PlainLabel
from ui.widgets.digit_choice import DigitChoice
from ui.widgets.form import Check, Day, Field, Form, Moment, Note, Number, OneOf, Text
from ui.widgets.inputs import Choice, Range
from ui.widgets.reason_input import Reason
from ward_app.core.errors import RuleBrokenError

LONDON = ZoneInfo("Europe/London")


class Source(StrEnum):
    HOME = "home"
    CLINIC = "clinic"


SOURCES = (Choice(Source.HOME, "Home"), Choice(Source.CLINIC, "Clinic"))
FIELDS = (
    Field(name="name", label="Family name", kind=Text(), required=True),
    Field(name="pulse", label="Pulse", kind=Number(Range("/min", 0, 0, 300)), half=True),
    Field(name="heat", label="Temperature", kind=Number(Range("°C", 1, 25, 45)), half=True),
    Field(name="source", label="Source", kind=OneOf(SOURCES), hint="From where"),
    Field(name="day", label="Expected discharge", kind=Day()),
    Field(name="at", label="Arrived", kind=Moment(LONDON)),
    Field(name="estimate", label="", kind=Check("Estimated")),
    Field(name="note", label="Note", kind=Note()),
)


@pytest.fixture
def form(qtbot, look):
    form = Form(FIELDS, Clock())
    qtbot.addWidget(form)
    form.show()
    qtbot.waitUntil(form.isVisible)
    return form


def test_that_values_come_back_typed(form):
    form.set_value("name", " Okoro ")
    form.input("pulse").line.setText("72")
    form.input("heat").line.setText("36,8")
    form.set_value("source", Source.CLINIC)
    form.input("day").line.setText("+2")
    form.input("at").day.line.setText("t")
    form.input("at").time.setText("1130")
    form.input("estimate").box.click()
    form.set_value("note", "Line one\nline two")
    assert form.values() == {
        "name": "Okoro",
        "pulse": 72,
        "heat": Decimal("36.8"),
        "source": Source.CLINIC,
        "day": date(2026, 11, 22),
        "at": datetime(2026, 11, 20, 11, 30, tzinfo=UTC),
        "estimate": True,
        "note": "Line one\nline two",
    }


def test_that_an_empty_form_is_all_unknown_and_never_zero(form):
    values = form.values()
    assert values.pop("estimate") is False
    assert set(values.values()) == {None}


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [
        ("pulse", "72.5", "A whole number"),
        ("pulse", "-1", "Not below 0 /min"),
        ("pulse", "301", "Not above 300 /min"),
        ("pulse", "fast", "Not a number"),
        ("pulse", "NaN", "Not a number"),
        ("heat", "36.85", "At most 1 decimals"),
        ("day", "31 feb", "Not a date; type it like 20-Nov-2026"),
    ],
)
def test_that_what_cannot_be_read_is_a_problem_under_its_field(form, name, typed, problem):
    form.set_value("name", "Okoro")
    form.input(name).line.setText(typed)
    assert form.value(name) is None
    assert not form.check()
    assert form.problem(name) == problem
    form.input(name).line.clear()
    assert form.problem(name) is None
    assert form.check()


@pytest.mark.parametrize(
    ("day", "at", "problem"),
    [
        ("20-Nov-2026", "", "The time is missing"),
        ("", "14:07", "The day is missing"),
        ("20-Nov-2026", "25:00", "Not a time; type it like 14:07"),
        ("29-Mar-2026", "01:30", "The clock skips this time on that day"),
    ],
)
def test_that_half_a_moment_or_a_skipped_one_is_a_problem(form, day, at, problem):
    form.input("at").day.line.setText(day)
    form.input("at").time.setText(at)
    assert form.input("at").problem() == problem


def test_that_a_needed_field_is_asked_for_and_gets_the_cursor(form):
    assert not form.check()
    assert form.problem("name") == "Needed"
    assert form.input("name").line.hasFocus()


def test_that_enter_goes_to_the_next_field_and_ctrl_enter_submits(qtbot, form):
    form.focus_first()
    qtbot.keyClick(form.input("name").line, Qt.Key.Key_Return)
    assert form.input("pulse").line.hasFocus()
    qtbot.keyClick(form.input("pulse").line, Qt.Key.Key_Return)
    assert form.input("heat").line.hasFocus()
    with qtbot.waitSignal(form.submitted):
        qtbot.keyClick(
            form.input("heat").line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
        )


def test_that_a_day_is_rewritten_in_full_on_leaving(qtbot, form):
    line = form.input("day").line
    line.setFocus()
    qtbot.keyClicks(line, "20/11")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert line.text() == "20-Nov-2026"


def test_that_a_calendar_day_can_be_picked_with_the_mouse(qtbot, form):
    qtbot.mouseClick(form.input("day").picker, Qt.MouseButton.LeftButton)
    popup = QApplication.activePopupWidget()
    popup.chosen.emit(date(2026, 12, 24))
    popup.close()
    assert form.value("day") == date(2026, 12, 24)


def test_that_the_wheel_never_changes_a_choice_in_passing(form):
    box = form.input("source").box
    box.setFocus()
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - Qt's inverted
    )
    QApplication.sendEvent(box, wheel)
    assert form.value("source") is None


def test_that_a_broken_rule_shows_under_the_field_it_names(form):
    assert form.show_error(RuleBrokenError("Not in the future.", field="at"))
    assert form.problem("at") == "Not in the future."
    assert not form.show_error(RuleBrokenError("The bed is taken."))


def test_that_a_hidden_field_has_no_value_and_no_problem(form):
    form.set_value("name", "Okoro")
    form.input("pulse").line.setText("fast")
    form.set_shown("pulse", shown=False)
    assert form.check()
    assert form.value("name") == "Okoro"
    assert form.values()["pulse"] is None


def test_that_new_choices_keep_what_was_chosen_if_it_is_among_them(form):
    form.set_value("source", Source.CLINIC)
    form.set_choices("source", SOURCES[1:])
    assert form.value("source") is Source.CLINIC
    form.set_choices("source", SOURCES[:1])
    assert form.value("source") is None


def test_that_a_draft_comes_back_as_typed_even_where_it_cannot_be_read(qtbot, look, form):
    form.input("pulse").line.setText("fast")
    form.input("at").time.setText("25:99")
    form.set_value("source", Source.HOME)
    assert form.is_dirty
    again = Form(FIELDS, Clock())
    qtbot.addWidget(again)
    again.retype(form.typed())
    assert again.typed() == form.typed()
    assert again.is_dirty


def test_that_filling_by_program_can_be_taken_as_clean(form):
    form.set_value("name", "Okoro")
    form.set_clean()
    assert not form.is_dirty


def test_that_every_input_has_a_name_for_a_screen_reader(form):
    for field in FIELDS:
        target = form.input(field.name).target
        assert field.label in {target.accessibleName(), ""}


def test_that_zero_fills_a_required_number(qtbot):
    form = Form([Field(name="pain", label="Pain", kind=Number(Range()), required=True)])
    qtbot.addWidget(form)
    assert not form.check()
    form.input("pain").line.setText("0")
    assert form.check()
    assert form.value("pain") == 0


def test_that_only_fields_with_something_to_say_have_labels(form):
    """Each label is made, styled and laid out: most fields never need one for their words."""

    def words():
        return {label.text() for label in form.findChildren(PlainLabel) if label.isVisible()}

    labels = {"Family name *", *(field.label for field in FIELDS[1:] if field.label)}
    assert words() - labels - {"/min", "°C"} == {"From where"}
    made = len(form.findChildren(PlainLabel))
    form.set_problem("name", "Needed")
    assert len(form.findChildren(PlainLabel)) == made + 1
    assert "▲ Needed" in words()
    form.set_problem("name", None)
    assert "▲ Needed" not in words()
    form.set_hint("name", "As in the passport")
    assert len(form.findChildren(PlainLabel)) == made + 1
    assert "As in the passport" in words()


def test_that_words_too_long_for_a_form_go_on_in_a_second_line(qtbot, look):
    long = "Left against advice, and was told at the door what that may mean for the days to come"
    home, left = Choice("home", "Home"), Choice("left", long)
    fields = (
        Field(name="why", label=long, kind=Text()),
        Field(name="to", label="Went to", kind=DigitChoice((home, left))),
        Field(name="reason", label="Reason", kind=Reason((long, "Other"))),
    )
    form = Form(fields)
    qtbot.addWidget(form)
    form.resize(400, 400)
    form.show()
    assert form.minimumSizeHint().width() <= 400
    assert clipped(form) == []
