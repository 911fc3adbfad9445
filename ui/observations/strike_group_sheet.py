"""Striking out everything a device measured or a person recorded on a ward for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QAbstractItemView, QFrame, QPushButton, QTableView
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context
from ui.observations.strike_group_model import COLUMNS, ChosenSetsModel
from ui.plain_text import PlainLabel
from ui.widgets.form import Field, Form, Moment, OneOf
from ui.widgets.inputs import Choice
from ui.widgets.reason_input import Reason
from ui.widgets.sheet import Sheet
from ward_app.audit.service import open_charts
from ward_app.core.errors import RuleBrokenError, WardError
from ward_app.observations.types import RecordedObservations
from ward_app.rooms.types import Ward
from ward_app.strike_outs.queries import chosen_sets, measured_by
from ward_app.strike_outs.service import reinstate_group, strike_out_group
from ward_app.strike_outs.types import (
    ChosenSet,
    GroupStrikeOut,
    MeasuredBy,
    Reinstatement,
    Selection,
)

TOPIC = "observations"
BY_HAND = "manual entry"
UNDO_REASON = "Undone at once"
_DEVICE, _PERSON = "device", "person"
_KINDS = (Choice(_DEVICE, "A device"), Choice(_PERSON, "A person"))
_REASONS = ("Device measured wrongly", "Cuff or probe was faulty", "Entered for wrong patients",
            "Time on the device was wrong")  # fmt: skip
_WORDS = (
    "Strikes out every set that a device measured, or a person recorded, on one ward in a stretch"
    " of time: all of them or none. The sets stay readable; scores and due times follow at once."
)
_FIRST_STRETCH = timedelta(hours=12)
_ROWS_IN_VIEW = 7
_ROW_HEIGHT_PX = 26
# the header is a little higher than a row, and a scroll bar may lie below
_FRAME_PX = 28


@dataclass(frozen=True, slots=True)
class Source:
    """A device or a person to choose, with everybody who was measured."""

    device_source: str | None
    person_id: UUID | None
    name: str
    sets: int
    sets_elsewhere: int
    patient_ids: tuple[UUID, ...]

    @property
    def words(self) -> str:
        """Return "Spot monitor 2: 12 sets, 5 patients"."""
        patients = counted(len(self.patient_ids), "patient")
        return f"{self.name}: {counted(self.sets, 'set')}, {patients}"


class StrikeGroupSheet(Sheet):
    """Chooses device or person and a stretch, shows the sets, and strikes them out with a reason.

    Opening it on a marked set begins with that set's device, or the person who recorded it.
    """

    width_px: ClassVar[int] = 560

    def __init__(
        self, context: Context, wards: Sequence[Ward], marked: RecordedObservations | None = None
    ) -> None:
        super().__init__(
            context,
            title="Strike out a device's or a person's readings",
            save_text="Strike out",
            draft_key=f"strike-group:{wards[0].id}",
        )
        self._wards = {ward.id: ward for ward in wards}
        self._marked = marked
        self._measured: tuple[MeasuredBy, ...] = ()
        self._looked_at: Selection | None = None
        self._asked: tuple[Any, ...] = ()
        self.choice = Form(self._fields(), context.clock, self.page)
        self.look_button = QPushButton(self)
        self.sets = ChosenSetsModel(self)
        self.table = _table(self.sets, self)
        self.summary = PlainLabel(parent=self)
        self.why = Form((_REASON,), context.clock, self.page)
        self._fill()
        self.choice.changed.connect(self._take_choice)
        self.look_button.clicked.connect(self._look)
        self._forget_sets()
        self._load()

    @property
    @override
    def is_dirty(self) -> bool:
        return self.why.is_dirty

    @override
    def focus_first(self) -> None:
        self.choice.focus_first()

    @override
    def draft(self) -> Any:
        return self.why.typed()

    @override
    def retype(self, draft: Any) -> None:
        self.why.retype(draft)

    @override
    def save(self) -> None:
        if self._looked_at is None or not self.sets.sets:
            self._say("Show the sets first: what is struck out is what was looked at.", "problem")
            self.look_button.setFocus()
            return
        if not self.why.check():
            return
        group = GroupStrikeOut(
            id=self.ids["group"],
            selection=self._looked_at,
            set_ids=tuple(one.id for one in self.sets.sets),
            reason=self.why.value("reason"),
        )
        self.send(TOPIC, partial(self._saved, group), strike_out_group, group)

    @override
    def show_problem(self, error: WardError) -> None:
        super().show_problem(error)
        if isinstance(error, RuleBrokenError):
            # they are no longer as they were looked at
            self._load()

    def _fields(self) -> tuple[Field, ...]:
        now = self.context.clock()
        until = now if self._marked is None else max(now, self._marked.occurred_at)
        first = until if self._marked is None else self._marked.occurred_at
        wards = tuple(Choice(ward.id, ward.name) for ward in self._wards.values())
        zone = ZoneInfo(next(iter(self._wards.values())).time_zone)
        return (
            Field(name="ward", label="Ward", kind=OneOf(wards, None), half=True),
            Field(name="kind", label="Whose readings", kind=OneOf(_KINDS, None), half=True,
                  value=self._first_kind()),
            Field(name="from", label="Measured from", kind=Moment(zone), half=True, required=True,
                  value=first - _FIRST_STRETCH),
            Field(name="until", label="until", kind=Moment(zone), half=True, required=True,
                  value=until),
            Field(name="source", label="Which", kind=OneOf(()), required=True),
        )  # fmt: skip

    def _first_kind(self) -> str:
        by_hand = self._marked is not None and self._marked.source == BY_HAND
        return _PERSON if by_hand else _DEVICE

    def _fill(self) -> None:
        words = PlainLabel(_WORDS, self)
        for label in (words, self.summary):
            label.setWordWrap(True)
        theme.tint(words, "dim")
        for widget in (words, self.choice, self.look_button, self.summary, self.table, self.why):
            self.content.addWidget(widget)
        self.content.addStretch(1)

    def _take_choice(self, name: str) -> None:
        self._forget_sets()
        if name == "kind":
            self._offer_sources()
        elif name != "source":
            self._load()

    def _stretch(self) -> tuple[UUID, datetime, datetime] | None:
        """Return ward, beginning and end (its whole last minute), None while not readable."""
        start, end = self.choice.value("from"), self.choice.value("until")
        if start is None or end is None:
            return None
        return self.choice.value("ward"), start, end + timedelta(seconds=59)

    def _load(self) -> None:
        """Ask who measured what; only what was asked for last is shown."""
        self._forget_sets()
        stretch = self._stretch()
        if stretch is None or stretch[1] > stretch[2]:
            self._show_measured(stretch, ())
            return
        self._asked = stretch
        reply = Reply(partial(self._show_measured, stretch), self.notice.show_problem)
        self.context.work.query(self, reply, measured_by, *stretch)

    def _show_measured(self, asked: object, measured: tuple[MeasuredBy, ...]) -> None:
        if asked is not None and asked != self._asked:
            return
        self._measured = measured
        self._offer_sources()

    def _offer_sources(self) -> None:
        sources = self._sources()
        chosen = self.choice.value("source")
        self.choice.set_choices("source", [Choice(one, one.words) for one in sources])
        before = self._named(sources, chosen.name if chosen else self._first_name())
        self.choice.set_value("source", before)
        self.choice.set_hint(
            "source", "" if sources else "Nothing was measured in this stretch on this ward."
        )
        self._show_look()

    def _sources(self) -> tuple[Source, ...]:
        by_device = self.choice.value("kind") == _DEVICE
        found: dict[object, list[MeasuredBy]] = {}
        for one in self._measured:
            key = one.device_source if by_device else one.person_id
            if key is not None and key != BY_HAND:
                found.setdefault(key, []).append(one)
        return tuple(_source(group, by_device=by_device) for group in found.values())

    def _first_name(self) -> str | None:
        if self._marked is None:
            return None
        by_device = self.choice.value("kind") == _DEVICE
        return self._marked.source if by_device else self._marked.recorded_by

    def _named(self, sources: Sequence[Source], name: str | None) -> Source | None:
        return next((one for one in sources if one.name == name), None)

    def _show_look(self) -> None:
        source: Source | None = self.choice.value("source")
        charts = len(source.patient_ids) if source else 0
        self.look_button.setText(
            f"Show the sets (opens {counted(charts, 'chart')}, on record)"
            if charts
            else "Show the sets"
        )
        self.look_button.setEnabled(charts > 0)

    def _look(self) -> None:
        """Log that the charts are opened, then read the sets: one after the other is committed."""
        source: Source | None = self.choice.value("source")
        stretch = self._stretch()
        if source is None or stretch is None:
            return
        selection = Selection(
            ward_id=stretch[0],
            device_source=source.device_source,
            person_id=source.person_id,
            measured_from=stretch[1],
            measured_until=stretch[2],
        )
        self.look_button.setEnabled(False)
        opened = Reply(lambda _nothing: self._read_sets(selection, source), self._not_read)
        self.context.work.query(self, opened, open_charts, source.patient_ids)

    def _read_sets(self, selection: Selection, source: Source) -> None:
        reply = Reply(partial(self._show_sets, selection, source), self._not_read)
        self.context.work.query(self, reply, chosen_sets, selection, source.patient_ids)

    def _not_read(self, error: WardError) -> None:
        self._show_look()
        self.notice.show_problem(error)

    def _show_sets(
        self, selection: Selection, source: Source, sets: tuple[ChosenSet, ...]
    ) -> None:
        self._show_look()
        if self.choice.value("source") != source:
            return
        self._looked_at = selection
        zone = ZoneInfo(self._wards[selection.ward_id].time_zone)
        self.sets.show_sets(sets, zone, self.context.clock())
        rows = min(max(len(sets), 1), _ROWS_IN_VIEW)
        self.table.setFixedHeight((rows + 1) * _ROW_HEIGHT_PX + _FRAME_PX)
        self.table.setVisible(bool(sets))
        patients = len({one.patient_id for one in sets})
        words = f"{counted(len(sets), 'set')} of {counted(patients, 'patient')}."
        self._say(words + _elsewhere(source.sets_elsewhere), "text")
        self.save_text = f"Strike out {counted(len(sets), 'set')}"
        self.save_button.setText(self.save_text)
        self.save_button.setAccessibleName(self.save_text)
        self.why.focus_first()

    def _forget_sets(self) -> None:
        self._looked_at = None
        self.sets.show_sets((), ZoneInfo("UTC"), self.context.clock())
        self.table.hide()
        self.save_text = "Strike out"
        self.save_button.setText(self.save_text)
        self._say("", "text")
        self._show_look()

    def _say(self, words: str, token: str) -> None:
        self.summary.setText(words)
        self.summary.setVisible(bool(words))
        theme.tint(self.summary, token)

    def _saved(self, group: GroupStrikeOut, count: int) -> None:
        patients = len({one.patient_id for one in self.sets.sets})
        who = counted(patients, "patient")
        self.finish(
            f"{counted(count, 'set')} of {who} struck out. Scores and due times follow the sets"
            " before them.",
            partial(_undo, self.context, group),
        )


_REASON = Field(name="reason", label="Why were they wrong?", kind=Reason(_REASONS), required=True)


def counted(number: int, noun: str) -> str:
    """Return "1 set" or "12 sets"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _source(group: Sequence[MeasuredBy], *, by_device: bool) -> Source:
    first = group[0]
    return Source(
        device_source=first.device_source if by_device else None,
        person_id=None if by_device else first.person_id,
        name=first.device_source if by_device else first.person_name or "",
        sets=sum(one.sets for one in group),
        sets_elsewhere=sum(one.sets_elsewhere for one in group),
        patient_ids=tuple(sorted({patient for one in group for patient in one.patient_ids})),
    )


def _elsewhere(sets: int) -> str:
    if not sets:
        return ""
    are = "is of a patient" if sets == 1 else "are of patients"
    return f" {sets} more {are} who left your wards: tell the ward they went to."


def _undo(context: Context, group: GroupStrikeOut) -> None:
    """Let the sets count again right after they were struck out; both stay on record."""
    back = Reinstatement(
        id=context.drafts.ids(f"reinstate:{group.id}")["undo"],
        strike_out_id=group.id,
        reason=UNDO_REASON,
    )
    context.work.command(context.work, TOPIC, Reply(_ignore), reinstate_group, back)


def _ignore(_result: object) -> None:
    """Nothing more to show: the announced topic refreshes every chart."""


def _table(model: ChosenSetsModel, parent: StrikeGroupSheet) -> QTableView:
    table = QTableView(parent)
    table.setModel(model)
    table.setAccessibleName("Sets that would be struck out, by bed")
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT_PX)
    table.horizontalHeader().setHighlightSections(False)
    for number, (_header, width, _text) in enumerate(COLUMNS):
        table.setColumnWidth(number, width)
    return table
