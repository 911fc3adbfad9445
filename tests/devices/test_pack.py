"""The file of kinds is checked before anything is recorded with it."""

from __future__ import annotations

import copy
import json

import pytest

from ward_app.core.errors import ConfigurationError
from ward_app.devices.pack import PACK_FILE, device_pack, load_pack

SHIPPED = json.loads(PACK_FILE.read_text())


@pytest.fixture
def load(tmp_path):
    def load_changed(change):
        data = copy.deepcopy(SHIPPED)
        change(data)
        path = tmp_path / "devices.json"
        path.write_text(json.dumps(data))
        return load_pack(path)

    return load_changed


def test_that_the_shipped_file_loads_and_says_what_to_sign_off():
    pack = device_pack()
    assert [kind.key for kind in pack.kinds] == list("PMKCAUGDO")
    assert "Jackson 1998" in pack.source
    assert pack.needs_sign_off
    assert pack.kind("picc").scheme.title == "VIP"


def test_that_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="Install the program again"):
        load_pack(tmp_path / "none.json")


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("kinds"),
        lambda data: data.update(examples=[]),
        lambda data: data["kinds"][1].update(key="P"),
        lambda data: data["schemes"][0]["signs"][1].update(key="P"),
        lambda data: data["schemes"][0]["actions"].pop(),
        lambda data: data["schemes"][1]["levels"][1]["of"].append("smell"),
        lambda data: data["kinds"][0].update(scheme="none"),
    ],
    ids=["kinds", "examples", "kind-key", "sign-key", "action", "sign", "scheme"],
)
def test_that_a_damaged_file_is_refused(load, change):
    with pytest.raises(ConfigurationError, match="missing or damaged"):
        load(change)


def test_that_a_file_that_fails_its_own_example_is_refused(load):
    def forget_swelling(data):
        data["schemes"][0]["levels"][1]["of"].remove("swelling")

    with pytest.raises(ConfigurationError, match="swelling alone is not 0"):
        load(forget_swelling)
