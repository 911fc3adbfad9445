"""A device found or put in place, and the correction of what was recorded of one."""

from __future__ import annotations

from datetime import datetime, tzinfo

from typing_extensions import override

from ui.admissions.fields import PastMoment
from ui.context import Context
from ui.devices.line import DeviceLine
from ui.devices.words import TOPIC, device_text
from ui.measurements.key_choice import KeyChoice
from ui.patients.banner import patient_name
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Moment, Text
from ui.widgets.reason_input import Reason
from ward_app.board.types import BoardBed
from ward_app.devices.pack import device_pack
from ward_app.devices.service import record_device
from ward_app.devices.types import NewDevice, Side
from ward_app.measurements.types import Choice

WHY_CORRECTED = ("Mistyped", "Read from the notes", "Told by the patient")
NOW, THEN, UNKNOWN = "now", "then", "unknown"
_WHEN = (
    Choice(NOW, "N", "now"),
    Choice(THEN, "T", "at a time"),
    Choice(UNKNOWN, "U", "not known"),
)
_SIDES = (
    Choice(Side.LEFT.value, "L", "left"),
    Choice(Side.RIGHT.value, "R", "right"),
    Choice(Side.MIDDLE.value, "M", "middle"),
)


class DeviceSheet(EntrySheet):
    """Kind, site, size, since when; that nobody knows since when has to be said."""

    def __init__(
        self, context: Context, bed: BoardBed, zone: tzinfo, *, corrects: DeviceLine | None = None
    ) -> None:
        about = corrects.device.version_id if corrects else bed.admission_id
        super().__init__(
            context,
            title="Correct a device" if corrects else "New device",
            save_text="Correct" if corrects else "Record",
            patient_name=patient_name(bed),
            draft_key=f"device {about}",
        )
        self.bed, self.zone, self.corrects = bed, zone, corrects
        if corrects:
            self.add_words("What was recorded before stays readable.")
        self.form = self.add_form(Form(self._fields(), context.clock, self.page))
        self.form.changed.connect(self._show_what_it_needs)
        self._show_what_it_needs("kind")
        self._show_what_it_needs("when")
        self.form.set_clean()
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        when, at = self.value("when"), self.value("inserted_at")
        if when == THEN and at is None:
            self.form.set_problem("inserted_at", "Say when, or choose U: not known")
            return
        if self.bed.admission_id is None:
            return
        device = NewDevice(
            id=self.ids["device"],
            admission_id=self.bed.admission_id,
            kind=self.value("kind"),
            site=self.value("site"),
            side=Side(side) if (side := self.value("side")) else None,
            size=self.value("size"),
            inserted_at=self._inserted_at(when, at),
            inserted_by=self.value("inserted_by"),
            reason=self.value("reason"),
            due_out_at=self.value("due_out_at"),
            note=self.value("note"),
            supersedes_id=self.corrects.device.version_id if self.corrects else None,
            change_reason=self.value("change_reason") if self.corrects else None,
        )
        self.send(TOPIC, lambda _nothing: self._tell(device), record_device, device)

    def _inserted_at(self, when: str, at: datetime | None) -> datetime | None:
        if when == NOW:
            return self.context.clock()
        return at if when == THEN else None

    def _fields(self) -> tuple[Field, ...]:
        kinds = tuple(
            Choice(kind.name, kind.key, kind.title.lower()) for kind in device_pack().kinds
        )
        of = self.corrects.device if self.corrects else None
        known = None if of is None else (THEN if of.inserted_at else UNKNOWN)
        fields = (
            Field(name="kind", label="What it is", kind=KeyChoice(kinds, "What it is"),
                  value=of and of.kind, required=True),
            Field(name="site", label="Where on the body", kind=Text(), value=of and of.site,
                  required=True),
            Field(name="side", label="Side", kind=KeyChoice(_SIDES, "Side"),
                  value=of and of.side, half=True),
            Field(name="size", label="Size", kind=Text(max_length=40), value=of and of.size,
                  half=True),
            Field(name="when", label="Put in", kind=KeyChoice(_WHEN, "Put in"), value=known,
                  required=True),
            Field(name="inserted_at", label="At", kind=PastMoment(self.zone),
                  value=of and of.inserted_at),
            Field(name="inserted_by", label="Put in by", kind=Text(), value=of and of.inserted_by,
                  half=True),
            Field(name="reason", label="What it is for", kind=Text(), value=of and of.reason,
                  half=True),
            Field(name="due_out_at", label="Due out at", kind=Moment(self.zone),
                  value=of and of.due_out_at, hint="If that is decided"),
            Field(name="note", label="Note", kind=Text(), value=of and of.note),
        )  # fmt: skip
        why = Field(name="change_reason", label="Why corrected", kind=Reason(WHY_CORRECTED),
                    required=True)  # fmt: skip
        return (*fields, why) if self.corrects else fields

    def _show_what_it_needs(self, changed: str) -> None:
        if changed == "when":
            when = self.value("when")
            self.form.set_shown("inserted_at", shown=when == THEN)
            asks = when == UNKNOWN
            self.form.set_hint("when", "Its site is to be looked at now" if asks else "")
        elif changed == "kind":
            name = self.value("kind")
            kind = device_pack().kind(name) if name else None
            self.form.set_hint("site", kind.sites if kind else "")
            self.form.set_hint("size", kind.size_hint if kind else "")

    def _tell(self, device: NewDevice) -> None:
        kind = device_pack().kind(device.kind)
        side = device.side.value if device.side else None
        words = device_text(kind, device.site, side, device.size)
        done = "corrected" if self.corrects else "recorded"
        self.finish(f"{patient_name(self.bed)}: {words} {done}.")
