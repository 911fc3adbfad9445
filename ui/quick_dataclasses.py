"""Dataclasses whose lesser methods are compiled when they are first called.

Python writes and compiles the source of every method of a dataclass when the class is made. A
start makes a hundred such classes, and hardly any is compared, hashed, shown or refused a change
before the first screen is painted: that was a ninth of the start's work. Python 3.13 compiles
them otherwise; there this changes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

# not __init__: its signature is looked at
_LATER = frozenset({"__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__"})

Compile = Callable[..., Callable[..., Any]]


def compile_when_called() -> None:
    """Make dataclasses that are defined from now on compile the lesser methods when called."""
    compile_now: Compile | None = getattr(dataclasses, "_create_fn", None)
    if compile_now is not None:
        setattr(dataclasses, "_create_fn", partial(_create_fn, compile_now))  # noqa: B010 - private


def _create_fn(
    compile_now: Compile, name: str, *source: Any, **surroundings: Any
) -> Callable[..., Any]:
    """Return the method `name`, or what stands in its place until it is called."""
    if name not in _LATER:
        return compile_now(name, *source, **surroundings)
    made: list[Callable[..., Any]] = []

    def stand_in(self: object, *values: object) -> Any:
        if not made:
            made.append(compile_now(name, *source, **surroundings))
            _put_in_place(type(self), name, stand_in, made[0])
        return made[0](self, *values)

    stand_in.__name__ = name
    return stand_in


def _put_in_place(
    kind: type, name: str, stand_in: Callable[..., Any], method: Callable[..., Any]
) -> None:
    for one in kind.__mro__:
        if one.__dict__.get(name) is stand_in:
            setattr(one, name, method)
