"""A type-ahead field as an input of a form."""

from __future__ import annotations

from typing import Any

from typing_extensions import override

from ui.widgets.inputs import Input
from ui.widgets.option_model import Option
from ui.widgets.type_ahead import TypeAhead


class PickInput(Input):
    """Takes what one picked option stands for; subclasses hand the options to `field`."""

    def __init__(self, field: TypeAhead) -> None:
        super().__init__()
        self.field = field
        field.picked.connect(self.changed)
        field.unpicked.connect(self.changed)
        self._hold(field)

    @override
    def value(self) -> Any:
        return self.field.choice.value if self.field.choice else None

    @override
    def set_value(self, value: Option | None) -> None:
        self.field.choose(value)
        self.changed.emit()

    @override
    def typed(self) -> tuple[str, Option | None]:
        return self.field.text(), self.field.choice

    @override
    def retype(self, typed: tuple[str, Option | None]) -> None:
        text, option = typed
        self.field.choose(option)
        if option is None:
            self.field.setText(text)

    @override
    def problem(self) -> str | None:
        if self.field.choice is None and self.field.text().strip():
            return "Choose one from the list (Down, Enter)"
        return None
