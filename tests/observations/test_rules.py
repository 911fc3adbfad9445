import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ward_app.core.errors import RuleBrokenError
from ward_app.observations import rules
from ward_app.observations.packs import news2_pack
from ward_app.observations.rules import CONTINUOUS_RECHART_MINUTES, next_due_at, score_response
from ward_app.observations.types import Consciousness, Risk, VitalSigns

PACK = news2_pack()
WELL = VitalSigns(
    respiratory_rate_per_min=16,
    spo2_percent=97,
    on_oxygen=False,
    systolic_bp_mmhg=120,
    pulse_per_min=75,
    consciousness=Consciousness.ALERT,
    temperature_celsius=Decimal("36.8"),
)
VECTORS = Path(__file__).resolve().parents[3] / "shared" / "data" / "vectors"
SCORED = [parameter.name for parameter in PACK.parameters]


def points(name, **change):
    return rules.score(replace(WELL, **change), PACK).points.get(name)


def test_that_a_well_patient_scores_zero_and_is_seen_twelve_hourly():
    score = rules.score(WELL, PACK)
    assert score.total == score.at_least == 0
    assert score.complete
    assert (score.risk, score.interval_minutes) == (Risk.LOW, 720)
    assert score.pack_hash == PACK.hash


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("respiratory_rate_per_min", {0: 3, 8: 3, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3}),
        ("spo2_percent", {0: 3, 91: 3, 92: 2, 93: 2, 94: 1, 95: 1, 96: 0, 100: 0}),
        (
            "systolic_bp_mmhg",
            {0: 3, 90: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3},
        ),
        (
            "pulse_per_min",
            {0: 3, 40: 3, 41: 1, 50: 1, 51: 0, 90: 0, 91: 1, 110: 1, 111: 2, 130: 2, 131: 3},
        ),
        ("consciousness", {"A": 0, "C": 3, "V": 3, "P": 3, "U": 3}),
        ("on_oxygen", {False: 0, True: 2}),
    ],
)
def test_that_each_band_of_the_rcp_chart_scores_its_points(name, expected):
    assert {value: points(name, **{name: value}) for value in expected} == expected


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [
        ("35.0", 3),
        ("35.04", 3),
        ("35.05", 1),
        ("35.1", 1),
        ("36.0", 1),
        ("36.1", 0),
        ("38.0", 0),
        ("38.04", 0),
        ("38.05", 1),
        ("38.1", 1),
        ("39.0", 1),
        ("39.1", 2),
        ("13.7", 3),
    ],
)
def test_that_temperature_is_rounded_to_a_tenth_before_it_is_banded(temperature, expected):
    found = points("temperature_celsius", temperature_celsius=Decimal(temperature))
    assert found == expected


@pytest.mark.parametrize(
    ("on_oxygen", "expected"),
    [
        (False, {83: 3, 84: 2, 85: 2, 86: 1, 87: 1, 88: 0, 92: 0, 93: 0, 100: 0}),
        (True, {83: 3, 85: 2, 87: 1, 88: 0, 92: 0, 93: 1, 94: 1, 95: 2, 96: 2, 97: 3, 100: 3}),
        (None, {83: 3, 85: 2, 87: 1, 88: 0, 92: 0, 93: None, 97: None, 100: None}),
    ],
)
def test_that_scale_2_scores_high_saturation_only_on_oxygen(on_oxygen, expected):
    found = {
        spo2: points("spo2_percent", spo2_percent=spo2, spo2_scale=2, on_oxygen=on_oxygen)
        for spo2 in expected
    }
    assert found == expected


def test_that_a_saturation_that_cannot_be_scored_is_missing_like_the_oxygen_it_needs():
    score = rules.score(replace(WELL, spo2_percent=95, spo2_scale=2, on_oxygen=None), PACK)
    assert score.total is None
    assert score.missing == ("spo2_percent", "on_oxygen")


@pytest.mark.parametrize("scale", [0, 3])
def test_that_an_unknown_spo2_scale_is_refused(scale):
    with pytest.raises(RuleBrokenError, match="scale is 1 or 2") as refused:
        rules.score(replace(WELL, spo2_scale=scale), PACK)
    assert refused.value.field == "spo2_scale"


@pytest.mark.parametrize(
    ("change", "total", "risk", "minutes"),
    [
        pytest.param({}, 0, Risk.LOW, 720, id="0"),
        pytest.param({"pulse_per_min": 95}, 1, Risk.LOW, 240, id="1"),
        pytest.param({"on_oxygen": True, "pulse_per_min": 115}, 4, Risk.LOW, 240, id="4"),
        pytest.param({"pulse_per_min": 131}, 3, Risk.LOW_MEDIUM, 60, id="single_3"),
        pytest.param(
            {"pulse_per_min": 131, "spo2_percent": 95}, 4, Risk.LOW_MEDIUM, 60, id="single_4"
        ),
        pytest.param(
            {"pulse_per_min": 131, "on_oxygen": True}, 5, Risk.MEDIUM, 60, id="single_and_5"
        ),
        pytest.param(
            {"pulse_per_min": 115, "on_oxygen": True, "spo2_percent": 95}, 5, Risk.MEDIUM, 60
        ),
        pytest.param({"pulse_per_min": 131, "consciousness": "C"}, 6, Risk.MEDIUM, 60, id="6"),
        pytest.param(
            {"pulse_per_min": 131, "consciousness": "C", "spo2_percent": 95},
            7,
            Risk.HIGH,
            0,
            id="7",
        ),
    ],
)
def test_that_the_total_and_a_single_three_set_risk_and_interval(change, total, risk, minutes):
    score = rules.score(replace(WELL, **change), PACK)
    assert (score.total, score.risk, score.interval_minutes) == (total, risk, minutes)


def test_that_a_respiratory_rate_of_30_alone_already_triggers():
    score = rules.score(VitalSigns(respiratory_rate_per_min=30), PACK)
    assert (score.total, score.at_least) == (None, 3)
    assert (score.risk, score.interval_minutes) == (Risk.LOW_MEDIUM, 60)
    assert score.missing == tuple(SCORED[1:])


def test_that_an_incomplete_set_without_a_trigger_is_repeated_within_four_hours():
    score = rules.score(replace(WELL, temperature_celsius=None), PACK)
    assert (score.total, score.at_least, score.missing) == (None, 0, ("temperature_celsius",))
    assert (score.risk, score.interval_minutes) == (Risk.LOW, 240)


def test_that_nothing_measured_scores_nothing():
    score = rules.score(VitalSigns(), PACK)
    assert (score.total, score.at_least, dict(score.points)) == (None, 0, {})
    assert score.missing == tuple(SCORED)


def test_that_a_recorded_zero_scores_and_is_not_missing():
    zeros = replace(
        WELL, respiratory_rate_per_min=0, spo2_percent=0, systolic_bp_mmhg=0, pulse_per_min=0
    )
    score = rules.score(zeros, PACK)
    assert score.total == 12
    assert score.missing == ()


def test_that_the_worst_set_scores_twenty():
    worst = VitalSigns(
        respiratory_rate_per_min=30,
        spo2_percent=80,
        on_oxygen=True,
        systolic_bp_mmhg=70,
        pulse_per_min=140,
        consciousness=Consciousness.UNRESPONSIVE,
        temperature_celsius=Decimal(34),
    )
    assert rules.score(worst, PACK).total == 20


def test_that_the_response_belongs_to_the_score():
    single = rules.score(replace(WELL, pulse_per_min=131), PACK)
    assert "One parameter scores 3" in score_response(single, PACK).action
    assert score_response(rules.score(VitalSigns(), PACK), PACK).action == "Routine monitoring."


def test_that_the_next_set_is_due_by_elapsed_time_across_a_clock_change():
    london = ZoneInfo("Europe/London")
    # 25-Oct-2026: 02:00 BST becomes 01:00 GMT
    measured = datetime(2026, 10, 25, 0, 30, tzinfo=london)
    score = rules.score(replace(WELL, pulse_per_min=95), PACK)
    due = next_due_at(score, measured)
    assert due == datetime(2026, 10, 25, 3, 30, tzinfo=UTC)
    assert f"{due.astimezone(london):%H:%M}" == "03:30"


def test_that_continuous_monitoring_is_charted_again_within_the_site_maximum():
    measured = datetime(2026, 11, 20, 14, 7, tzinfo=UTC)
    score = rules.score(
        replace(WELL, pulse_per_min=131, consciousness=Consciousness.VOICE, spo2_percent=95), PACK
    )
    assert score.interval_minutes == 0
    expected = measured + timedelta(minutes=CONTINUOUS_RECHART_MINUTES)
    assert next_due_at(score, measured) == expected


def test_that_a_parameter_that_is_not_scored_is_named():
    assert PACK.parameter("pulse_per_min").label == "Pulse"
    with pytest.raises(KeyError, match="diastolic"):
        PACK.parameter("diastolic_bp_mmhg")


def test_that_the_bands_of_a_scale_are_those_that_count_for_it():
    air = PACK.parameter("spo2_percent").bands_for(replace(WELL, spo2_scale=2))
    assert [band.points for band in air] == [3, 2, 1, 0, 0]


MAYBE = st.none()
SETS = st.builds(
    VitalSigns,
    respiratory_rate_per_min=MAYBE | st.integers(0, 99),
    spo2_percent=MAYBE | st.integers(0, 100),
    spo2_scale=st.sampled_from([1, 2]),
    on_oxygen=MAYBE | st.booleans(),
    systolic_bp_mmhg=MAYBE | st.integers(0, 300),
    pulse_per_min=MAYBE | st.integers(0, 300),
    consciousness=MAYBE | st.sampled_from(Consciousness),
    temperature_celsius=MAYBE | st.decimals(10, 47, places=2),
)


@given(SETS)
def test_that_a_score_lies_between_0_and_20_and_adds_up(signs):
    score = rules.score(signs, PACK)
    assert 0 <= score.at_least <= 20
    assert sum(score.points.values()) == score.at_least
    assert score.total == (score.at_least if score.complete else None)
    assert sorted([*score.points, *score.missing]) == sorted(SCORED)
    assert score.interval_minutes in {0, 60, 240, 720}


@given(SETS, st.sampled_from([name for name in SCORED if name != "on_oxygen"]))
def test_that_not_measuring_something_never_raises_the_points_or_lengthens_the_interval(
    signs, name
):
    full, without = rules.score(signs, PACK), rules.score(replace(signs, **{name: None}), PACK)
    assert without.at_least <= full.at_least
    assert name in without.missing
    if without.at_least == full.at_least and full.at_least == 0:
        assert without.interval_minutes == 240


@given(SETS)
def test_that_every_measured_value_has_exactly_one_band(signs):
    known = replace(signs, on_oxygen=bool(signs.on_oxygen))
    score = rules.score(known, PACK)
    unmeasured = {name for name in SCORED if getattr(known, name) is None}
    assert set(score.missing) == unmeasured
    for parameter in PACK.parameters:
        value = getattr(known, parameter.name)
        if parameter.bands and value is not None:
            rounded = round(Decimal(value), 1)
            holding = [b for b in parameter.bands_for(known) if b.holds(rounded)]
            assert len(holding) <= 1


def shared_vectors():
    for name in ("news2_gdl.json", "news2_kscarlett_go.json"):
        if (VECTORS / name).exists():
            cases = json.loads((VECTORS / name).read_text(encoding="utf-8"))["cases"]
            # where a source departs from the RCP chart, its own table says so
            agreed = (case for case in cases if case["agrees_with_rcp"])
            yield from (pytest.param(case, id=case["id"]) for case in agreed)


def signs_of(case):
    given_values = case["input"]
    acvpu = given_values["acvpu"]
    return VitalSigns(
        respiratory_rate_per_min=int(given_values["rr"]),
        spo2_percent=int(given_values["spo2"]),
        spo2_scale=given_values["spo2_scale"],
        on_oxygen=given_values["on_o2"],
        systolic_bp_mmhg=int(given_values["sbp"]),
        pulse_per_min=int(given_values["hr"]),
        # "CVPU" of the source means any of the four
        consciousness=Consciousness("U" if acvpu == "CVPU" else acvpu),
        temperature_celsius=Decimal(str(given_values["temp_c"])),
    )


@pytest.mark.skipif(
    not VECTORS.exists(), reason="the shared test vectors are not beside the clone"
)
@pytest.mark.parametrize("case", list(shared_vectors()))
def test_that_published_vectors_that_agree_with_the_rcp_score_the_same(case):
    score, expected = rules.score(signs_of(case), PACK), case["expected"]
    assert score.total == expected["total"]
    names = {"rr": "respiratory_rate_per_min", "spo2": "spo2_percent", "sbp": "systolic_bp_mmhg",
             "hr": "pulse_per_min", "temp": "temperature_celsius"}  # fmt: skip
    for short, its_points in expected.get("parts", {}).items():
        assert score.points[names[short]] == its_points
    assert score.risk == expected.get("risk", score.risk)
