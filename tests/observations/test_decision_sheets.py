from dataclasses import replace

import pytest

from tests.observations.builders import (
    LONDON,
    NOW,
    chart,
    recorded,
)
from tests.sheets import freed, opened, press_save, row_of, saved_message, settled, until_collected
from tests.steps import admit, ago
from ui.context import Place
from ui.observations.chart_content import ChartContent
from ui.observations.chart_print import PrintJob
from ui.observations.decision_sheets import SpO2ScaleSheet, StrikeOutSheet
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.panel import ChartPanel
from ui.observations.print_sheet import PrintChartSheet
from ui.observations.subject import subject_of
from ui.observations.why_sheet import WhySheet
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.observations.service import decide_spo2_scale
from ward_app.observations.types import (
    SpO2ScaleDecision,
)
from ward_app.staff.types import Permission


@pytest.fixture
def row(database, nurse):
    """The board's row of Ada Okafor, admitted to bed 1."""
    admit(database, nurse, "Okafor", "Ada")
    return row_of(database, nurse, "Okafor")


@pytest.fixture
def doctor_context(context, signed_in, database):
    """What sheets are handed for a person who may decide on the scale."""
    person = signed_in("dora")
    assert person.may(Permission.OBSERVATION_SCALE)
    context.work.act_as(Actor(person.token))
    return replace(context, signed_in=person)


@pytest.fixture
def scale_sheet(qtbot, doctor_context, row):
    return opened(qtbot, SpO2ScaleSheet(doctor_context, subject_of(row, LONDON), scale=1))


def test_that_scale_2_needs_who_why_and_the_confirmation(qtbot, scale_sheet):
    assert scale_sheet.form.value("scale") == 2
    press_save(qtbot)
    assert scale_sheet.form.problem("decided_by")
    scale_sheet.form.set_value("decided_by", "Dr Mensah, registrar")
    scale_sheet.form.set_value("reason", "PaCO2 7.9 kPa, target prescribed")
    press_save(qtbot)
    assert scale_sheet.form.problem("confirmed") == "Scale 2 needs this."
    scale_sheet.form.set_value("confirmed", value=True)
    assert saved_message(qtbot, scale_sheet).startswith("SpO₂ scale 2 is in force.")


def test_that_going_back_to_scale_1_needs_no_confirmation(qtbot, scale_sheet):
    scale_sheet.form.set_value("scale", 1)
    scale_sheet.form.set_value("decided_by", "Dr Mensah")
    scale_sheet.form.set_value("reason", "not hypercapnic")
    assert saved_message(qtbot, scale_sheet).startswith("SpO₂ scale 1 is in force.")


def test_that_the_entry_comes_back_with_the_new_scale(qtbot, doctor_context, database, nurse, row):
    subject = subject_of(row, LONDON)
    entry = opened(qtbot, ObservationSheet(doctor_context, subject))
    settled(qtbot, doctor_context)
    entry.entry.rows[0].lines[0].setText("22")
    with qtbot.waitSignal(entry.sheet_requested) as asked:
        entry.scale_button.click()
    entry.set_aside()
    sheet = opened(qtbot, asked.args[0])
    for name, value in (
        ("decided_by", "Dr Mensah"),
        ("reason", "PaCO2 7.9 kPa"),
        ("confirmed", True),
    ):
        sheet.form.set_value(name, value)
    with qtbot.waitSignal(sheet.sheet_requested) as back:
        press_save(qtbot)
    again = opened(qtbot, back.args[0])
    settled(qtbot, doctor_context)
    qtbot.waitUntil(lambda: again.scale_label.text().startswith("SpO₂ scale 2"))
    assert again.entry.vital_signs().respiratory_rate_per_min == 22


def test_that_sets_after_a_decision_are_scored_on_its_scale(
    qtbot, context, database, nurse, signed_in, row
):
    doctor = Actor(signed_in("dora").token)
    decision = SpO2ScaleDecision(
        id=new_id(),
        admission_id=row.admission_id,
        scale=2,
        decided_by="Dr Mensah",
        reason="PaCO2 7.9 kPa",
        occurred_at=ago(1),
    )
    database.run(doctor, decide_spo2_scale, decision)
    sheet = opened(qtbot, ObservationSheet(context, subject_of(row, LONDON)))
    settled(qtbot, context)
    qtbot.waitUntil(lambda: sheet.entry.vital_signs().spo2_scale == 2)


@pytest.mark.parametrize("kind", ["scale", "strike", "panel", "why", "print"])
def test_that_closed_sheets_and_panels_are_freed(qtbot, context, row, kind):
    subject = subject_of(row, LONDON)
    make = {
        "scale": lambda: SpO2ScaleSheet(context, subject, scale=1),
        "strike": lambda: StrikeOutSheet(context, subject, recorded=recorded()),
        "panel": lambda: ChartPanel(context, Place(name="", wards=context.wards)),
        "why": lambda: WhySheet(context, subject),
        "print": lambda: _print_sheet(context, row),
    }[kind]
    widget = make()
    gone = freed(qtbot, widget)
    del widget
    until_collected(qtbot, gone)


def _print_sheet(context, row):
    content = ChartContent(chart(recorded()), LONDON)
    job = PrintJob(
        patient_id=row.patient_id,
        content=content,
        windows=(content.whole,),
        row=row,
        printed_by="Nora Nurse",
        printed_at=NOW,
    )
    return PrintChartSheet(context, job, patient_name="OKAFOR, Ada")
