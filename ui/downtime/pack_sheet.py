"""The sheet that prints the ward pack now, or saves it; with the server or without."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtPrintSupport import QPrinter
from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.downtime.pack_pages import PAGES
from ui.downtime.pack_process import PackOrder
from ui.downtime.pack_writer import Copies, PackWriter, Paint
from ui.paper import save_private
from ui.widgets.form import Field, Form, OneOf
from ui.widgets.inputs import Choice
from ui.widgets.print_sheet import PrintSheet, paper_field, target_field
from ward_app.audit.types import Action
from ward_app.core.errors import DatabaseUnavailableError, WardError
from ward_app.downtime.kept_types import KeptCopy
from ward_app.downtime.pack_service import record_pack
from ward_app.rooms.types import Ward

logger = logging.getLogger(__name__)

TOPIC = "prints"
_BEWARE = (
    "Every patient's name, chart and notes of two days: some pages for each patient. Destroy it"
    " after use. A file is as open as the folder it is in."
)
_NO_COPY = (
    "There is no copy of this ward on this computer that is younger than a day. One is made within"
    " a minute once somebody of the ward is signed in and the server is there."
)


class NoCopyError(WardError):
    """There is nothing to print from."""


class PrintPackSheet(PrintSheet[UUID]):
    """Chooses ward, paper and printer or file; the pages are made by the writer's process."""

    pages = PAGES
    what = "ward pack"
    file_name = "ward-pack.pdf"

    def __init__(self, context: Context, writer: PackWriter, wards: Sequence[Ward]) -> None:
        super().__init__(context, title="Print the ward pack now", save_text="Print")
        self._writer = writer
        # what goes on without the server once the record of it failed
        self._unrecorded: Callable[[], None] | None = None
        choices = tuple(Choice(ward.id, ward.name) for ward in wards)
        fields = (
            Field(name="ward", label="Ward", kind=OneOf(choices, None)),
            paper_field("Paper"),
            target_field(),
        )
        self.add_words(_BEWARE)
        self.form = self.add_form(Form(fields, context.clock, self.page))
        self.content.addStretch(1)

    @override
    def record(self, how: str, action: Action, then: Callable[[UUID], None]) -> None:
        ward_id: UUID = self.value("ward")
        go_on = partial(then, ward_id)
        self._unrecorded = go_on
        leave = partial(record_pack, action=action)
        self.send(TOPIC, lambda _nothing: go_on(), leave, ward_id, f"ward pack, {how}")

    @override
    def show_problem(self, error: WardError) -> None:
        """Go on where the server alone is missing: that is what the pack is for."""
        go_on, self._unrecorded = self._unrecorded, None
        if go_on is None or not isinstance(error, DatabaseUnavailableError):
            super().show_problem(error)
            return
        logger.warning(
            "ward pack of ward %s printed or saved by user %s while the server was away",
            self.value("ward"), self.context.signed_in.user_id,
        )  # fmt: skip
        go_on()

    @override
    def _print(self, printer: QPrinter, job: UUID) -> None:
        if printer.outputFileName():
            self._save_file(Path(printer.outputFileName()), self.value("paper"), job)
            return
        name = printer.printerName()
        done = partial(self.tell, job, f"sent to {name or 'the printer'}")
        order = partial(PackOrder, paper=self.value("paper"), printer=name,
                        copies=printer.copyCount())  # fmt: skip
        self._make(job, order, _nothing, done)

    @override
    def _save_file(self, path: Path, paper: str, job: UUID) -> None:
        save = partial(save_private, path, what=self.what)
        order = partial(PackOrder, paper=paper)
        self._make(job, order, save, partial(self.tell, job, f"saved as {path.name}"))

    def _make(
        self,
        ward_id: UUID,
        order: Callable[[KeptCopy], PackOrder],
        keep: Callable[[bytes], None],
        done: Callable[[], None],
    ) -> None:
        self._unrecorded = None
        self._set_saving(saving=True)
        reply = Reply(lambda _nothing: done(), self._refused)
        writer = self._writer
        writer.run(
            self, reply, deliver, writer.copies, ward_id, self.context.clock(), order,
            keep=keep, paint=writer.paint,
        )  # fmt: skip


def deliver(
    copies: Copies,
    ward_id: UUID,
    now: datetime,
    order: Callable[[KeptCopy], PackOrder],
    *,
    keep: Callable[[bytes], None],
    paint: Paint,
) -> None:
    """Make the pack of the newest copy of a ward, and keep it. Takes seconds.

    Raises:
        NoCopyError: there is none.
        WardError: it cannot be read, painted or kept.
    """
    copy = copies.read(ward_id, now)
    if copy is None:
        raise NoCopyError(_NO_COPY)
    keep(paint(order(copy)))


def _nothing(_pages: bytes) -> None:
    """Whatever was printed is at the printer."""
