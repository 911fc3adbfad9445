"""The ward's own times of a shift and the staff it wants, from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from uuid import UUID

from typing_extensions import override

from ui.context import Context
from ui.formats import read_time, time_text
from ui.shifts.words import TOPIC
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Day, Field, Form, Number, Text
from ui.widgets.inputs import Range
from ward_app.core.errors import RuleBrokenError
from ward_app.shifts.service import set_shift_times
from ward_app.shifts.types import NewShiftTimes, Shift, StaffMember

_ABOUT = (
    "What was in force stays on record. A shift that ends before it starts ends on the next day. "
    "Write no number where the ward sets none."
)
_MOST = 99


class ShiftTimesSheet(EntrySheet):
    """Sets a shift of a ward; another name sets another shift."""

    def __init__(
        self,
        context: Context,
        ward_id: UUID,
        shift: Shift | None,
        *,
        staff: Sequence[StaffMember],
        zone: tzinfo,
    ) -> None:
        super().__init__(context, title="Shift times of the ward", save_text="Set")
        self._ward_id = ward_id
        self._grades = {member.grade: member.grade_title for member in staff}
        self.add_words(_ABOUT)
        self.form = self.add_form(Form(self._fields(shift, zone), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        starts, ends = (read_time(self.value(name)) for name in ("starts_at", "ends_at"))
        if starts is None or ends is None:
            field = "starts_at" if starts is None else "ends_at"
            self.show_problem(RuleBrokenError("Write a time like 07:30.", field=field))
            return
        wanted = {grade: self.value(f"wanted_{grade}") for grade in self._grades}
        times = NewShiftTimes(
            id=self.ids["times"],
            ward_id=self._ward_id,
            name=self.value("name"),
            starts_at=starts,
            ends_at=ends,
            in_force_from=self.value("in_force_from"),
            source=self.value("source"),
            wanted={grade: number for grade, number in wanted.items() if number is not None},
        )
        self.send(TOPIC, self._set, set_shift_times, times)

    def _fields(self, shift: Shift | None, zone: tzinfo) -> tuple[Field, ...]:
        starts = time_text(shift.from_at, zone) if shift else None
        ends = time_text(shift.until_at, zone) if shift else None
        today = self.context.clock().astimezone(zone).date()
        wanted = tuple(
            Field(
                name=f"wanted_{grade}",
                label=f"{title}s wanted",
                kind=Number(Range(low=0, high=_MOST)),
                value=shift.wanted.get(grade) if shift else None,
                half=True,
            )
            for grade, title in self._grades.items()
        )
        return (
            Field(name="name", label="Shift", kind=Text(max_length=30), required=True,
                  value=shift.name if shift else None),
            Field(name="starts_at", label="From", kind=Text("07:30"), value=starts,
                  required=True, half=True),
            Field(name="ends_at", label="To", kind=Text("20:00"), value=ends, required=True,
                  half=True),
            *wanted,
            Field(name="in_force_from", label="From this day on", kind=Day(zone), value=today,
                  required=True),
            Field(name="source", label="Who decided it", kind=Text(), required=True),
        )  # fmt: skip

    def _set(self, _result: object) -> None:
        self.finish(f"Set: {self.value('name')}, {self.value('starts_at')} to "
                    f"{self.value('ends_at')}. Plans made before keep their times.")  # fmt: skip
