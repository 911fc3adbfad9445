import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ward_app.downtime import json_in_bites
from ward_app.downtime.json_in_bites import read_in_bites

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=30)
@given(VALUES, st.sampled_from([None, 1]))
def test_that_it_reads_what_the_standard_library_reads(value, indent):
    text = json.dumps(value, indent=indent)
    assert read_in_bites(text) == value
    assert read_in_bites(f" {text}\n") == value


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,}', '{"a":[1', '{"a":[1,]}', '{"a":[1 2]}',
     '{"a" 1}', '{"a":1}}', '{"a":1} x', "[1", "nothing",
     "{[1]:2}", "{1:2}", "{null:2}", '{{"a":1}:2}', '{"a":1,2:3}', "{a:1}"],
)  # fmt: skip
def test_that_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - as the standard library's
        json.loads(text)
    with pytest.raises(ValueError):  # noqa: PT011 - as the standard library's
        read_in_bites(text)


def test_that_each_patient_of_a_ward_is_a_part_of_its_own(monkeypatch):
    text = json.dumps({"form": 1, "stays": [{"sets": list(range(1_000))}] * 30})
    decoded, decode = [], json_in_bites._decode

    def note(text, at):
        value, end = decode(text, at)
        decoded.append(end - at)
        return value, end

    monkeypatch.setattr(json_in_bites, "_decode", note)
    read_in_bites(text)
    assert max(decoded) < len(text) / 29
