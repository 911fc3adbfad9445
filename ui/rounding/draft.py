"""A checklist that is being changed: its content as it will be stored, shared by its sheets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ward_app.core.ids import new_id
from ward_app.rounding.editing import new_content, next_version, short_name
from ward_app.rounding.rules import template_of
from ward_app.rounding.types import ChecklistVersion, Template


@dataclass(slots=True)
class Draft:
    """What is typed of one checklist and not stored; it outlives the sheets that change it.

    Attributes:
        id: of the version to be stored, made once.
        name: stored name; empty = a new checklist.
        names: of all checklists, so that a new one gets a name of its own.
    """

    content: dict[str, Any]
    name: str = ""
    names: frozenset[str] = frozenset()
    id: UUID = field(default_factory=new_id)
    reason: str = ""
    is_changed: bool = False

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items in their order."""
        items: list[dict[str, Any]] = self.content["items"]
        return items

    @property
    def stored_name(self) -> str:
        """The name it is stored by: its own, or for a new one from the title."""
        return self.name or short_name(self.content["title"], self.names)

    def template(self) -> Template:
        """Return it as it will be answered."""
        return template_of(self.id, {"name": self.stored_name} | self.content)

    def put_item(self, place: int | None, item: dict[str, Any]) -> None:
        """Put an item in its place; None = as the last."""
        if place is None:
            self.items.append(item)
        else:
            self.items[place] = item
        self.is_changed = True

    def move_item(self, place: int, by: int) -> int:
        """Move an item up or down; return where it is now."""
        there = min(max(place + by, 0), len(self.items) - 1)
        self.items.insert(there, self.items.pop(place))
        self.is_changed = self.is_changed or there != place
        return there

    def remove_item(self, place: int) -> None:
        """Take an item out; what was answered to it stays with the versions before."""
        del self.items[place]
        self.is_changed = True


def draft_of(found: tuple[ChecklistVersion, ...], name: str | None) -> Draft:
    """Return the draft of a checklist's next version; None begins a new checklist."""
    names = frozenset(one.name for one in found)
    for one in found:
        if one.name == name and one.is_newest:
            return Draft(next_version(one.content, one.version), name=one.name, names=names)
    return Draft(new_content(), names=names)
