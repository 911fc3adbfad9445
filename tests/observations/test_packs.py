import hashlib
import json
from decimal import Decimal

import pytest

from ward_app.core.errors import ConfigurationError
from ward_app.observations.packs import (
    PACKS_FOLDER,
    adult_limits,
    load_limits,
    load_pack,
    news2_pack,
)

NEWS2 = PACKS_FOLDER / "news2.json"


@pytest.fixture
def changed(tmp_path):
    """Write the shipped pack with a change and return its path."""

    def write(change):
        data = json.loads(NEWS2.read_bytes())
        change(data)
        path = tmp_path / "news2.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        return path

    return write


def test_that_the_shipped_pack_names_its_version_hash_and_owner():
    pack = news2_pack()
    assert (pack.name, pack.version) == ("news2", "2017.1")
    assert pack.hash == hashlib.sha256(NEWS2.read_bytes()).hexdigest()
    assert "Royal College of Physicians" in pack.acknowledgement
    assert "Royal College of Physicians" in pack.source


def test_that_the_pack_is_read_once():
    assert news2_pack() is news2_pack()
    assert adult_limits() is adult_limits()


def test_that_parameters_come_in_chart_order():
    assert [parameter.name for parameter in news2_pack().parameters] == [
        "respiratory_rate_per_min",
        "spo2_percent",
        "on_oxygen",
        "systolic_bp_mmhg",
        "pulse_per_min",
        "consciousness",
        "temperature_celsius",
    ]


def test_that_every_band_edge_is_among_the_embedded_vectors():
    data = json.loads(NEWS2.read_bytes())
    tried = {
        (name, Decimal(str(value)))
        for vector in data["vectors"]
        for name, value in vector["set"].items()
        if name in {p["name"] for p in data["parameters"] if "bands" in p} and value is not None
    }
    for parameter in news2_pack().parameters:
        for band in parameter.bands:
            for edge in (band.lowest, band.highest):
                assert edge is None or (parameter.name, edge) in tried


def test_that_a_pack_with_a_shifted_band_is_refused_by_its_own_tests(changed):
    def shift(data):
        data["parameters"][0]["bands"][0]["to"] = 7

    with pytest.raises(ConfigurationError, match="respirations 8"):
        load_pack(changed(shift))


def test_that_a_pack_without_tests_is_refused(changed):
    with pytest.raises(ConfigurationError, match="damaged"):
        load_pack(changed(lambda data: data.update(vectors=[])))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data.pop("responses"), id="no responses"),
        pytest.param(lambda data: data["responses"][0].update(risk="rosy"), id="unknown risk"),
        pytest.param(
            lambda data: data["parameters"][6]["bands"][0].update(to="warm"), id="word as number"
        ),
        pytest.param(lambda data: data.update(parameters=3), id="no list"),
    ],
)
def test_that_a_damaged_pack_is_refused(changed, damage):
    with pytest.raises(ConfigurationError, match="damaged"):
        load_pack(changed(damage))


@pytest.mark.parametrize("load", [load_pack, load_limits])
def test_that_a_missing_or_broken_file_is_told_in_a_sentence(load, tmp_path):
    with pytest.raises(ConfigurationError, match="is missing"):
        load(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    broken.write_bytes(b"\xff{")
    with pytest.raises(ConfigurationError, match="is damaged"):
        load(broken)
    empty = tmp_path / "empty.json"
    empty.write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is damaged"):
        load(empty)


def test_that_any_change_of_the_pack_changes_its_hash(changed):
    reworded = load_pack(changed(lambda data: data.update(title="NEWS 2")))
    assert reworded.hash != news2_pack().hash
