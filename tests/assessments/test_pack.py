"""Instrument files: those delivered are free, hold, and a wrong one is refused in words."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy

import pytest

from tests.assessments.builders import LOCAL, NAMED, content, local
from ward_app.assessments.pack import (
    INSTRUMENT_NAMES,
    INSTRUMENTS_FOLDER,
    load_instrument,
    read_instrument,
    shipped,
)
from ward_app.assessments.types import Event, Reassess
from ward_app.core.errors import ConfigurationError

PROTECTED = ("braden", "waterlow", "must", "barthel", "abbey", "painad", "flacc", "purpose-t",
             "wong-baker", "push", "morse")  # fmt: skip


def test_that_every_file_is_delivered_and_passes_its_own_tests():
    assert {path.stem for path in INSTRUMENTS_FOLDER.glob("*.json")} == set(INSTRUMENT_NAMES)
    for one in shipped():
        text = (INSTRUMENTS_FOLDER / f"{one.name}.json").read_bytes()
        assert one.hash == hashlib.sha256(text).hexdigest()


def test_that_what_is_delivered_is_free_and_says_so():
    for one in shipped():
        assert one.licence.free, one.name
        assert one.licence.text
        assert one.source
        text = (INSTRUMENTS_FOLDER / f"{one.name}.json").read_text().lower()
        assert not [name for name in PROTECTED if f"{name} " in text], one.name


def test_that_falls_is_a_checklist_and_predicts_nothing():
    """NICE CG161: no prediction score."""
    falls = NAMED["falls"]
    assert falls.scoring.value == "none"
    assert all(choice.points is None for item in falls.items for choice in item.choices)


def test_that_no_delivered_time_is_in_force_but_only_suggested():
    assert NAMED["falls"].suggested.after == (Event.ADMISSION, Event.TRANSFER, Event.FALL)
    assert NAMED["bristol"].suggested == Reassess()
    for one in shipped():
        times = one.suggested
        assert "set by the site" in times.basis or times == Reassess()


def test_that_the_keys_of_what_is_delivered_differ():
    keys = [one.key for one in shipped()]
    assert len(set(keys)) == len(keys)


def test_that_a_file_of_a_site_is_read(tmp_path):
    path = tmp_path / "local.json"
    path.write_text(content())
    found = load_instrument(path)
    assert found == local()
    assert (found.licence.free, found.licence.holder) == (False, "A publisher")
    assert found.band("high").proposals[0].minutes == 60
    assert found.band("none") is None


def changed(**changes):
    return json.dumps(LOCAL | changes)


def item(place, **changes):
    items = deepcopy(LOCAL["items"])
    items[place] |= changes
    return changed(items=items)


def band(place, **changes):
    bands = deepcopy(LOCAL["bands"])
    bands[place] |= changes
    return changed(bands=bands)


def vector(place, **changes):
    vectors = deepcopy(LOCAL["vectors"])
    vectors[place] |= changes
    return changed(vectors=vectors)


def without(key):
    return json.dumps({name: value for name, value in LOCAL.items() if name != key})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "must not be used"),
        ("[]", "must not be used"),
        (without("licence"), "the entry 'licence' is missing"),
        (without("vectors"), "the entry 'vectors' is missing"),
        (changed(items=[]), "it has no items, or two of one name"),
        (changed(items=[LOCAL["items"][0]] * 2), "it has no items, or two of one name"),
        (changed(bands=[LOCAL["bands"][0]] * 2), "it has no bands, or two of one name"),
        (changed(key="SK"), "its key is not a letter or a digit"),
        (changed(key="-"), "its key is not a letter or a digit"),
        (changed(source=" "), "where it comes from"),
        (changed(licence={"free": True, "holder": "", "text": ""}), "under which licence"),
        (changed(reassess={"by_band": {"purple": 5}}), "its times name no band of it: purple"),
        (changed(reassess={"after": ["lunch"]}), "must not be used"),
        (item(0, choices=LOCAL["items"][0]["choices"][:1]), "needs two answers or more"),
        (item(0, choices=LOCAL["items"][0]["choices"] * 2), "need a key each"),
        (item(1, possible=["40", "0"]), "needs a lowest and a highest number"),
        (item(1, only_if={"item": "age", "is": ["x"]}), "depends on an item that is not there"),
        (band(1, when=[{"item": "age", "is": ["x"]}]), "depends on an item that is not there"),
        (item(2, required=False), "has points and must be answered"),
        (item(2, points={"yes": 0}), "has no points"),
        (
            item(0, choices=[*LOCAL["items"][0]["choices"][:2],
                             {"value": "unknown", "key": "U", "words": "?", "points": 1,
                              "unknown": True}]),
            "is not known and has points",
        ),
        (band(1, **{"from": "2.5"}), "the total 2 is in no band"),
        (changed(items=[{"name": "x", "label": "X", "kind": "text"}]), "no item has points"),
        (vector(0, score=1), "does not come out as its own test 'least' says"),
        (vector(0, band="high"), "does not come out as its own test 'least' says"),
        (vector(0, answers={"moist": "damp"}), "its test 'least' is not possible"),
        (changed(vectors=LOCAL["vectors"][1:]), "no test reaches the band 'Low'"),
        (changed(vectors=LOCAL["vectors"][:2]), "no test is incomplete"),
        (changed(records="lunch"), "must not be used"),
    ],
    ids=range(29),
)  # fmt: skip
def test_that_a_file_that_does_not_hold_is_refused_in_words(text, words):
    with pytest.raises(ConfigurationError, match=r"local\.json must not be used") as refused:
        read_instrument(text, "local.json")
    assert words in str(refused.value)


def test_that_a_missing_file_is_refused_in_words(tmp_path):
    with pytest.raises(ConfigurationError, match=r"nothing\.json cannot be read"):
        load_instrument(tmp_path / "nothing.json")


def test_that_a_whole_scale_is_held_against_the_bands():
    pain = json.loads((INSTRUMENTS_FOLDER / "pain_nrs.json").read_text())
    pain["bands"][1]["to"] = "9"
    with pytest.raises(ConfigurationError, match="the total 10 is in no band"):
        read_instrument(json.dumps(pain), "pain_nrs.json")
