"""A patient of ward East, and the panel of assessments."""

from __future__ import annotations

import psycopg
import pytest

from tests.assessments.builders import EAST, NAMED
from tests.sheets import in_window, opened, row_of, settled
from tests.steps import admit, open_first
from ui.assessments.chooser import InstrumentChooser
from ui.assessments.panel import AssessmentsPanel
from ui.assessments.sheet import AssessmentSheet
from ui.context import Place
from ui.observations.subject import subject_of


@pytest.fixture
def stay(database, nurse):
    stay = admit(database, nurse, label="1")
    open_first(database, nurse)
    return stay


@pytest.fixture
def bed(database, nurse, stay):
    return row_of(database, nurse, "Okafor")


@pytest.fixture
def zone(context):
    return Place(name="", wards=context.wards).zone


@pytest.fixture
def show(qtbot, context):
    """Return what shows the panel in an active window, read."""

    def make(patient=None, around=context):
        east = tuple(ward for ward in around.wards if ward.id == EAST)
        panel = AssessmentsPanel(around, Place(name="Ward 7 East", wards=east))
        if patient is not None:
            panel.show_patient(patient)
        in_window(qtbot, panel)
        settled(qtbot, around)
        qtbot.waitUntil(lambda: not panel._awaited)
        panel.setFocus()
        return panel

    return make


@pytest.fixture
def sheet(qtbot, context, bed, zone):
    """Return what opens the sheet of an instrument for Ada."""

    def make(instrument="pain_nrs", around=context, **how):
        found = NAMED[instrument] if isinstance(instrument, str) else instrument
        subject = subject_of(bed, zone)
        how = {"ward_id": bed.ward_id} | how
        return opened(qtbot, AssessmentSheet(around, subject, found, **how))

    return make


@pytest.fixture
def chooser(qtbot, context, bed, zone):
    def make():
        found = opened(qtbot, InstrumentChooser(context, bed, subject_of(bed, zone)))
        settled(qtbot, context)
        return found

    return make


@pytest.fixture
def loader(admin_dsn):
    with psycopg.connect(admin_dsn, options="-c role=ward_loader", autocommit=True) as connection:
        yield connection
