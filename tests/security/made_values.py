"""Arguments for any function, made from the types it declares; every text is the same attack."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections import abc
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

PLAIN = {
    bool: True,
    int: 1,
    float: 1.0,
    Decimal: Decimal(1),
    date: date(2026, 11, 21),
    time: time(12),
    timedelta: timedelta(hours=1),
    bytes: b"1",
}
MANY = (tuple, list, set, frozenset, abc.Sequence, abc.Collection, abc.Set, abc.Iterable)


class Maker:
    """Makes values: `attack` for every text, known ids by the name of their field."""

    def __init__(self, attack, known):
        self._attack, self._known = attack, known

    def arguments(self, function):
        """Return keyword arguments for all but the transaction."""
        hints = typing.get_type_hints(function)
        hints.pop("return", None)
        names = list(hints)
        return {name: self.make(hints[name], name) for name in names[1:]}

    def make(self, kind, name=""):
        """Return a value of a type."""
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if origin in {typing.Union, types.UnionType}:
            wanted = [each for each in inner if each is not type(None)]
            return self.make(wanted[0], name)
        if origin is typing.Literal:
            return inner[0]
        if origin is not None:
            return self._collection(origin, inner, name)
        return self._single(kind, name)

    def _collection(self, origin, inner, name):
        if origin in {dict, abc.Mapping}:
            return {self.make(inner[0], name): self.make(inner[1], name)}
        made = [self.make(each, name) for each in inner if each is not Ellipsis]
        for kind in (set, frozenset, list):
            if origin is kind:
                return kind(made)
        return tuple(made)

    def _single(self, kind, name):
        if kind is str or kind is typing.Any or kind is object:
            return self._attack
        if kind is UUID:
            return self._known.get(name, uuid4())
        if kind is datetime:
            return datetime.now(UTC) - timedelta(minutes=1)
        if kind in PLAIN:
            return PLAIN[kind]
        if issubclass(kind, enum.Enum):
            return next(iter(kind))
        return self._compound(kind)

    def _compound(self, kind):
        if issubclass(kind, tuple):
            return kind(*(self.make(hint, of) for of, hint in typing.get_type_hints(kind).items()))
        if dataclasses.is_dataclass(kind):
            hints = typing.get_type_hints(kind)
            return kind(
                **{
                    field.name: self.make(hints[field.name], field.name)
                    for field in dataclasses.fields(kind)
                    if field.init
                }
            )
        return kind()
