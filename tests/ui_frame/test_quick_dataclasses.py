"""Dataclasses behave as ever while their lesser methods wait to be compiled."""

from __future__ import annotations

import dataclasses
from dataclasses import FrozenInstanceError, dataclass, field, replace
from inspect import signature
from types import FunctionType
from typing import get_type_hints

import pytest

import ui
from ui import quick_dataclasses

METHODS = ("__init__", "__eq__", "__hash__", "__setattr__", "__delattr__")


def made_now():
    """Return a dataclass made while the methods wait."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Bed:
        """Without these words Python would look at `__init__` to write some."""

        label: str
        position: int = 0
        secret: str = field(default="", repr=False)

    return Bed


def waiting(kind):
    """Return the methods of a class that are not compiled yet."""
    return {name for name in METHODS if isinstance(vars(kind)[name], quick_dataclasses._Later)}


def test_that_nothing_is_compiled_with_the_class():
    bed = made_now()
    assert ui
    assert waiting(bed) == set(METHODS)


def test_that_who_looks_at_a_method_sees_the_method():
    bed = made_now()
    assert list(signature(bed).parameters) == ["label", "position", "secret"]
    assert isinstance(bed.__init__, FunctionType)
    assert get_type_hints(bed.__init__)["label"] is str
    with pytest.raises(TypeError, match=r"Bed.__init__\(\) missing 1 required keyword-only"):
        bed()
    assert waiting(bed) == set(METHODS) - {"__init__"}


def test_that_equal_ones_are_equal_and_hash_alike_and_others_not():
    bed = made_now()
    assert bed(label="1") == bed(label="1")
    assert bed(label="1") != bed(label="2")
    assert bed(label="1") != "1"
    assert {bed(label="1"), bed(label="1"), bed(label="2")} == {bed(label="2"), bed(label="1")}
    assert not waiting(bed) & {"__eq__", "__hash__"}


def test_that_they_show_what_they_may_show():
    bed = made_now()
    for _ in range(2):
        assert repr(bed(label="1", secret="x")).endswith("Bed(label='1', position=0)")


def test_that_they_stay_as_they_were_made():
    bed = made_now()
    one = bed(label="1")
    for _ in range(2):
        with pytest.raises(FrozenInstanceError, match="cannot assign to field 'label'"):
            one.label = "2"
        with pytest.raises(FrozenInstanceError, match="cannot delete field 'label'"):
            del one.label
    assert replace(one, label="2") == bed(label="2")


def test_that_one_that_inherits_has_its_own():
    bed = made_now()

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Cot(bed):
        side: str

    assert Cot(label="1", side="left") == Cot(label="1", side="left")
    assert Cot(label="1", side="left") != bed(label="1")
    assert repr(Cot(label="1", side="left")).endswith("Cot(label='1', position=0, side='left')")


def test_that_an_inherited_method_is_put_in_its_own_place():
    bed = made_now()

    class Cot(bed):
        pass

    assert Cot(label="1") == Cot(label="1")
    assert "__eq__" not in vars(Cot)
    assert "__eq__" not in waiting(bed)


def test_that_a_python_that_compiles_otherwise_is_left_alone(monkeypatch):
    monkeypatch.delattr(dataclasses, "_create_fn", raising=False)
    quick_dataclasses.compile_when_called()
    assert not hasattr(dataclasses, "_create_fn")
