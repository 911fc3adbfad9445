"""A device taken out or lost: why, when, by whom, and whether its tip was whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from typing_extensions import override

from ui.admissions.fields import PastMoment
from ui.context import Context
from ui.devices.device_sheet import WHY_CORRECTED
from ui.devices.line import DeviceLine
from ui.devices.words import REMOVAL_WORDS, TOPIC, line_text, place_time_text
from ui.measurements.key_choice import KeyChoice
from ui.widgets.digit_choice import DigitChoice
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Text
from ui.widgets.inputs import Choice
from ui.widgets.reason_input import Reason
from ward_app.devices.service import remove_device
from ward_app.devices.types import NewRemoval, RemovalReason, Tip
from ward_app.measurements import types as measured

_TIPS = (
    measured.Choice(Tip.INTACT.value, "I", "intact"),
    measured.Choice(Tip.NOT_INTACT.value, "B", "broken: NOT intact"),
    measured.Choice(Tip.NOT_SEEN.value, "N", "not looked at"),
)


@dataclass(frozen=True, slots=True)
class OldRemoval:
    """A recorded removal that is to be corrected."""

    id: UUID
    reason: str
    tip: str
    removed_by: str
    occurred_at: datetime
    note: str | None


class RemovalSheet(EntrySheet):
    """Records a removal, or corrects it."""

    def __init__(
        self,
        context: Context,
        line: DeviceLine,
        zone: tzinfo,
        *,
        corrects: OldRemoval | None = None,
    ) -> None:
        about = corrects.id if corrects else line.device.id
        super().__init__(
            context,
            title="Correct a removal" if corrects else "Device removed",
            save_text="Correct" if corrects else "Record",
            patient_name=line.name,
            draft_key=f"device removal {about}",
        )
        self.line, self.zone, self.corrects = line, zone, corrects
        self.add_words(f"{line_text(line)}. {place_time_text(line, context.clock(), zone)}.")
        self.form = self.add_form(Form(self._fields(), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        removal = NewRemoval(
            id=self.ids["removal"],
            device_id=self.line.device.id,
            admission_id=self.line.device.admission_id,
            reason=self.value("reason"),
            tip=Tip(self.value("tip")),
            removed_by=self.value("removed_by"),
            occurred_at=self.value("occurred_at"),
            note=self.value("note"),
            supersedes_id=self.corrects.id if self.corrects else None,
            change_reason=self.value("change_reason") if self.corrects else None,
        )
        self.send(TOPIC, lambda _nothing: self._tell(removal), remove_device, removal)

    def _fields(self) -> tuple[Field, ...]:
        of = self.corrects
        reasons = tuple(Choice(reason, words) for reason, words in REMOVAL_WORDS.items())
        me, now = self.context.signed_in.display_name, self.context.clock()
        fields = (
            Field(name="reason", label="Why", kind=DigitChoice(reasons),
                  value=of and RemovalReason(of.reason), required=True),
            Field(name="tip", label="Tip", kind=KeyChoice(_TIPS, "Tip"), value=of and of.tip,
                  required=True),
            Field(name="removed_by", label="Taken out by", kind=Text(),
                  value=of.removed_by if of else me, required=True, half=True),
            Field(name="note", label="Note", kind=Text(), value=of and of.note, half=True),
            Field(name="occurred_at", label="Out at", kind=PastMoment(self.zone),
                  value=of.occurred_at if of else now, required=True),
        )  # fmt: skip
        why = Field(name="change_reason", label="Why corrected", kind=Reason(WHY_CORRECTED),
                    required=True)  # fmt: skip
        return (*fields, why) if of else fields

    def _tell(self, removal: NewRemoval) -> None:
        words = REMOVAL_WORDS[removal.reason].lower()
        self.finish(f"{self.line.name}, {line_text(self.line)}: out, {words}.")
