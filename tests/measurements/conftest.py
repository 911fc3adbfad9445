"""Fixtures: Ada Okafor on the ward, what was measured of her, and who acts."""

import pytest

from tests.observations.builders import LONDON
from tests.sheets import row_of
from tests.steps import admit, ago
from ui.observations.subject import subject_of
from ward_app.audit.service import open_chart
from ward_app.core.ids import new_id
from ward_app.measurements.queries import measurement_chart
from ward_app.measurements.service import record_measurement
from ward_app.measurements.types import NewMeasurement


@pytest.fixture
def row(database, nurse):
    """The board's row of Ada Okafor, admitted to bed 1 two days ago."""
    admit(database, nurse, "Okafor", "Ada", admitted_at=ago(60 * 48))
    return row_of(database, nurse, "Okafor")


@pytest.fixture
def subject(row):
    """Ada Okafor, as sheets take her."""
    return subject_of(row, LONDON)


@pytest.fixture
def measure(database, nurse, row):
    """Record a measurement of Ada Okafor so many minutes ago and return it."""

    def measure(kind, values, minutes=5, **changes):
        facts = {
            "id": new_id(),
            "admission_id": row.admission_id,
            "kind": kind,
            "values": values,
            "occurred_at": ago(minutes),
            "note": None,
        }
        new = NewMeasurement(**facts | changes)
        database.run(nurse, record_measurement, new)
        return new

    return measure


@pytest.fixture
def stored(database, nurse, row):
    """Return what the database keeps of Ada Okafor, oldest first."""

    def stored():
        database.run(nurse, open_chart, row.patient_id)
        return database.run(nurse, measurement_chart, row.admission_id).sets

    return stored
