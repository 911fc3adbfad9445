"""A look at the site of a device: one key a sign, the score while it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import cast
from uuid import UUID

from typing_extensions import override

from ui.admissions.fields import PastMoment
from ui.context import Context
from ui.devices.device_sheet import WHY_CORRECTED
from ui.devices.line import DeviceLine
from ui.devices.signs_input import Signs, SignsInput
from ui.devices.words import TOPIC, action_text, line_text, place_time_text, score_text
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Text
from ui.widgets.reason_input import Reason
from ward_app.devices.service import check_device
from ward_app.devices.types import NewCheck, SiteScore
from ward_app.staff.types import Permission


@dataclass(frozen=True, slots=True)
class OldCheck:
    """A recorded look that is to be corrected."""

    id: UUID
    signs: Mapping[str, bool]
    occurred_at: datetime
    note: str | None


class CheckSheet(EntrySheet):
    """What was looked for; what nobody looked for is not taken as absent."""

    def __init__(
        self,
        context: Context,
        line: DeviceLine,
        zone: tzinfo,
        *,
        corrects: OldCheck | None = None,
    ) -> None:
        about = corrects.id if corrects else line.device.id
        super().__init__(
            context,
            title="Correct a look" if corrects else "Look at the site",
            save_text="Correct" if corrects else "Record",
            patient_name=line.name,
            draft_key=f"device check {about}",
        )
        self.line, self.zone, self.corrects = line, zone, corrects
        self.add_words(f"{line_text(line)}. {place_time_text(line, context.clock(), zone)}.")
        self.form = self.add_form(Form(self._fields(), context.clock, self.page))
        self.content.addStretch(1)

    @property
    def signs(self) -> SignsInput:
        """Where the signs are answered."""
        return cast("SignsInput", self.form.input("signs"))

    @override
    def save(self) -> None:
        if not self.check():
            return
        check = NewCheck(
            id=self.ids["check"],
            device_id=self.line.device.id,
            admission_id=self.line.device.admission_id,
            kind=self.line.kind.name,
            signs=self.value("signs"),
            occurred_at=self.value("occurred_at"),
            note=self.value("note"),
            supersedes_id=self.corrects.id if self.corrects else None,
            change_reason=self.value("change_reason") if self.corrects else None,
        )
        self.send(TOPIC, self._tell, check_device, check)

    def _fields(self) -> tuple[Field, ...]:
        of = self.corrects
        at = of.occurred_at if of else self.context.clock()
        fields = (
            Field(name="signs", label="A sign's key: yes, again: no, again: not looked for",
                  kind=Signs(self.line.kind.scheme), value=of and of.signs, required=True),
            Field(name="note", label="Note", kind=Text(), value=of and of.note),
            Field(name="occurred_at", label="Looked at", kind=PastMoment(self.zone), value=at,
                  required=True),
        )  # fmt: skip
        why = Field(name="change_reason", label="Why corrected", kind=Reason(WHY_CORRECTED),
                    required=True)  # fmt: skip
        return (*fields, why) if of else fields

    def _tell(self, found: SiteScore) -> None:
        scheme = self.line.kind.scheme
        score, todo = score_text(scheme, *found), action_text(scheme, *found)
        told = f"{self.line.name}, {line_text(self.line)}: {score}. {todo}."
        acts = found.at_least >= scheme.act_from
        if acts and not self.context.signed_in.may(Permission.DEVICE_RECORD):
            told = f"{told} Tell the registered nurse."
        self.finish(told)
