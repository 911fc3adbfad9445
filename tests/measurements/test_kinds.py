import hashlib
import json

import pytest

from ward_app.core.errors import ConfigurationError
from ward_app.measurements import kinds as loading
from ward_app.measurements.kinds import KINDS_FOLDER, kinds, load_kind
from ward_app.measurements.types import FieldType

NAMES = (
    "blood_glucose",
    "body_size",
    "cannula_site",
    "gcs",
    "neurological",
    "pain",
    "postural",
    "stool",
    "urinalysis",
)


@pytest.fixture
def changed(tmp_path):
    """Return a function that writes the pain kind with entries changed, and its path."""

    def write(**entries):
        data = json.loads((KINDS_FOLDER / "pain.json").read_text(encoding="utf-8"))
        path = tmp_path / "pain.json"
        path.write_text(json.dumps({**data, **entries}), encoding="utf-8")
        return path

    return write


def test_that_every_promised_kind_is_shipped_and_passes_its_own_examples():
    assert tuple(sorted(kinds())) == NAMES


def test_that_kinds_are_read_once_in_the_order_of_their_keys():
    assert kinds() is kinds()
    keys = [kind.key for kind in kinds().values()]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("name", NAMES)
def test_that_a_kind_carries_the_hash_of_its_file(name):
    content = (KINDS_FOLDER / f"{name}.json").read_bytes()
    assert kinds()[name].hash == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_that_every_kind_says_where_it_comes_from_and_soft_ranges_ask_for_sign_off(name):
    kind = kinds()[name]
    assert kind.source
    assert kind.needs_sign_off or not any(field.usual for field in kind.fields)


@pytest.mark.parametrize("name", NAMES)
def test_that_usual_lies_within_possible_and_ages_do_not_overlap(name):
    for field in kinds()[name].fields:
        assert (field.possible is not None) == (field.type is FieldType.NUMBER)
        for one in field.usual:
            assert field.possible[0] <= one.lowest < one.highest <= field.possible[1]
        ends = [one.to_months for one in field.usual]
        assert ends[:-1] == [one.from_months for one in field.usual[1:]]
        assert not ends or ends[-1] is None


@pytest.mark.parametrize("name", NAMES)
def test_that_a_derived_value_is_made_of_fields_of_its_kind(name):
    kind = kinds()[name]
    for derived in kind.derived:
        assert [kind.field(part).name for part in derived.fields] == list(derived.fields)


def test_that_only_a_source_sets_when_the_same_is_due_again():
    hints = {kind.name: kind.reassess_minutes for kind in kinds().values()}
    assert {name for name, minutes in hints.items() if minutes} == {"cannula_site"}
    assert hints["cannula_site"] == 24 * 60


def test_that_another_field_is_no_field():
    with pytest.raises(KeyError):
        kinds()["pain"].field("colour")


def test_that_a_kind_that_contradicts_its_examples_is_not_used(changed):
    wrong = [{"name": "wrong", "values": {"score": "7"}, "summary": "8/10"}]
    with pytest.raises(ConfigurationError, match=r"its own examples say \(wrong\)"):
        load_kind(changed(examples=wrong))


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param({"examples": []}, id="no examples"),
        pytest.param({"name": "ache"}, id="another name"),
        pytest.param({"fields": [{"name": "x", "label": "X", "type": "colour"}]}, id="type"),
        pytest.param(
            {
                "fields": [
                    {
                        "name": "x",
                        "label": "X",
                        "type": "choice",
                        "choices": [["a", "A", "a"], ["b", "A", "b"]],
                    }
                ]
            },
            id="one key for two choices",
        ),
    ],
)
def test_that_a_damaged_kind_is_not_used(changed, entries):
    with pytest.raises(ConfigurationError, match="missing or damaged"):
        load_kind(changed(**entries))


def test_that_a_missing_kind_is_said(tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.json is missing"):
        load_kind(tmp_path / "none.json")


def test_that_no_kinds_at_all_or_one_key_for_two_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(loading, "KINDS_FOLDER", tmp_path)
    with pytest.raises(ConfigurationError, match="share a key"):
        kinds.__wrapped__()
    pain = json.loads((KINDS_FOLDER / "pain.json").read_text(encoding="utf-8"))
    for name in ("pain", "ache"):
        text = json.dumps({**pain, "name": name})
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="share a key"):
        kinds.__wrapped__()
