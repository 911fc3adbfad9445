"""Finds rounds by an answer: whose skin was red, where the fridge was not checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from functools import partial

from typing_extensions import override

from ui.background import Reply
from ui.context import Context, Place
from ui.formats import moment_text, person_name
from ui.rounding.history_sheet import HistorySheet
from ui.rounding.words import WARD
from ui.widgets.find_sheet import SINCE, FindSheet
from ui.widgets.form import Field, OneOf
from ui.widgets.inputs import Choice
from ui.widgets.rows_table import RowColumn
from ward_app.audit.service import open_reachable_charts
from ward_app.rounding.queries import answered_rounds, answered_stays, templates_in_force
from ward_app.rounding.rules import summary
from ward_app.rounding.types import (
    AnswerAsked,
    AnsweredStays,
    DueLine,
    DueReason,
    FoundRound,
    Item,
    ItemKind,
    Template,
)

TITLE = "Find rounds by answer"
_ASKED = (ItemKind.YES_NO, ItemKind.CHOICE, ItemKind.BODY_MAP)


class FindRoundsSheet(FindSheet):
    """Checklist, item, answer, since when; a row leads to everything recorded of the patient.

    Whoever is found has the chart opened, on record, before anything is shown.
    """

    def __init__(self, context: Context, place: Place, checklist: str | None = None) -> None:
        self._zone: tzinfo = place.zone
        fields = (
            Field(name="checklist", label="Checklist", kind=OneOf(()), required=True),
            Field(name="item", label="Item", kind=OneOf(()), required=True),
            Field(name="answer", label="Answered", kind=OneOf(()), required=True, half=True),
            Field(name="since", label="In", kind=OneOf(SINCE, None), value=SINCE[1].value,
                  half=True),
        )  # fmt: skip
        super().__init__(context, TITLE, fields, self._columns())
        self.place, self._first = place, checklist
        self.templates: tuple[Template, ...] = ()
        self.form.changed.connect(self._offer)
        reply = Reply(self.show_templates, self.show_problem)
        context.work.query(self, reply, templates_in_force)

    @override
    def zone(self) -> tzinfo:
        return self._zone

    def show_templates(self, found: Sequence[Template]) -> None:
        """Offer the checklists that have an item with answers to choose from."""
        self.templates = tuple(one for one in found if any(map(_is_asked, one.items)))
        offered = [Choice(one, one.title) for one in self.templates]
        self.form.set_choices("checklist", offered)
        first = next((one for one in self.templates if one.name == self._first), None)
        self.form.set_value("checklist", first)
        self.form.set_clean()

    @override
    def look(self, question: int) -> None:
        now = self.context.clock()
        answer, item = self.value("answer"), self.value("item")
        asked = AnswerAsked(
            ward_ids=self.place.ward_ids,
            checklist=self.value("checklist").name,
            answers={item.name: (answer,) if item.kind is ItemKind.BODY_MAP else answer},
            since=now - self.value("since"),
            until=now,
        )
        reply = Reply(
            partial(self._open_charts, question, asked), partial(self.show_failed, question)
        )
        self.context.work.query(self, reply, answered_stays, asked)

    @override
    def open_row(self, row: FoundRound) -> None:
        sheet = HistorySheet(self.context, _line_of(row), self._zone, row.id)
        self.sheet_requested.emit(sheet)

    def _open_charts(self, question: int, asked: AnswerAsked, found: AnsweredStays) -> None:
        """Put on record that the charts of these patients are opened, then read."""
        if not self.is_current(question):
            return
        failed = partial(self.show_failed, question)
        shown = Reply(partial(self._show_rounds, question, found.records), failed)

        def read(_opened: object) -> None:
            self.context.work.query(self, shown, answered_rounds, asked)

        if found.patient_ids:
            reply = Reply(read, failed)
            self.context.work.query(self, reply, open_reachable_charts, found.patient_ids)
        else:
            read(None)

    def _show_rounds(self, question: int, known: int, found: tuple[FoundRound, ...]) -> None:
        self.show_found(question, found, said_of(found, known))

    def _offer(self, changed: str) -> None:
        """Offer the items of the chosen checklist, and the answers of the chosen item."""
        if changed == "checklist":
            template = self.form.value("checklist")
            items = [one for one in template.items if _is_asked(one)] if template else []
            self.form.set_choices("item", [Choice(one, one.label) for one in items])
            if len(items) == 1:
                self.form.set_value("item", items[0])
        elif changed == "item":
            item: Item | None = self.form.value("item")
            choices = item.choices if item else ()
            self.form.set_choices("answer", [Choice(one.value, one.words) for one in choices])

    def _columns(self) -> tuple[RowColumn[FoundRound], ...]:
        def when(row: FoundRound) -> str:
            return moment_text(row.occurred_at, self._zone, self.context.clock())

        def answers(row: FoundRound) -> str:
            return summary(row.template, row.answers, row.words)

        return (
            RowColumn("When", 112, when),
            RowColumn("Bed now", 72, lambda row: row.bed_label or ""),
            RowColumn("Patient", 180, name_of),
            RowColumn("By", 110, lambda row: row.recorded_by),
            RowColumn("Answers", 180, answers),
        )


def name_of(row: FoundRound) -> str:
    """Return "SURNAME, Given", or that it is the ward's, and which."""
    if row.admission_id is None:
        return row.ward_name
    return person_name(row.family_name, row.given_name)


def said_of(found: Sequence[FoundRound], known: int) -> str:
    """Return how many were found, and how many more are out of reach."""
    out = known - len(found)
    people = len({row.admission_id for row in found if row.admission_id})
    told = f"{len(found)} {'round' if len(found) == 1 else 'rounds'}"
    if people:
        told += f" of {people} {'patient' if people == 1 else 'patients'}"
    if not found:
        told = "No round was answered so in this time"
    if out > 0 and len(found) < known:
        told += (
            f"; {out} more of patients who are not on your wards now or whose charts are private"
        )
    return f"{told}."


def _is_asked(item: Item) -> bool:
    return item.kind in _ASKED


def _line_of(row: FoundRound) -> DueLine:
    """Return the line whose history is shown: who it is, and where."""
    facts = dict.fromkeys(DueLine._fields)
    return DueLine(**facts | {  # type: ignore[arg-type] # the rest is not shown there
        "ward_id": row.ward_id, "bed_label": row.bed_label, "admission_id": row.admission_id,
        "patient_id": row.patient_id, "family_name": row.family_name or WARD,
        "given_name": row.given_name, "template_id": row.template.id, "name": row.template.name,
        "title": row.template.title, "due_reason": DueReason.ON_DEMAND.value,
    })  # fmt: skip
