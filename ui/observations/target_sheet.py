"""The sheet that writes down the oxygen target that is prescribed, and shows those before."""

from __future__ import annotations

from functools import partial

from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context
from ui.notices import CAUTION
from ui.observations.decision_sheets import TOPIC, FormSheet, SpO2ScaleSheet
from ui.observations.subject import Subject
from ui.observations.target_words import (
    DECIDE,
    decided_text,
    differs_text,
    range_text,
    target_text,
)
from ui.plain_text import PlainLabel
from ui.widgets.form import Field, Form, Number, OneOf, Text
from ui.widgets.inputs import Choice, Range
from ward_app.audit.service import open_chart
from ward_app.core.errors import ConflictError, RuleBrokenError, WardError
from ward_app.observations.oxygen_target import (
    HIGHEST_PERCENT,
    LONGEST_NAME,
    LONGEST_REASON,
    LOWEST_PERCENT,
    USUAL_RANGES,
    NewOxygenTarget,
    OxygenRecord,
    TargetRange,
    needs_reason,
    scale_differs,
)
from ward_app.observations.target_queries import oxygen_record
from ward_app.observations.target_service import set_oxygen_target
from ward_app.staff.types import Permission

OTHER, END = "other", "end"
_USUAL = tuple(Choice(each, range_text(each)) for each in USUAL_RANGES)
_OTHER = Choice(OTHER, "Another range…")
_END = Choice(END, "No target any more")
_RULE = (
    "As it is prescribed, by name. It changes no score: the SpO₂ scale is a decision of its own."
)
_PERCENT = Number(Range("%", 0, LOWEST_PERCENT, HIGHEST_PERCENT))
_NONE_BEFORE = "No oxygen target was prescribed on this stay before."


class OxygenTargetSheet(FormSheet):
    """Writes down a target, another one, or the end of it; what was decided before stays below.

    The access to the chart is logged before anything of it is read.
    """

    def __init__(self, context: Context, subject: Subject) -> None:
        super().__init__(
            context,
            title="Oxygen target",
            save_text="Record",
            patient_name=subject.name,
            draft_key=f"oxygen-target:{subject.admission_id}",
        )
        self._subject = subject
        self._record: OxygenRecord | None = None
        fields = (
            Field(name="target", label="Target saturation", kind=OneOf((*_USUAL, _OTHER)),
                  required=True),
            Field(name="low_percent", label="From", kind=_PERCENT, required=True, half=True),
            Field(name="high_percent", label="To", kind=_PERCENT, required=True, half=True),
            Field(name="decided_by", label="Who decided", kind=Text(max_length=LONGEST_NAME),
                  required=True, hint="Name and role of the prescriber"),
            Field(name="reason", label="Reason", kind=Text(max_length=LONGEST_REASON)),
        )  # fmt: skip
        self.hold(Form(fields, context.clock, self.page), _RULE)
        self.history = PlainLabel(parent=self)
        self.history.setWordWrap(True)
        self.history.setFont(theme.font(theme.SMALL_PX))
        theme.tint(self.history, "dim")
        self.content.insertWidget(self.content.count() - 1, self.history)
        self.form.changed.connect(self._show_fields)
        self._show_fields()
        self.form.set_clean()
        self._read()

    @override
    def save(self) -> None:
        record = self._record
        if record is None:
            self.notice.tell(CAUTION, "What was decided before is still being read. Save again.")
            return
        if not self.form.check():
            return
        target = self._target()
        reason = self.form.value("reason")
        if needs_reason(target) and not reason:
            self.form.set_problem("reason", "This needs a reason.")
            return
        new = NewOxygenTarget(
            id=self.ids["target"],
            admission_id=self._subject.admission_id,
            target=target,
            decided_by=self.form.value("decided_by"),
            reason=reason,
            occurred_at=self.context.clock(),
            supersedes_id=record.decisions[0].id if record.decisions else None,
        )
        self.send(TOPIC, partial(self._saved, target, record.scale), set_oxygen_target, new)

    @override
    def show_problem(self, error: WardError) -> None:
        if isinstance(error, RuleBrokenError) and self.form.show_error(error):
            return
        super().show_problem(error)
        if isinstance(error, ConflictError):
            self._read_record()

    def show_record(self, record: OxygenRecord) -> None:
        """Show what was decided before; a range that is typed already stays."""
        was_clean = not self.is_dirty
        self._record = record
        end = (_END,) if record.in_force else ()
        self.form.set_choices("target", (*_USUAL, _OTHER, *end))
        zone = self._subject.zone
        told = "\n".join(decided_text(one, zone) for one in record.decisions)
        self.history.setText(f"Decided, newest first:\n{told}" if told else _NONE_BEFORE)
        if was_clean:
            self.form.set_clean()

    def _read(self) -> None:
        reply = Reply(self._read_opened, self.show_problem)
        self.context.work.query(self, reply, open_chart, self._subject.patient_id)

    def _read_opened(self, _opened: object) -> None:
        self._read_record()

    def _read_record(self) -> None:
        reply = Reply(self.show_record, self.show_problem)
        self.context.work.query(self, reply, oxygen_record, self._subject.admission_id)

    def _target(self) -> TargetRange | None:
        """Return the range that is chosen or typed; None = the end of the one in force."""
        chosen = self.form.value("target")
        if chosen == OTHER:
            return TargetRange(self.form.value("low_percent"), self.form.value("high_percent"))
        return None if chosen == END else TargetRange(*chosen)

    def _saved(self, target: TargetRange | None, scale: int, _result: object) -> None:
        words = f"{target_text(target)} is in force." if target else "The oxygen target ended."
        differs = scale_differs(target, scale)
        if differs and self.context.signed_in.may(Permission.OBSERVATION_SCALE):
            make = partial(SpO2ScaleSheet, self.context, self._subject, scale=scale)
            self.next_step = DECIDE, make
        self.finish(f"{words} ▲ {differs_text(target, scale)}" if differs else words)

    def _show_fields(self) -> None:
        chosen = self.form.value("target")
        for name in ("low_percent", "high_percent"):
            self.form.set_shown(name, shown=chosen == OTHER)
        self.form.set_hint(
            "reason", "Needed for an end and for another range" if chosen in {OTHER, END} else ""
        )
