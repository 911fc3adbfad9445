"""One item of a checklist: what is asked, how it is answered, and what an answer opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import override

from ui.context import Context
from ui.rounding.draft import Draft
from ui.widgets.digit_choice import DigitChoice
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Check, Field, Form, Note, Text
from ui.widgets.inputs import Choice
from ui.widgets.sheet import Sheet
from ward_app.rounding.editing import (
    OPENINGS_HINT,
    choices_text,
    keys_of_values,
    openings_text,
    range_text,
    ranges_fit,
    read_choices,
    read_keys,
    read_openings,
    read_range,
    short_name,
)

KIND_WORDS = {
    "yes_no": "Yes or no",
    "choice": "One of several",
    "number": "A number",
    "text": "Words",
    "body_map": "Places on the body",
}
_YES_NO = (("yes", "Y", "yes"), ("no", "N", "no"))
_WITH_CHOICES = ("choice", "body_map")
_BY_KEY = ("yes_no", "choice")
_OPENING = (*_BY_KEY, "body_map")
_OPENINGS_OF_MAP = "One on a line: task 60 Look at it (minutes); call Skin is broken (escalates)"


class ItemSheet(EntrySheet):
    """Asks for what the chosen kind needs; leads back to the checklist, saved or left."""

    def __init__(
        self, context: Context, draft: Draft, place: int | None, back: Callable[[], Sheet]
    ) -> None:
        super().__init__(context, title="Item of a checklist", save_text="Take it")
        self.checklist, self.place, self._back = draft, place, back
        self.item: Mapping[str, Any] = draft.items[place] if place is not None else {}
        self.form = self.add_form(Form(list(self._fields()), context.clock, self.page))
        self.form.changed.connect(self._ask_for_what_is_needed)
        self.content.addStretch(1)
        self._ask_for_what_is_needed("kind")

    @override
    def save(self) -> None:
        if not self.check():
            return
        try:
            item = self._read()
        except ValueError as error:
            self.form.set_problem(self._wrong, str(error))
            return
        self.checklist.put_item(self.place, item)
        self.sheet_requested.emit(self._back())

    @override
    def leave(self) -> None:
        """Go back to the checklist; something typed is asked about once."""
        if self.is_dirty and not self._asked_to_leave:
            super().leave()
        else:
            self.sheet_requested.emit(self._back())

    def _read(self) -> dict[str, Any]:
        """Return the item that is typed. Raises ValueError; `_wrong` is the field it is of."""
        kind, typed = self.value("kind"), self.form.value
        others = [one["name"] for one in self.checklist.items if one is not self.item]
        item: dict[str, Any] = dict(self.item) | {
            "name": self.item.get("name") or short_name(typed("label"), others),
            "label": typed("label"),
            "kind": kind,
            "required": bool(typed("required")),
        }
        for name in ("choices", "usual", "exceptions", "possible", "usual_range", "unit", "opens"):
            item.pop(name, None)
        choices = self._choices(kind)
        if kind in _WITH_CHOICES:
            item["choices"] = choices
        if kind in _BY_KEY:
            item |= self._looked_at(choices)
        if kind == "number":
            item |= self._numbers()
        opened = self._opened(kind, choices)
        return item | ({"opens": opened} if opened else {})

    def _looked_at(self, choices: list[list[str]]) -> dict[str, Any]:
        """Return the usual answer, and those to which words are asked."""
        self._wrong = "usual"
        usual = read_keys(choices, self.value("usual") or "")
        if len(usual) > 1:
            raise ValueError("One answer is the usual one, or none.")
        self._wrong = "exceptions"
        exceptions = read_keys(choices, self.value("exceptions") or "")
        return {"exceptions": exceptions} | ({"usual": usual[0]} if usual else {})

    def _choices(self, kind: str) -> list[list[str]]:
        self._wrong = "choices"
        if kind == "yes_no":
            return [list(choice) for choice in _YES_NO]
        if kind not in _WITH_CHOICES:
            return []
        found = read_choices(self.value("choices") or "", self.item.get("choices") or ())
        if len(found) < len(_YES_NO):
            raise ValueError("Type two answers or more: L left side; R right side.")
        return found

    def _numbers(self) -> dict[str, Any]:
        self._wrong = "possible"
        possible = read_range(self.value("possible") or "")
        if possible is None:
            raise ValueError("Type the lowest and the highest number: 0 to 60.")
        self._wrong = "usual_range"
        usual = read_range(self.value("usual_range") or "")
        if usual and not ranges_fit(usual, possible):
            raise ValueError("What is usual lies within what is possible.")
        found: dict[str, Any] = {"possible": possible, "unit": self.value("unit") or ""}
        return found | ({"usual_range": usual} if usual else {})

    def _opened(self, kind: str, choices: list[list[str]]) -> list[dict[str, Any]]:
        """Return what an answer opens; that of an imported number or words stays as it was."""
        if kind not in _OPENING:
            return list(self.item.get("opens") or ()) if kind == self.item.get("kind") else []
        self._wrong = "opens"
        opened = read_openings(self.value("opens") or "", choices, by_key=kind in _BY_KEY)
        of_ward = self.checklist.content["subject"] == "ward"
        if of_ward and any("concern" in one for one in opened):
            raise ValueError("A checklist of the ward calls nobody; it can open a task.")
        return opened

    def _fields(self) -> tuple[Field, ...]:
        item = self.item
        choices = item.get("choices") or (_YES_NO if item.get("kind") == "yes_no" else ())
        kinds = tuple(Choice(kind, words) for kind, words in KIND_WORDS.items())
        usual = [item["usual"]] if item.get("usual") else []
        return (
            Field(name="label", label="What is asked", kind=Text(max_length=80),
                  value=item.get("label"), required=True),
            Field(name="kind", label="How it is answered", kind=DigitChoice(kinds),
                  value=item.get("kind", "yes_no"), required=True),
            Field(name="required", label="", kind=Check("Must be answered"),
                  value=item.get("required", True)),
            Field(name="choices", label="Answers", kind=Text(max_length=600),
                  value=choices_text(item.get("choices") or ()),
                  hint="Key and words: L left side; R right side"),
            Field(name="usual", label="Usual answer", kind=Text("its key"),
                  value=keys_of_values(choices, usual), half=True),
            Field(name="exceptions", label="Words are asked to", kind=Text("their keys"),
                  value=keys_of_values(choices, item.get("exceptions", ())), half=True),
            Field(name="possible", label="Possible", kind=Text("0 to 60"),
                  value=range_text(item.get("possible")), half=True),
            Field(name="usual_range", label="Usual", kind=Text("2 to 8"),
                  value=range_text(item.get("usual_range")), half=True),
            Field(name="unit", label="Unit", kind=Text(max_length=12), value=item.get("unit")),
            Field(name="opens", label="What an answer opens", kind=Note(),
                  value=openings_text(item.get("opens") or (), choices), hint=OPENINGS_HINT),
        )  # fmt: skip

    def _ask_for_what_is_needed(self, changed: str) -> None:
        if changed != "kind":
            return
        kind = self.value("kind")
        shown = {
            "choices": kind in _WITH_CHOICES,
            **dict.fromkeys(("usual", "exceptions"), kind in _BY_KEY),
            **dict.fromkeys(("possible", "usual_range", "unit"), kind == "number"),
            "opens": kind in _OPENING,
        }
        self.form.set_hint("opens", OPENINGS_HINT if kind in _BY_KEY else _OPENINGS_OF_MAP)
        for name, is_shown in shown.items():
            self.form.set_shown(name, shown=is_shown)
