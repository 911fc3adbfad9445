"""Recording, correcting and striking out measurements, against the real database."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.steps import WITHOUT_ZONE, admit, ago, board_of
from ward_app.audit.service import open_chart
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.measurements.queries import measurement_chart
from ward_app.measurements.service import record_measurement, strike_out_measurement
from ward_app.measurements.types import MeasurementStrikeOut, NewMeasurement

PAIN = {"score": Decimal(7), "site": "left hip"}


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, "Okafor", label="1")


def pain(patient, **changes):
    facts = {
        "id": new_id(), "admission_id": patient, "kind": "pain", "values": PAIN,
        "occurred_at": ago(1), "note": None,
    }  # fmt: skip
    return NewMeasurement(**facts | changes)


def chart(database, nurse, patient):
    [row] = [row for row in board_of(database, nurse) if row.admission_id == patient]
    database.run(nurse, open_chart, row.patient_id)
    return database.run(nurse, measurement_chart, patient)


def test_that_a_measurement_is_kept_as_it_was_typed(database, nurse, patient):
    new = pain(patient)
    assert database.run(nurse, record_measurement, new).summary == "7/10, left hip"
    [kept] = chart(database, nurse, patient).sets
    assert (kept.values, kept.summary) == (PAIN, "7/10, left hip")
    assert kept.recorded_by == "Nora Nurse"
    assert kept.superseded_by is None


def test_that_what_follows_from_values_is_kept(database, nurse, patient):
    values = {"eye": "4", "verbal": "5", "motor": "6"}
    database.run(nurse, record_measurement, pain(patient, kind="gcs", values=values))
    [kept] = chart(database, nurse, patient).sets
    assert kept.derived == {"total": Decimal(15)}


def test_that_a_chart_that_was_not_opened_is_refused(database, nurse, patient):
    with pytest.raises(NotPermittedError):
        database.run(nurse, measurement_chart, patient)


def test_that_a_repeat_is_the_same_write_and_other_values_are_not(database, nurse, patient):
    new = pain(patient)
    database.run(nurse, record_measurement, new)
    [kept] = chart(database, nurse, patient).sets
    assert database.run(nurse, record_measurement, new).recorded_at == kept.recorded_at
    with pytest.raises(ConflictError):
        database.run(nurse, record_measurement, replace(new, values={"score": Decimal(2)}))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "mood"}, {"values": {"score": Decimal(11)}}, {"values": {"site": "hip"}},
        {"values": PAIN | {"mood": "low"}}, {"supersedes_id": new_id()},
        {"kind": "urinalysis", "values": {}},
    ],
    ids=["kind", "beyond", "required", "unknown", "no-reason", "empty"],
)  # fmt: skip
def test_that_what_cannot_be_is_refused(database, nurse, patient, changes):
    with pytest.raises(RuleBrokenError):
        database.run(nurse, record_measurement, pain(patient, **changes))


def test_that_a_time_needs_a_zone_and_is_not_in_the_future(database, nurse, patient):
    for at in (WITHOUT_ZONE, ago(0) + timedelta(hours=1)):
        with pytest.raises(RuleBrokenError):
            database.run(nurse, record_measurement, pain(patient, occurred_at=at))


def test_that_a_correction_leaves_the_original_readable(database, nurse, patient):
    first = pain(patient)
    database.run(nurse, record_measurement, first)
    second = pain(
        patient, values={"score": Decimal(3)}, supersedes_id=first.id, change_reason="a slip"
    )
    chart(database, nurse, patient)
    for _ in range(2):
        database.run(nurse, record_measurement, second)
    original = next(one for one in chart(database, nurse, patient).sets if one.id == first.id)
    assert (original.superseded_by, original.change_reason) == (second.id, "a slip")
    with pytest.raises(ConflictError):
        database.run(nurse, record_measurement, replace(second, id=new_id()))


def test_that_a_strike_out_needs_a_reason_and_happens_once(database, nurse, patient):
    first = pain(patient)
    database.run(nurse, record_measurement, first)
    chart(database, nurse, patient)
    mark = MeasurementStrikeOut(
        id=new_id(), admission_id=patient, struck_id=first.id, reason="wrong patient"
    )
    with pytest.raises(RuleBrokenError):
        database.run(nurse, strike_out_measurement, replace(mark, reason=" "))
    for _ in range(2):
        database.run(nurse, strike_out_measurement, mark)
    sets = {one.id: one for one in chart(database, nurse, patient).sets}
    assert sets[mark.id].struck_out
    assert sets[first.id].superseded_by == mark.id
    with pytest.raises(ConflictError):
        database.run(nurse, strike_out_measurement, replace(mark, id=new_id()))
