"""The database scores as the program does: every pack, every embedded case, random sets."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from ward_app.observations import packs, rules
from ward_app.observations.packs import PACK_NAMES, PACKS_FOLDER, pack_named
from ward_app.observations.rules import FurtherKind, stored_signs
from ward_app.observations.types import Consciousness, VitalSigns

FIELDS = (
    "respiratory_rate_per_min",
    "spo2_percent",
    "spo2_scale",
    "on_oxygen",
    "systolic_bp_mmhg",
    "diastolic_bp_mmhg",
    "pulse_per_min",
    "consciousness",
    "temperature_celsius",
)
SCORE = """
SELECT s.total, s.at_least, s.points, s.missing, s.risk, s.interval_minutes
FROM report.score_packs p
CROSS JOIN LATERAL report.score_set(
    jsonb_populate_record(NULL::report.vital_signs, %s), p.id, %s) s
WHERE p.hash = %s
"""
every_pack = pytest.mark.parametrize("name", PACK_NAMES)


def in_database(admin, signs, pack, months):
    row = {name: getattr(signs, name) for name in FIELDS}
    row["temperature_celsius"] = signs.temperature_celsius and str(signs.temperature_celsius)
    row["further_signs"] = stored_signs(signs.further)
    return admin.execute(SCORE, (Jsonb(row), months, pack.hash)).fetchone()


def in_program(signs, pack, months):
    narrowed = rules.at_age(pack, months) if pack.by_age else pack
    score = rules.score(signs, narrowed)
    return (
        score.total,
        score.at_least,
        dict(score.points),
        list(score.missing),
        score.risk.value,
        score.interval_minutes,
    )


def further_of(pack):
    """Return a strategy of the pack's further signs, any of them left out."""
    kinds = {
        FurtherKind.YES_NO: lambda _: st.booleans(),
        FurtherKind.NUMBER: lambda _: st.decimals(0, 9, places=2),
        FurtherKind.CHOICE: lambda one: st.sampled_from(sorted(one.choices)),
    }
    return st.fixed_dictionaries(
        {},
        optional={
            one.name: kinds[one.further](one) for one in pack.parameters if one.further is not None
        },
    )


def signs_of(pack):
    def maybe(low, high):
        return st.none() | st.integers(low, high)

    return st.builds(
        VitalSigns,
        respiratory_rate_per_min=maybe(0, 120),
        spo2_percent=maybe(60, 100),
        spo2_scale=st.sampled_from((1, 2)),
        on_oxygen=st.none() | st.booleans(),
        systolic_bp_mmhg=maybe(0, 300),
        diastolic_bp_mmhg=maybe(0, 250),
        pulse_per_min=maybe(0, 350),
        consciousness=st.none() | st.sampled_from(Consciousness),
        temperature_celsius=st.none() | st.decimals(30, 43, places=1),
        further=further_of(pack),
    )


@every_pack
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=st.data())
def test_that_the_database_scores_any_set_as_the_program_does(admin, name, data):
    pack = pack_named(name)
    signs = data.draw(signs_of(pack))
    low, high = pack.ages.from_months or 0, (pack.ages.below_months or 1200) - 1
    months = data.draw(st.integers(low, high))
    assert in_database(admin, signs, pack, months) == in_program(signs, pack, months)


@every_pack
def test_that_the_database_scores_every_case_a_pack_carries_as_it_says(admin, name):
    pack = pack_named(name)
    data = json.loads((PACKS_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for case in data["vectors"]:
        values = {**data["well"], **case["set"]}
        values["further"] = {
            **data["well"].get("further", {}), **case["set"].get("further", {})
        }  # fmt: skip
        months = values.pop("age_months", None)
        signs = packs._vital_signs(values, pack)
        total, _, points, *_ = in_database(admin, signs, pack, months)
        given_points = {one: points.get(one) for one in case["points"]}
        assert (total, given_points) == (case["total"], case["points"]), case["name"]


@pytest.mark.parametrize(
    "further",
    [
        {"respiratory_rate_per_min": {"number": "16"}},
        {"capillary_refill_seconds": {"number": "NaN"}},
        {"capillary_refill_seconds": {"number": "9e99"}},
        {"capillary_refill_seconds": {"number": 1}},
        {"capillary_refill_seconds": True},
        {"capillary_refill_seconds": "1.0"},
        {"respiratory_effort": "none at all"},
        {"respiratory_effort": {"number": "0"}},
        {"oxygen_support": False},
    ],
    ids=range(9),
)
def test_that_a_further_sign_of_another_kind_is_not_measured(admin, further):
    row = Jsonb({"further_signs": further, "spo2_scale": 1})
    found = admin.execute(SCORE, (row, 30, pack_named("paediatric").hash)).fetchone()
    known = {"capillary_refill_seconds": {"number": 1}}
    assert found[2] == ({} if further != known else {"capillary_refill_seconds": 0})


def test_that_a_temperature_is_rounded_half_up_as_it_is_stored(admin):
    signs = VitalSigns(temperature_celsius=Decimal("38.05"))
    pack = pack_named("news2")
    assert in_database(admin, signs, pack, None) == in_program(signs, pack, None)
