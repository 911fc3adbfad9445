"""What no set may hold, whoever stores it: each rule refuses by its own name.

Without a session, as a bulk load: with one, the score that the database comes to refuses first.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.observations.builders import WELL
from tests.steps import a_set, admit, ago
from ward_app.core.errors import ConflictError
from ward_app.core.ids import new_id
from ward_app.observations import service
from ward_app.observations.service import record_observations
from ward_app.observations.types import Consciousness, IncompleteReason, OxygenDevice, Risk

RANGES = {
    "respiratory_rate_per_min": ("respiratory_rate_possible", 0, 120, 1),
    "spo2_percent": ("spo2_possible", 0, 100, 1),
    "spo2_scale": ("spo2_scale_known", 1, 2, 1),
    "oxygen_flow_l_per_min": ("oxygen_flow_possible", 0, 100, Decimal("0.1")),
    "inspired_oxygen_percent": ("inspired_oxygen_possible", 21, 100, 1),
    "systolic_bp_mmhg": ("systolic_bp_possible", 0, 300, 1),
    "diastolic_bp_mmhg": ("diastolic_bp_possible", 0, 250, 1),
    "pulse_per_min": ("pulse_possible", 0, 350, 1),
    "temperature_celsius": ("temperature_possible", 10, 47, Decimal("0.1")),
    "score_at_least": ("score_plausible", 0, 100, 1),
    "interval_minutes": ("score_plausible", 0, 10080, 1),
}
WORDS = {
    "consciousness": ("consciousness_known", list(Consciousness)),
    "oxygen_device": ("oxygen_device_known", list(OxygenDevice)),
    "incomplete_reason": ("reason_known", list(IncompleteReason)),
    "risk": ("risk_known", list(Risk)),
}
SEVEN = {
    "respiratory_rate_per_min": 16,
    "spo2_percent": 97,
    "on_oxygen": False,
    "systolic_bp_mmhg": 120,
    "pulse_per_min": 75,
    "consciousness": "A",
    "temperature_celsius": Decimal("36.8"),
}
SCORED = SEVEN | {"score_total": 0, "score_at_least": 0, "score_missing": Jsonb([])}
BROKEN = {
    "further signs as a list": ("further_signs_shaped", {"further_signs": Jsonb([1])}),
    "points as a list": ("score_parts_shaped", {"score_points": Jsonb([1])}),
    "missing as an object": ("score_parts_shaped", {"score_missing": Jsonb({})}),
    "points in words": ("score_points_numbers", {"score_points": Jsonb({"pulse": "three"})}),
    "points in parts": ("score_points_numbers", {"score_points": Jsonb({"pulse": {}})}),
    "a total below zero": ("score_plausible", SCORED | {"score_total": -1}),
    "a total too high": ("score_plausible", SCORED | {"score_total": 101}),
    "a total beside something missing": (
        "total_of_complete_set",
        SCORED | {"score_missing": Jsonb(["pulse_per_min"])},
    ),
    "a total that is not what is known": (
        "total_of_complete_set",
        SCORED | {"score_at_least": 1},
    ),
    "another state": ("status_known", {"status": "preliminary"}),
    "struck out out of nowhere": ("strike_out_names_original", {"status": "entered_in_error"}),
}


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, "Okafor", label="1")


@pytest.fixture
def load(admin_dsn, patient):
    """Store one set without a session, all but what is told unknown; return its id."""
    with psycopg.connect(admin_dsn, options="-c role=ward_loader", autocommit=True) as loader:

        def insert(**columns):
            set_id = new_id()
            row = {"id": set_id, "admission_id": patient, "occurred_at": ago(5)} | columns
            places = ", ".join(["%s"] * len(row))
            loader.execute(
                f"INSERT INTO report.vital_signs ({', '.join(row)}) VALUES ({places})",
                list(row.values()),
            )
            return set_id

        yield insert


def refused(load, **columns):
    """Return the name of the rule that refuses such a set."""
    with pytest.raises(psycopg.errors.CheckViolation) as refusal:
        load(**columns)
    told = refusal.value.diag
    assert (told.schema_name, told.table_name) == ("report", "vital_signs")
    return told.constraint_name.removeprefix("ck_vital_signs_")


@pytest.mark.parametrize("column", RANGES)
def test_that_what_cannot_be_is_refused_and_what_just_can_is_not(load, column):
    rule, lowest, highest, step = RANGES[column]
    assert refused(load, **{column: lowest - step}) == rule
    assert refused(load, **{column: highest + step}) == rule
    load(**{column: lowest})
    load(**{column: highest})


@pytest.mark.parametrize("column", WORDS)
def test_that_only_words_of_the_program_are_stored(load, column):
    rule, words = WORDS[column]
    assert refused(load, **{column: "none of them"}) == rule
    for word in words:
        load(**{column: word.value})


@pytest.mark.parametrize("what", BROKEN)
def test_that_a_set_that_contradicts_itself_is_refused(load, what):
    rule, columns = BROKEN[what]
    assert refused(load, **columns) == rule


@pytest.mark.parametrize("missing", SEVEN)
def test_that_a_news2_total_needs_all_seven(load, missing):
    assert refused(load, **(SCORED | {"score_pack": "news2", missing: None})) == (
        "news2_total_of_all_seven"
    )


def test_that_a_complete_set_and_another_score_without_one_of_the_seven_are_stored(load):
    load(**SCORED, score_pack="news2", score_points=Jsonb({"pulse_per_min": 0}), risk="low")
    load(**(SCORED | {"score_pack": "paediatric", "on_oxygen": None}))


def test_that_a_correction_needs_a_reason(load):
    first = load()
    assert refused(load, supersedes_id=first, change_reason="") == "correction_with_reason"
    load(supersedes_id=first, change_reason="Typed twice")


def test_that_the_user_hears_which_rule_it_was(database, nurse, patient, monkeypatch):
    """By the sentence it always had; the program asks the same before it sends anything."""
    monkeypatch.setattr(service, "check_possible", lambda *_: None)
    new = a_set(patient, vital_signs=replace(WELL, oxygen_flow_l_per_min=Decimal(101)))
    with pytest.raises(ConflictError, match="by its rule ck_vital_signs_oxygen_flow_possible"):
        database.run(nurse, record_observations, new)
