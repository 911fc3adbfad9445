import io
import json
import os
import subprocess
import sys
import threading

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.patience import PATIENCE_S
from ward_app.cli.score import KEYS, LONGEST_LINE_BYTES, score_command, score_line, score_stream
from ward_app.observations.packs import adult_limits, news2_pack

WELL = {
    "respiratory_rate": 16,
    "spo2_percent": 97,
    "spo2_scale": 1,
    "on_oxygen": False,
    "systolic_bp_mmhg": 120,
    "pulse": 75,
    "consciousness": "A",
    "temperature_celsius": 36.8,
}

app = typer.Typer()
app.command()(score_command)


@app.callback()
def _root():
    """Make the command a subcommand, as in wardctl."""


def score(line):
    raw = line if isinstance(line, bytes) else json.dumps(line).encode()
    return score_line(raw, news2_pack(), adult_limits())


def run(text, *args):
    result = CliRunner().invoke(app, ["score-command", *args], input=text)
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_that_a_complete_set_answers_with_everything_but_at_least():
    assert score(WELL) == {
        "total": 0,
        "points": dict.fromkeys([key for key in KEYS if key != "spo2_scale"], 0),
        "risk": "low",
        "complete": True,
        "missing": [],
        "interval_minutes": 720,
    }


def test_that_a_missing_key_and_null_both_mean_not_measured():
    without = {key: value for key, value in WELL.items() if key != "pulse"}
    answer = score(without)
    assert answer == score({**WELL, "pulse": None})
    assert (answer["total"], answer["at_least"], answer["missing"]) == (None, 0, ["pulse"])


def test_that_a_respiratory_rate_of_30_alone_triggers():
    answer = score({"respiratory_rate": 30})
    assert answer["total"] is None
    assert answer["points"] == {"respiratory_rate": 3}
    assert (answer["at_least"], answer["risk"]) == (3, "low-medium")
    assert (answer["complete"], answer["interval_minutes"]) == (False, 60)


@pytest.mark.parametrize("scale", [None, 1, 1.0])
def test_that_the_scale_is_1_unless_it_says_2(scale):
    assert score({**WELL, "spo2_percent": 90, "spo2_scale": scale})["points"]["spo2_percent"] == 3


def test_that_scale_2_on_air_does_not_score_high_saturation():
    assert score({**WELL, "spo2_percent": 98, "spo2_scale": 2})["total"] == 0


def test_that_zeros_score():
    answer = score({**WELL, "pulse": 0, "respiratory_rate": 0})
    assert answer["points"]["pulse"] == answer["points"]["respiratory_rate"] == 3
    assert answer["complete"]


@pytest.mark.parametrize("value", [20, 20.0])
def test_that_a_whole_number_may_be_written_with_a_point(value):
    assert score({**WELL, "respiratory_rate": value})["total"] == 0


@pytest.mark.parametrize("temperature", [b"36.800000000000004", b"36.8", b"368e-1"])
def test_that_a_temperature_with_the_noise_of_floating_point_scores(temperature):
    assert score(b'{"temperature_celsius": %s}' % temperature)["points"] == {
        "temperature_celsius": 0
    }


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "not JSON"),
        (b"\n", "not JSON"),
        (b"   \n", "not JSON"),
        (b"hello", "not JSON"),
        (b"{'pulse': 80}", "not JSON"),
        (b'{"pulse": 80} {"pulse": 80}', "not JSON"),
        (b'{"pulse": 80}\x00', "not JSON"),
        (b'{"pulse": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[" * 20_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"80", "not a JSON object"),
        (b'"pulse"', "not a JSON object"),
        (b'{"pulse": "\xff"}', "not UTF-8"),
        ('{"pulse": 80}'.encode("utf-16"), "not UTF-8"),
        (b'{"pulse": 80, "pulse": 140}', "given twice"),
        (b'{"systolic_bp": 80}', "Unknown key 'systolic_bp'"),
        (b'{"\\ud800": 1}', "Unknown key"),
        (b'{"pulse": "80"}', "number or null"),
        (b'{"pulse": true}', "number or null"),
        (b'{"pulse": [80]}', "number or null"),
        (b'{"pulse": {"value": 80}}', "number or null"),
        (b'{"pulse": 80.5}', "whole number"),
        (b'{"pulse": NaN}', "NaN is not a measurement"),
        (b'{"pulse": -Infinity}', "-Infinity is not a measurement"),
        (b'{"pulse": 1e999999999}', "far out of range"),
        (b'{"pulse": 1e-999999999}', "far out of range"),
        (b'{"pulse": ' + b"9" * 4000 + b"}", "far out of range"),
        (b'{"temperature_celsius": 1e99999999999999999999999}', "not JSON"),
        (b'{"temperature_celsius": -1e999999}', "far out of range"),
        (b'{"temperature_celsius": false}', "number or null"),
        (b'{"pulse": 351}', "Pulse 351 /min is not possible"),
        (b'{"pulse": -1}', "Pulse -1 /min is not possible"),
        (b'{"temperature_celsius": 98.6}', "is not possible"),
        (b'{"spo2_percent": 101}', "is not possible"),
        (b'{"spo2_scale": 3}', "scale is 1 or 2"),
        (b'{"spo2_scale": "2"}', "number or null"),
        (b'{"spo2_scale": true}', "number or null"),
        (b'{"on_oxygen": 1}', "true, false or null"),
        (b'{"on_oxygen": "yes"}', "true, false or null"),
        (b'{"consciousness": "a"}', "A, C, V, P, U or null"),
        (b'{"consciousness": "CVPU"}', "A, C, V, P, U or null"),
        (b'{"consciousness": ""}', "A, C, V, P, U or null"),
        (b'{"consciousness": 0}', "A, C, V, P, U or null"),
        (b'{"consciousness": ["A"]}', "A, C, V, P, U or null"),
        (b"{" + b" " * LONGEST_LINE_BYTES + b"}", "longer than"),
    ],
)
def test_that_a_line_that_cannot_be_scored_is_refused_in_a_sentence(line, why):
    answer = score(line)
    assert list(answer) == ["error"]
    assert why in answer["error"]


def test_that_a_refused_line_does_not_stop_the_next():
    text = '{"pulse": "x"}\n\n{"pulse": 131}\n'
    result, answers = run(text, "--pack", "news2")
    assert result.exit_code == 0
    assert ["error" in answer for answer in answers] == [True, True, False]
    assert answers[2]["at_least"] == 3


def test_that_there_is_one_line_out_for_each_line_in_even_after_an_endless_one():
    endless = b'{"pulse": "' + b"x" * (3 * LONGEST_LINE_BYTES) + b'"}\n'
    lines = io.BytesIO(b"\xef\xbb\xbf{}\r\n" + endless + b'{"pulse": 70}')
    out = io.StringIO()
    score_stream(lines, out, news2_pack(), adult_limits())
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer.get("error", "scored") for answer in answers] == [
        "scored",
        "The line is longer than 65536 bytes.",
        "scored",
    ]


def test_that_nothing_in_gives_nothing_out():
    result, answers = run("")
    assert (result.exit_code, answers) == (0, [])


def test_that_an_unknown_pack_is_refused_with_the_known_ones():
    result, _ = run("{}\n", "--pack", "mews")
    assert result.exit_code == 2
    assert "there is no score pack 'mews'; there is: news2" in " ".join(
        result.output.replace("│", " ").split()
    )


def test_that_each_answer_comes_before_the_next_line_is_asked_for():
    program = (
        "import typer; from ward_app.cli.score import score_command; typer.run(score_command)"
    )
    buffered = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=buffered,
    ) as wardctl:
        # a command that keeps its answers back must fail the test, not hang it
        last_resort = threading.Timer(30, wardctl.kill)
        last_resort.start()
        for pulse, expected in ((131, 3), (120, 2)):
            wardctl.stdin.write(b'{"pulse": %d}\n' % pulse)
            wardctl.stdin.flush()
            assert json.loads(wardctl.stdout.readline())["at_least"] == expected
        wardctl.stdin.close()
        assert wardctl.wait(timeout=PATIENCE_S) == 0
        last_resort.cancel()


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_that_any_bytes_give_an_answer(line):
    json.dumps(score(line))


@given(
    st.dictionaries(
        st.sampled_from(sorted(KEYS)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
            st.lists,
            max_leaves=3,
        ),
    )
)
def test_that_any_values_of_known_keys_give_an_answer(values):
    answer = score(values)
    assert "error" in answer or 0 <= answer.get("at_least", answer["total"]) <= 20
