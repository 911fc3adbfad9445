"""Dataclasses whose methods are compiled when they are first called.

Python writes and compiles the source of every method of a dataclass when the class is made. A
start makes a hundred such classes; hardly any is compared, hashed, shown or refused a change
before the first screen is painted, and many are not made even once: that was a seventh of the
start's work. Python 3.13 compiles them otherwise; there this changes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

_LATER = frozenset({"__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__"})

Method = Callable[..., Any]


def compile_when_called() -> None:
    """Make dataclasses that are defined from now on compile their methods when called."""
    compile_now: Callable[..., Method] | None = getattr(dataclasses, "_create_fn", None)
    if compile_now is not None:
        setattr(dataclasses, "_create_fn", partial(_create_fn, compile_now))  # noqa: B010 - private


def _create_fn(
    compile_now: Callable[..., Method], name: str, *source: Any, **surroundings: Any
) -> Method:
    """Return the method `name`, or what stands in its place until somebody asks for it."""
    if name not in _LATER:
        return compile_now(name, *source, **surroundings)
    return _Later(name, partial(compile_now, name, *source, **surroundings))


class _Later:
    """Stands in a class where a method will be; whoever asks for it, gets the method."""

    __slots__ = ("__name__", "_compile", "_made")

    def __init__(self, name: str, compile_now: Callable[[], Method]) -> None:
        self.__name__, self._compile = name, compile_now
        self._made: Method | None = None

    def __get__(self, one: object, kind: type) -> Any:
        method = self._method()
        for each in kind.__mro__:
            if each.__dict__.get(self.__name__) is self:
                method.__qualname__ = f"{each.__qualname__}.{self.__name__}"
                setattr(each, self.__name__, method)
        return method.__get__(one, kind)

    def __call__(self, *values: object) -> Any:
        """Call the method: `__repr__` stands inside another, which is not a class."""
        return self._method()(*values)

    def _method(self) -> Method:
        if self._made is None:
            self._made = self._compile()
        return self._made
