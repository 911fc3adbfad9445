"""One row of measurements as a set: what is taken, what is refused, what stays unknown."""

from datetime import datetime
from decimal import Decimal

import pytest

from tests.exchange.mimic_files import COLUMNS
from ward_app.exchange.mimic_records import SetRecord
from ward_app.exchange.mimic_signs import imported_signs
from ward_app.exchange.report import Effect, ImportReport, SourceRow
from ward_app.observations import rules
from ward_app.observations.limits import impossible
from ward_app.observations.packs import adult_limits, news2_pack
from ward_app.observations.types import VitalSigns

MINUTE = datetime.fromisoformat("2150-03-02 09:00")


@pytest.fixture
def report():
    return ImportReport()


@pytest.fixture
def signs_of(report):
    """Return the set of a row with these values, None when nothing is left of it."""

    def make(**values):
        columns = dict.fromkeys(COLUMNS["derived/obs_sets"].split(","), "")
        row = SourceRow("derived/obs_sets.csv.gz", 7, {**columns, **values})
        return imported_signs(
            SetRecord(row, "1", "2", MINUTE), limits=adult_limits(), report=report
        )

    return make


def told(report):
    return [(line.field, line.value, line.effect) for line in report.lines]


def test_that_measurements_are_taken_over_in_their_own_units(signs_of, report):
    found = signs_of(
        hr="88.0", rr="18.0", spo2="96.0", temp_c="37.04", sbp_nibp="121", dbp_nibp="70"
    )
    assert found.signs == VitalSigns(
        pulse_per_min=88,
        respiratory_rate_per_min=18,
        spo2_percent=96,
        temperature_celsius=Decimal("37.0"),
        systolic_bp_mmhg=121,
        diastolic_bp_mmhg=70,
    )
    assert (found.note, told(report)) == (None, [])


def test_that_consciousness_stays_unknown_whatever_the_coma_scale_says(signs_of):
    found = signs_of(
        hr="88", gcs_eye="4.0", gcs_verbal="5.0", gcs_motor="6.0", rass="-1", pain="3"
    )
    assert found.signs.consciousness is None
    assert found.note == "RASS -1"
    assert found.measurements == (
        ("gcs", {"eye": "4", "verbal": "5", "motor": "6"}),
        ("pain", {"score": "3"}),
    )
    assert "consciousness" in rules.score(found.signs, news2_pack()).missing


def test_that_a_coma_scale_with_a_part_missing_is_a_note_and_no_measurement(signs_of):
    found = signs_of(hr="88", gcs_eye="4", gcs_motor="6")
    assert (found.note, found.measurements) == ("GCS E4 M6", ())


def test_that_measurements_without_a_vital_sign_are_taken_over(signs_of, report):
    found = signs_of(pain="7.0", gcs_eye="4")
    assert (found.signs, found.measurements) == (None, (("pain", {"score": "7"}),))
    assert report.rows_refused() == {}


def test_that_half_a_point_of_pain_is_none_of_the_scale(signs_of, report):
    assert signs_of(hr="88", pain="3.5").measurements == ()


def test_that_the_cuff_counts_before_the_arterial_line_which_goes_into_the_note(signs_of):
    found = signs_of(sbp_nibp="121", dbp_nibp="70", sbp_art="90", dbp_art="50")
    assert (found.signs.systolic_bp_mmhg, found.signs.diastolic_bp_mmhg) == (121, 70)
    assert found.device_source == "MIMIC-IV import, BP by cuff"
    assert found.note == "BP by arterial line 90/50 mmHg"


def test_that_a_systolic_of_one_device_never_stands_over_the_diastolic_of_the_other(signs_of):
    found = signs_of(dbp_nibp="70", sbp_art="90")
    assert (found.signs.systolic_bp_mmhg, found.signs.diastolic_bp_mmhg) == (90, None)
    assert found.device_source == "MIMIC-IV import, BP by arterial line"
    assert found.note == "BP by cuff ?/70 mmHg"


def test_that_an_impossible_cuff_pressure_leaves_the_arterial_one(signs_of, report):
    found = signs_of(sbp_nibp="1210", sbp_art="118", dbp_art="60")
    assert (found.signs.systolic_bp_mmhg, found.signs.diastolic_bp_mmhg) == (118, 60)
    assert told(report) == [("sbp_nibp", "1210", Effect.VALUE_REFUSED)]


def test_that_of_a_diastolic_above_its_systolic_neither_is_trusted(signs_of, report):
    found = signs_of(hr="88", sbp_nibp="60", dbp_nibp="110")
    assert found.signs == VitalSigns(pulse_per_min=88)
    assert [field for field, *_ in told(report)] == ["dbp_nibp", "sbp_nibp"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("temp_c", "99.0"),
        ("temp_c", "3.7"),
        ("sbp_art", "301"),
        ("hr", "-1"),
        ("hr", "351"),
        ("hr", "NaN"),
        ("hr", "Infinity"),
        ("hr", "88 bpm"),
        ("hr", "1e99"),
        ("spo2", "101"),
        ("o2_flow_lpm", "100"),
        ("fio2_pct", "4.0"),
        ("fio2_pct", "0.4"),
        ("gcs_eye", "0"),
        ("gcs_verbal", "6"),
        ("rass", "5"),
        ("pain", "11"),
    ],
)
def test_that_an_impossible_value_is_left_out_as_it_stands_and_reported(
    signs_of, report, column, value
):
    found = signs_of(rr="18", **{column: value})
    assert (found.signs, found.note) == (VitalSigns(respiratory_rate_per_min=18), None)
    assert told(report) == [(column, value, Effect.VALUE_REFUSED)]


def test_that_a_pulse_of_zero_is_kept_flagged_and_scored(signs_of, report):
    found = signs_of(hr="0.0", rr="0.0")
    assert (found.signs.pulse_per_min, found.signs.respiratory_rate_per_min) == (0, 0)
    assert found.note == "unusual: Pulse 0 /min; unusual: Respirations 0 /min"
    assert told(report) == [("hr", "0.0", Effect.KEPT), ("rr", "0.0", Effect.KEPT)]
    assert rules.score(found.signs, news2_pack()).points["pulse_per_min"] == 3


@pytest.mark.parametrize(
    ("fraction", "flow", "expected"),
    [
        ("", "", (None, None)),
        ("21", "", (False, None)),
        ("40", "", (True, None)),
        ("", "2.0", (True, Decimal("2.0"))),
        ("", "0.0", (False, None)),
        ("50", "10", (True, Decimal("10.0"))),
        ("50", "0", (True, None)),
        ("21", "0", (False, None)),
        ("21", "30", (None, None)),
    ],
)
def test_that_oxygen_is_known_only_where_it_was_documented(signs_of, fraction, flow, expected):
    found = signs_of(hr="88", fio2_pct=fraction, o2_flow_lpm=flow)
    assert (found.signs.on_oxygen, found.signs.oxygen_flow_l_per_min) == expected
    assert impossible(found.signs, adult_limits()) == ()


def test_that_oxygen_alone_is_a_set_with_its_fraction(signs_of):
    found = signs_of(fio2_pct="40")
    assert found.signs == VitalSigns(on_oxygen=True, inspired_oxygen_percent=40)
    assert found.note is None


@pytest.mark.parametrize("values", [{}, {"rass": "1", "gcs_eye": "4"}, {"temp_c": "99"}])
def test_that_a_row_of_which_nothing_is_left_is_counted(signs_of, report, values):
    assert signs_of(**values) is None
    assert report.rows_refused() == {"derived/obs_sets.csv.gz": 1}


def test_that_a_half_is_rounded_up_and_nothing_else_changed(signs_of):
    found = signs_of(rr="18.5", temp_c="36.95")
    assert found.signs.respiratory_rate_per_min == 19
    assert found.signs.temperature_celsius == Decimal("37.0")
