"""What of the chart a template is filled with: each value with its time, or not recorded."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests import world
from tests.devices.builders import put_in, take_out
from tests.observations.targets import prescribe
from tests.sheets import row_of
from tests.steps import a_set, admit, ago, open_first
from ui.notes.facts import field_texts, read_facts
from ward_app.core.errors import NotPermittedError
from ward_app.core.ids import new_id
from ward_app.measurements.service import record_measurement
from ward_app.measurements.types import NewMeasurement
from ward_app.notes.templates import FIELDS
from ward_app.observations.service import record_observations
from ward_app.patients.service import record_allergy
from ward_app.patients.types import Allergy


@pytest.fixture
def stay(database, nurse):
    stay = admit(database, nurse)
    open_first(database, nurse)
    return stay


@pytest.fixture
def texts(database, nurse, stay, context):
    """Return the words for every field, as the chart is now."""

    def read():
        zone = next(ward for ward in context.wards if ward.id == world.id_of("east")).time_zone
        row = row_of(database, nurse, "Okafor")
        return field_texts(row, database.run(nurse, read_facts, stay), ZoneInfo(zone))

    return read


def test_that_every_field_of_a_template_has_words_or_is_not_recorded(texts):
    found = texts()
    assert set(found) == FIELDS
    unknown = {name for name, words in found.items() if words is None}
    assert unknown == {
        "allergies", "alerts", "score", "vital_signs", "pain", "glucose", "devices",
        "expected_discharge",
    }  # fmt: skip


def test_that_the_latest_set_is_told_with_its_time_and_what_was_not_measured(
    database, nurse, stay, texts
):
    database.run(nurse, record_observations, a_set(stay, occurred_at=ago(50)))
    found = texts()
    assert found["score"].startswith("NEWS2 0, ")
    assert "Pulse 75 /min" in found["vital_signs"]
    assert "NEWS2" not in found["vital_signs"]
    assert found["score"].endswith(")")
    assert found["next_due"] is not None


def test_that_the_oxygen_target_stands_with_the_vital_signs(database, nurse, stay, texts):
    database.run(nurse, record_observations, a_set(stay, occurred_at=ago(50)))
    assert "target" not in texts()["vital_signs"]
    prescribe(database, nurse, stay)
    assert " · oxygen target 88 to 92 % (" in texts()["vital_signs"]


def test_that_zero_pain_is_a_value(database, nurse, stay, texts):
    for score, minutes in (("7", 90), ("0", 10)):
        measured = NewMeasurement(
            id=new_id(), admission_id=stay, kind="pain", values=pain(score),
            occurred_at=ago(minutes), note=None,
        )  # fmt: skip
        database.run(nurse, record_measurement, measured)
    assert texts()["pain"].startswith("0/10")


def pain(score):
    return {"score": Decimal(score)}


def test_that_devices_in_place_are_told_with_since_when(database, nurse, stay, texts):
    out = put_in(database, nurse, stay)
    take_out(database, nurse, stay, out)
    assert texts()["devices"] is None
    put_in(database, nurse, stay, inserted_at=None)
    assert texts()["devices"] == "Peripheral cannula, left forearm, 20 G (since when not known)"


def test_that_allergies_are_told_as_the_record_knows_them(database, nurse, stay, texts):
    row = row_of(database, nurse, "Okafor")
    allergy = Allergy(id=new_id(), substance="Latex")
    database.run(nurse, record_allergy, row.patient_id, allergy)
    assert texts()["allergies"].startswith("Latex (record of ")


def test_that_a_chart_not_opened_fills_nothing(database, nurse):
    stay = admit(database, nurse, "Baker", "Bo", label="2")
    with pytest.raises(NotPermittedError):
        database.run(nurse, read_facts, stay)
