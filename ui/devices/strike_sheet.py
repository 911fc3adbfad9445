"""What was recorded of a device by mistake is struck out; it stays readable."""

from __future__ import annotations

from uuid import UUID

from typing_extensions import override

from ui.context import Context
from ui.devices.line import DeviceLine
from ui.devices.words import TOPIC, line_text
from ui.widgets.entry_sheet import EntrySheet
from ward_app.devices.service import strike_out
from ward_app.devices.types import Entry, StrikeOut

WHY_STRUCK = ("Wrong patient", "Wrong device", "Recorded twice", "Never happened")
_WHAT = {Entry.DEVICE: "this device", Entry.CHECK: "this look", Entry.REMOVAL: "this removal"}
_THEN = {
    Entry.DEVICE: "The device leaves the register with all looks at it.",
    Entry.CHECK: "The look before it counts again.",
    Entry.REMOVAL: "The device is in place again.",
}


class StrikeSheet(EntrySheet):
    """Asks for nothing but the reason."""

    def __init__(
        self, context: Context, line: DeviceLine, entry: Entry, struck_id: UUID, words: str
    ) -> None:
        super().__init__(
            context,
            title=f"Strike out {_WHAT[entry]}",
            save_text="Strike out",
            patient_name=line.name,
            draft_key=f"device strike {struck_id}",
        )
        self.line, self.entry, self.struck_id = line, entry, struck_id
        self.add_words(line_text(line), words, _THEN[entry])
        self.form = self.ask_why(WHY_STRUCK)

    @override
    def save(self) -> None:
        if not self.check():
            return
        mark = StrikeOut(
            id=self.ids["mark"],
            entry=self.entry,
            admission_id=self.line.device.admission_id,
            struck_id=self.struck_id,
            reason=self.value("reason"),
        )
        self.send(TOPIC, self._tell, strike_out, mark)

    def _tell(self, _nothing: object) -> None:
        self.finish(f"{self.line.name}, {line_text(self.line)}: struck out. {_THEN[self.entry]}")
