"""Rows that a colleague's program cannot show would take a whole ward's screen away."""

from __future__ import annotations

import pytest

from tests import world
from tests.steps import board_of
from ward_app.core.database import Actor
from ward_app.core.ids import new_id

IMPOSSIBLE_TIMES = ("infinity", "-infinity", "294276-01-01", "4000-01-01 BC", "0900-01-01")
REFUSED = {"23514", "22008", "WA001"}
TIMED = {
    "readiness": (
        "INSERT INTO room.bed_readiness (id, bed_id, readiness, occurred_at)"
        " VALUES (%(id)s, %(bed)s, 'dirty', %(time)s)"
    ),
    "blocked until": (
        "INSERT INTO room.bed_availability (id, bed_id, availability, block_reason, occurred_at,"
        " expected_end_at) VALUES (%(id)s, %(bed)s, 'blocked', 'staffing', now(), %(time)s)"
    ),
    "blocked since": (
        "INSERT INTO room.bed_availability (id, bed_id, availability, occurred_at)"
        " VALUES (%(id)s, %(bed)s, 'open', %(time)s)"
    ),
    "allergy": (
        "INSERT INTO patient.allergies (id, patient_id, substance, status, occurred_at)"
        " VALUES (%(id)s, %(patient)s, 'Latex', 'active', %(time)s)"
    ),
    "flag": (
        "INSERT INTO patient.patient_flags (id, patient_id, kind, active, occurred_at)"
        " VALUES (%(id)s, %(patient)s, 'falls', true, %(time)s)"
    ),
    "expected": (
        "INSERT INTO admission.expected_discharges (id, admission_id, expected_on)"
        " VALUES (%(id)s, %(stay)s, %(time)s::text::date)"
    ),
    "observed": (
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at)"
        " VALUES (%(id)s, %(stay)s, %(time)s)"
    ),
    "due": (
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at, next_due_at)"
        " VALUES (%(id)s, %(stay)s, now(), %(time)s)"
    ),
    "scale": (
        "INSERT INTO report.spo2_scale_decisions (id, admission_id, scale, decided_by, reason,"
        " occurred_at) VALUES (%(id)s, %(stay)s, 1, 'x', 'x', %(time)s)"
    ),
    "target": (
        "INSERT INTO report.oxygen_targets (id, admission_id, low_percent, high_percent,"
        " decided_by, occurred_at) VALUES (%(id)s, %(stay)s, 88, 92, 'x', %(time)s)"
    ),
    "born": (
        "SELECT patient.register(%(id)s, 'A', 'B', NULL, 'unknown', %(time)s::text::date, false)"
    ),
}


@pytest.mark.parametrize("what", TIMED)
def test_that_times_which_no_program_shows_are_refused(hospital, intruder, what):
    for time in IMPOSSIBLE_TIMES:
        values = {
            "id": new_id(),
            "bed": world.bed("east", "1"),
            "patient": hospital.my_patient,
            "stay": hospital.mine,
            "time": time,
        }
        assert intruder.state(TIMED[what], values, token=hospital.nora) in REFUSED, time


@pytest.mark.parametrize("time", ["-infinity", "4000-01-01 BC", "0900-01-01"])
def test_that_nobody_is_admitted_before_all_time(hospital, intruder, time):
    admit = (
        "SELECT outcome FROM admission.admit(%s, %s, %s, NULL, %s, 'home', NULL, NULL, NULL,"
        " NULL, true, NULL)"
    )
    values = (new_id(), hospital.gone, world.id_of("east"), time)
    assert intruder.state(admit, values, token=hospital.nora) in REFUSED


@pytest.mark.parametrize("time", [None, "infinity", "-infinity"])
def test_that_a_step_needs_a_time_in_reason(hospital, intruder, time):
    for command in (
        "SELECT outcome FROM admission.transfer(%s, %s, NULL, NULL, %s, NULL, true)",
        "SELECT outcome FROM admission.discharge(%s, %s, %s, 'home', NULL)",
    ):
        with intruder.connection(hospital.nora) as connection:
            values = (new_id(), hospital.mine, time)
            state = intruder.state(command, values, token=hospital.nora)
            left = connection.execute(
                "SELECT count(*) FROM admission.bed_stays WHERE upper_inf(during)"
            )
            assert left.fetchone() == (1,), state


SHAPES = {
    "score_points": ['"x"', "[1]", "1", '{"pulse": "three"}', '{"pulse": {}}', "null"],
    "score_missing": ['"x"', "{}", "1"],
    "score_total": ["-1", "101"],
    "score_at_least": ["-1", "101"],
    "interval_minutes": ["-5", "20000"],
    "risk": ["none"],
    "consciousness": ["X"],
    "pulse_per_min": ["-1", "351"],
    "next_due_at": ["2150-01-01", "1950-01-01"],
}


@pytest.mark.parametrize("column", SHAPES)
def test_that_scores_have_the_shape_that_charts_read(hospital, intruder, column):
    for value in SHAPES[column]:
        state = intruder.state(
            f"INSERT INTO report.vital_signs (id, admission_id, occurred_at, {column})"
            " VALUES (%s, %s, now(), %s)",
            (new_id(), hospital.mine, value),
            token=hospital.nora,
        )
        assert state in REFUSED, value


def test_that_the_board_stands_after_all_of_this(hospital, database, intruder, admin):
    for what, statement in TIMED.items():
        values = {
            "id": new_id(),
            "bed": world.bed("east", "1"),
            "patient": hospital.my_patient,
            "stay": hospital.mine,
            "time": "2026-01-01" if what != "due" else "infinity",
        }
        intruder.state(statement, values, token=hospital.nora)
    [shown] = [bed for bed in board_of(database, Actor(hospital.nora)) if bed.patient_id]
    assert shown.family_name == "Okafor"
