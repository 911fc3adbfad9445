"""Which score applies: recorded pregnancy, a decision, and what the screens make of it."""

from datetime import date

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.observations.builders import LONDON, NOW
from tests.observations.in_use import put_in_use
from tests.sheets import freed, opened, press_save, row_of, saved_message, settled, until_collected
from tests.steps import a_set, admit, ago
from ui.context import Place
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.grid_panel import GridPanel
from ui.observations.panel import ChartPanel
from ui.observations.pregnancy_sheet import PregnancySheet, known_text
from ui.observations.subject import subject_of
from ui.observations.which_score_sheet import AUTOMATIC, WhichScoreSheet
from ui.observations.why_sheet import WhySheet
from ward_app.audit.service import open_chart
from ward_app.core.ids import new_id
from ward_app.observations.pack_choice import Pregnancy, PregnancyRecord
from ward_app.observations.pack_queries import scoring_of
from ward_app.observations.pack_service import decide_pack, record_pregnancy
from ward_app.observations.pack_types import NewPackDecision, NewPregnancyRecord
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import record_observations
from ward_app.staff.types import Permission

DECIDED = {"decided_by": "Dr Mensah", "reason": "Agreed with obstetrics"}


@pytest.fixture
def okafor(database, nurse):
    """The admission of a patient in bed 1."""
    return admit(database, nurse, "Okafor", "Ada")


@pytest.fixture
def subject(okafor, database, nurse):
    return subject_of(row_of(database, nurse, "Okafor"), LONDON)


@pytest.fixture
def basis_of(database, nurse, okafor):
    """Read what decides the score now."""
    return lambda: database.run(nurse, scoring_of, okafor)


@pytest.fixture
def chart_panel(qtbot, context, database, nurse, okafor):
    """The chart of Ada Okafor, read."""
    panel = ChartPanel(context, Place(name="", wards=context.wards))
    qtbot.addWidget(panel)
    panel.resize(1366, 700)
    panel.show()
    with qtbot.waitSignal(panel.loaded):
        panel.show_patient(row_of(database, nurse, "Okafor"))
    settled(qtbot, context)
    return panel


@pytest.fixture
def be_pregnant(database, nurse, okafor):
    """Record that Ada Okafor is pregnant, where the maternal criteria are in use."""

    def record():
        new = NewPregnancyRecord(
            id=new_id(), admission_id=okafor, status=Pregnancy.PREGNANT, occurred_at=ago(60)
        )
        database.run(nurse, record_pregnancy, new)

    return record


@pytest.fixture
def decide(database, nurse, okafor):
    """Record a decision on Ada Okafor's score."""

    def record(pack):
        new = NewPackDecision(
            id=new_id(), admission_id=okafor, pack=pack, occurred_at=ago(5), **DECIDED
        )
        database.run(nurse, decide_pack, new)

    return record


@pytest.fixture
def sets_of(database, nurse, subject):
    """Read Ada Okafor's stored sets."""

    def read():
        database.run(nurse, open_chart, subject.patient_id)
        return database.run(nurse, observation_chart, subject.admission_id).sets

    return read


@pytest.fixture
def mewc(admin):
    """The maternal criteria are in use."""
    put_in_use(admin, "mewc")


def fill(sheet, **values):
    for name, value in values.items():
        sheet.form.set_value(name, value)


def test_that_a_pregnancy_is_recorded_and_decides_the_score(qtbot, context, subject, basis_of):
    sheet = opened(qtbot, PregnancySheet(context, subject, basis_of()))
    fill(sheet, status=Pregnancy.PREGNANT)
    text = saved_message(qtbot, sheet)
    assert text == (
        "Recorded. From the next set on: No score in use here is made for this patient"
        " (adult, pregnant)."
    )
    assert basis_of().pregnancy.status is Pregnancy.PREGNANT
    assert basis_of().choice.pack is None


def test_that_an_ended_pregnancy_needs_its_day(qtbot, context, subject, basis_of):
    sheet = opened(qtbot, PregnancySheet(context, subject, basis_of()))
    assert not sheet.form.input("ended_on").isVisibleTo(sheet)
    fill(sheet, status=Pregnancy.ENDED)
    assert sheet.form.input("ended_on").isVisibleTo(sheet)
    press_save(qtbot)
    assert sheet.form.problem("ended_on")
    ended = basis_of().born_on.replace(year=2020)
    fill(sheet, ended_on=ended)
    assert "NEWS2: adult, not pregnant" in saved_message(qtbot, sheet)
    assert basis_of().pregnancy.ended_on == ended


def test_that_the_day_of_another_answer_is_not_sent(qtbot, context, subject, basis_of):
    sheet = opened(qtbot, PregnancySheet(context, subject, basis_of()))
    fill(sheet, status=Pregnancy.ENDED, ended_on=date(2020, 5, 4))
    fill(sheet, status=Pregnancy.NOT_PREGNANT)
    saved_message(qtbot, sheet)
    assert basis_of().pregnancy.ended_on is None


def test_that_what_is_recorded_is_said_with_time_and_name(subject):
    assert known_text(None, subject).startswith("Nothing is recorded")
    record = PregnancyRecord(
        status=Pregnancy.ENDED, ended_on=date(2026, 11, 1), occurred_at=NOW, recorded_by="Nora"
    )
    words = "Recorded 20-Nov-2026 14:07 by Nora: the pregnancy ended on 01-Nov-2026."
    assert known_text(record, subject) == words
    assert known_text(PregnancyRecord(status=Pregnancy.PREGNANT), subject) == "Recorded: pregnant."


def test_that_a_decision_needs_a_name_and_a_reason_and_is_in_force(
    qtbot, context, subject, basis_of, admin
):
    put_in_use(admin, "mewc")
    sheet = opened(qtbot, WhichScoreSheet(context, subject, basis_of()))
    fill(sheet, pack="mewc")
    press_save(qtbot)
    assert sheet.form.problem("decided_by")
    assert sheet.form.problem("reason")
    fill(sheet, **DECIDED)
    text = saved_message(qtbot, sheet)
    assert text == "Recorded. From the next set on: Maternal Early Warning Criteria, by decision."
    assert basis_of().choice.pack.name == "mewc"


def test_that_a_decision_is_taken_back_to_automatic(
    qtbot, context, subject, basis_of, mewc, decide
):
    decide("mewc")
    sheet = opened(qtbot, WhichScoreSheet(context, subject, basis_of()))
    assert sheet.form.value("pack") == "mewc"
    fill(sheet, pack=AUTOMATIC, **DECIDED)
    assert saved_message(qtbot, sheet) == "Recorded. Automatic again: NEWS2: adult, not pregnant"
    assert basis_of().decision.pack is None
    words = WhichScoreSheet(context, subject, basis_of())
    qtbot.addWidget(words)
    assert any("back to automatic by Dr Mensah" in each for each in words._words())


def test_that_only_packs_for_the_age_are_offered(qtbot, context, subject, basis_of, admin):
    put_in_use(admin, "mewc")
    put_in_use(admin, "paediatric")
    put_in_use(admin, "meows", "trial")
    sheet = opened(qtbot, WhichScoreSheet(context, subject, basis_of()))
    assert [choice.value for choice in sheet._choices()] == [AUTOMATIC, "mewc", "news2"]


def test_that_the_chart_says_which_score_applies_and_opens_both_sheets(
    qtbot, context, chart_panel, be_pregnant
):
    frame = chart_panel.frame
    assert frame.which.text() == "NEWS2: adult, not pregnant"
    with qtbot.waitSignal(chart_panel.sheet_requested) as asked:
        qtbot.keyClick(chart_panel, Qt.Key.Key_H)
    assert isinstance(asked.args[0], WhichScoreSheet)
    qtbot.addWidget(asked.args[0])
    with qtbot.waitSignal(chart_panel.sheet_requested) as asked:
        qtbot.keyClick(chart_panel, Qt.Key.Key_B)
    assert isinstance(asked.args[0], PregnancySheet)
    qtbot.addWidget(asked.args[0])
    be_pregnant()
    with qtbot.waitSignal(chart_panel.loaded):
        chart_panel.refresh()
    qtbot.waitUntil(lambda: frame.which.text().startswith("▲ No score in use here"))
    settled(qtbot, context)


def test_that_a_pregnant_patients_set_is_typed_scored_and_explained_by_her_score(
    qtbot, context, subject, mewc, be_pregnant, sets_of
):
    be_pregnant()
    sheet = opened(qtbot, ObservationSheet(context, subject))
    settled(qtbot, context)
    assert sheet.pack_label.text() == "MEWC: adult, pregnant"
    assert sheet.entry.rows[-3].label == "Agitated"
    qtbot.keyClicks(sheet.entry.rows[0].lines[0], "16")
    for character in "97A1208075A368NYN":
        qtbot.keyClicks(sheet.window().focusWidget(), character)
    assert sheet.score_box.headline.text() == "MEWC 1, high risk"
    assert saved_message(qtbot, sheet).count("MEWC 1, high") == 1
    [stored] = sets_of()
    assert stored.vital_signs.further["oliguria"] is True
    assert stored.score.pack == "mewc"
    why = opened(qtbot, WhySheet(context, subject))
    settled(qtbot, context)
    assert "Urine below 35 mL/h" in why.table.text()
    assert "Maternal Early Warning Criteria" in why.source.text()
    assert stored.score.pack_hash[:12] in why.source.text()


def test_that_why_says_when_nothing_has_a_score(qtbot, context, subject):
    why = opened(qtbot, WhySheet(context, subject))
    settled(qtbot, context)
    assert why.words.text() == "No set has a score yet. NEWS2: adult, not pregnant"
    assert not why.is_dirty


def test_that_the_grid_scores_each_row_by_its_own_pack_and_points_to_the_sheet(
    qtbot, context, mewc, database, nurse, be_pregnant
):
    lind = admit(database, nurse, "Lind", "Eva", label="2")
    be_pregnant()
    database.run(nurse, record_observations, a_set(lind))
    wards = tuple(ward for ward in context.wards if ward.id == world.id_of("east"))
    panel = GridPanel(context, Place(name="Ward 7 East", wards=wards))
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    settled(qtbot, context)
    first, second = panel.model.rows
    assert first.choice.pack.name == "mewc"
    assert first.sheet_needed() == "MEWC asks for more. Enter opens the single sheet."
    assert second.sheet_needed() == ""
    assert "MEWC: adult, pregnant" in panel.strip.text()
    qtbot.keyClicks(panel.view, "1")
    assert not first.is_typed
    panel.view.go_to(1, 0)
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        panel.show_why()
    sheet = asked.args[0]
    qtbot.addWidget(sheet)
    settled(qtbot, context)
    assert "12 to 20" in sheet.table.text()
    qtbot.keyClicks(panel.view, "25")
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        panel.show_why()
    qtbot.addWidget(asked.args[0])
    assert "Typed, not saved" in asked.args[0].words.text()
    assert "25 and over" in asked.args[0].table.text()


def test_that_who_may_not_decide_is_not_offered_it(qtbot, chart_panel, context):
    may = context.signed_in.may
    assert chart_panel._actions["which"].isEnabled() is may(Permission.OBSERVATION_PACK)
    assert chart_panel._actions["pregnancy"].isEnabled() is may(Permission.PATIENT_PREGNANCY)


@pytest.mark.parametrize("kind", [PregnancySheet, WhichScoreSheet])
def test_that_closed_score_sheets_are_freed(qtbot, context, subject, basis_of, kind):
    sheet = kind(context, subject, basis_of())
    gone = freed(qtbot, sheet)
    del sheet
    until_collected(qtbot, gone)
