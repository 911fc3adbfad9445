"""The next version of a checklist: items, how often, where, and how the round will look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from typing_extensions import override

from ui import theme
from ui.context import Context
from ui.plain_text import PlainLabel
from ui.rounding.answer_form import Places
from ui.rounding.draft import Draft
from ui.rounding.item_sheet import KIND_WORDS, ItemSheet
from ui.rounding.round_model import RoundModel
from ui.rounding.round_row import RoundEntry, RoundRow
from ui.rounding.round_view import HEADER_HEIGHT_PX, ROW_HEIGHT_PX, RoundView
from ui.rounding.words import REASON_WORDS, TOPIC
from ui.widgets import inputs
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Check, Field, Form, Number, OneOf, Text
from ui.widgets.inputs import Range
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ward_app.core.errors import RuleBrokenError
from ward_app.rounding.editing import (
    as_stored,
    content_problem,
    intervals_text,
    read_intervals,
)
from ward_app.rounding.service import save_checklist
from ward_app.rounding.types import Choice, DueLine, DueReason, Item, ItemKind, NewVersion

HINT = (
    "Minutes, the first that fits counts: high 60; 07:00-22:00 60; ward 7E 30; 120. "
    "Nothing: on demand."
)
KEYS = "Items: N new · Enter change · Del take out · Alt+↑ Alt+↓ move"
_REASONS = Item(
    name="deferrals",
    label="May be put off because of",
    kind=ItemKind.BODY_MAP,
    required=False,
    choices=tuple(
        Choice(reason.value, str(number), words)
        for number, (reason, words) in enumerate(REASON_WORDS.items(), 1)
    ),
)
BY_INTERVALS = "intervals"
_WHEN = (
    inputs.Choice(BY_INTERVALS, "Again and again, by intervals"),
    inputs.Choice("admission", "Once in a stay, from the admission on"),
    inputs.Choice("arrival", "Once in a stay, from the arrival on the ward"),
)
_TABLE_ROWS = 5


class EditorSheet(EntrySheet):
    """Keeps the old version for what was answered with it; saving makes the next one."""

    width_px: ClassVar[int] = 720

    def __init__(self, context: Context, draft: Draft) -> None:
        version = draft.content["version"]
        super().__init__(
            context, title=f"Checklist, version {version}", save_text="Put into force"
        )
        self.draft_of = draft
        self.form = self.add_form(Form(list(self._fields()), context.clock, self.page))
        self.items = RowsModel[dict[str, Any]](_columns(), self)
        self.table = RowsTable(self.items, "Items of the checklist", self.page)
        self.preview_model = RoundModel(context.clock, self)
        self.preview = RoundView(self.preview_model, self)
        self._fill()
        self._connect_keys()
        self._show_items(0)
        self._ask_when("when")
        self.form.changed.connect(self._ask_when)
        self.form.changed.connect(self._keep)

    @property
    @override
    def is_dirty(self) -> bool:
        return self.draft_of.is_changed or super().is_dirty

    @override
    def set_aside(self) -> None:
        """Keep what is changed, for this person, until it is stored."""
        self._take()
        if self.draft_of.is_changed:
            self.context.drafts.keep(kept_as(self.draft_of.name), self.draft_of)
        super().set_aside()

    @override
    def save(self) -> None:
        if not self.check() or not self._take():
            return
        draft = self.draft_of
        problem = content_problem(draft.content)
        if problem is not None:
            self.form.show_error(RuleBrokenError(problem[1], field=problem[0]))
            return
        new = NewVersion(
            id=draft.id,
            name=draft.stored_name,
            content=as_stored(draft.stored_name, draft.content),
            change_reason=self.value("change_reason"),
        )
        self.send(TOPIC, self._tell, save_checklist, new)

    def edit_item(self) -> None:
        """Open the sheet of the chosen item."""
        self._open_item(self.table.currentIndex().row() if self.items.rows else None)

    def new_item(self) -> None:
        """Open the sheet of a new item."""
        self._open_item(None)

    def remove_item(self) -> None:
        """Take the chosen item out."""
        place = self.table.currentIndex().row()
        if 0 <= place < len(self.draft_of.items):
            self.draft_of.remove_item(place)
            self._show_items(place)

    def move_item(self, by: int) -> None:
        """Move the chosen item up or down."""
        place = self.table.currentIndex().row()
        if 0 <= place < len(self.draft_of.items):
            self._show_items(self.draft_of.move_item(place, by))

    def _open_item(self, place: int | None) -> None:
        self._take()
        draft, context = self.draft_of, self.context
        sheet = ItemSheet(context, draft, place, lambda: EditorSheet(context, draft))
        self.sheet_requested.emit(sheet)

    def _take(self) -> bool:
        """Put what is typed into the draft; False when the intervals cannot be read."""
        typed, content = self.form.value, self.draft_of.content
        self.draft_of.reason = typed("change_reason") or ""
        try:
            content |= self._when()
        except ValueError as error:
            self.form.set_problem("intervals", str(error))
            return False
        content["title"] = typed("title") or ""
        content["subject"] = "ward" if typed("of_ward") else "patient"
        content["deferrals"] = list(typed("deferrals") or ())
        content["grace_minutes"] = int(typed("grace_minutes") or 0)
        content["work_minutes"] = int(typed("work_minutes") or 5)
        content["retired"] = bool(typed("retired"))
        content["source"] = typed("source") or ""
        content["needs_sign_off"] = typed("needs_sign_off") or ""
        off = {ward.code for ward in self.context.wards if not typed(f"ward {ward.id}")}
        known = {ward.code for ward in self.context.wards}
        content["off_wards"] = sorted(set(content.get("off_wards", ())) - known | off)
        return True

    def _when(self) -> dict[str, Any]:
        """Return when it is due as typed. Raises ValueError: the intervals cannot be read."""
        of, minutes = self.form.value("when"), self.form.value("once_minutes")
        if of != BY_INTERVALS:
            return {"once": {"of": of, "minutes": minutes and int(minutes)}}
        return {"once": None, "intervals": read_intervals(self.form.value("intervals") or "")}

    def _ask_when(self, changed: str) -> None:
        if changed == "when":
            is_once = self.form.value("when") != BY_INTERVALS
            self.form.set_shown("once_minutes", shown=is_once)
            self.form.set_shown("intervals", shown=not is_once)

    def _keep(self, _changed: str) -> None:
        self.draft_of.is_changed = True

    def _tell(self, _nothing: object) -> None:
        draft = self.draft_of
        version, draft.is_changed = draft.content["version"], False
        self.context.drafts.forget(kept_as(draft.name))
        self.finish(f"{draft.content['title']}: version {version} is in force from now on.")

    def _show_items(self, place: int) -> None:
        rows = self.draft_of.items
        self.items.show_rows(rows)
        if rows:
            self.table.setCurrentIndex(self.items.index(min(place, len(rows) - 1), 0))
        template = self.draft_of.template()
        row = RoundRow(_somebody(template.id), RoundEntry(template))
        self.preview_model.show_rows(template.items, (row,))
        if rows:
            self.preview.go_to(0, 3)

    def _fields(self) -> tuple[Field, ...]:
        content: Mapping[str, Any] = self.draft_of.content
        off, once = content.get("off_wards", ()), content.get("once") or {}
        wards = (
            Field(name=f"ward {ward.id}", label="", kind=Check(f"Used on {ward.name}"),
                  value=ward.code not in off, half=True)
            for ward in self.context.wards
        )  # fmt: skip
        return (
            Field(name="title", label="Name", kind=Text(max_length=60), value=content["title"],
                  required=True),
            Field(name="when", label="When it is due", kind=OneOf(_WHEN, None),
                  value=once.get("of", BY_INTERVALS)),
            Field(name="once_minutes", label="To be done within, minutes",
                  kind=Number(Range(low=10, high=10_080)), value=once.get("minutes"),
                  required=True),
            Field(name="intervals", label="Due every", kind=Text(max_length=300),
                  value=intervals_text(content["intervals"]), hint=HINT),
            Field(name="deferrals", label=_REASONS.label, kind=Places(_REASONS),
                  value=tuple(content["deferrals"])),
            Field(name="grace_minutes", label="On time within, minutes",
                  kind=Number(Range(low=0, high=240)), value=content.get("grace_minutes", 0),
                  half=True),
            Field(name="work_minutes", label="Work, minutes", kind=Number(Range(low=1, high=240)),
                  value=content.get("work_minutes", 5), half=True),
            *wards,
            Field(name="of_ward", label="", kind=Check("Of the ward, not of a patient"),
                  value=content["subject"] == "ward", half=True),
            Field(name="retired", label="", kind=Check("Not used any more"),
                  value=bool(content.get("retired")), half=True),
            Field(name="source", label="Where it comes from", kind=Text(),
                  value=content.get("source")),
            Field(name="needs_sign_off", label="What the hospital has still to confirm",
                  kind=Text(), value=content.get("needs_sign_off")),
            Field(name="change_reason", label="Why it is changed", kind=Text(),
                  value=self.draft_of.reason, required=True),
        )  # fmt: skip

    def _connect_keys(self) -> None:
        self.table.activated.connect(lambda _index: self.edit_item())
        for key, run in (
            ("N", self.new_item),
            ("Del", self.remove_item),
            ("Alt+Up", lambda: self.move_item(-1)),
            ("Alt+Down", lambda: self.move_item(1)),
        ):
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(run)

    def _fill(self) -> None:
        keys, look = PlainLabel(KEYS, self), PlainLabel("The round as it will look:", self)
        for label in (keys, look):
            label.setFont(theme.font(theme.SMALL_PX))
            theme.tint(label, "dim")
        self.table.setFixedHeight((_TABLE_ROWS + 1) * ROW_HEIGHT_PX)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.preview.setFixedHeight(HEADER_HEIGHT_PX + ROW_HEIGHT_PX + 18)
        for place, part in enumerate((keys, self.table, look, self.preview)):
            self.content.insertWidget(place, part)


def kept_as(name: str) -> str:
    """Return the key under which the draft of a checklist is kept; empty name = a new one."""
    return f"checklist {name}"


def _columns() -> tuple[RowColumn[dict[str, Any]], ...]:
    def answers(item: dict[str, Any]) -> str:
        words = [choice[2] for choice in item.get("choices") or ()]
        ends = item.get("possible")
        return ", ".join(words) or (
            f"{ends[0]} to {ends[1]} {item.get('unit', '')}" if ends else ""
        )

    def opens(item: dict[str, Any]) -> str:
        asked = item.get("opens") or ()
        return ", ".join("a task" if one.get("task") else "a call" for one in asked)

    return (
        RowColumn("Item", 230, lambda item: item["label"]),
        RowColumn("Kind", 126, lambda item: KIND_WORDS[item["kind"]]),
        RowColumn("Must", 52, lambda item: "yes" if item.get("required") else ""),
        RowColumn("Answers", 130, answers),
        RowColumn("Opens", 100, opens),
    )


def _somebody(template_id: UUID) -> DueLine:
    """Return the line of a patient who does not exist, for the look of a round."""
    facts = dict.fromkeys(DueLine._fields)
    return DueLine(**facts | {  # type: ignore[arg-type] # the rest is not shown
        "ward_id": template_id, "bed_label": "1", "admission_id": template_id,
        "family_name": "Example", "given_name": "Ada", "template_id": template_id,
        "due_reason": DueReason.ON_DEMAND.value,
    })  # fmt: skip
