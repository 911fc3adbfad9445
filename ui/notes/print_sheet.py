"""The sheet that prints notes or saves them as a PDF; either is on record before it happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import partial

from typing_extensions import override

from ui.context import Context
from ui.notes.line import NoteLine
from ui.notes.note_print import PAGES, PrintJob
from ui.widgets.form import Field, Form, OneOf
from ui.widgets.inputs import Choice
from ui.widgets.print_sheet import PrintSheet, paper_field, target_field
from ward_app.audit.service import record_print
from ward_app.audit.types import Action
from ward_app.notes.rules import Thread

TOPIC = "prints"
_BEWARE = "The pages carry the patient's name. Keep the file where only those who may see it can."


class PrintNotesSheet(PrintSheet[PrintJob]):
    """The chosen note with its additions, or all notes that the list shows of its patient."""

    pages = PAGES
    what = "notes"
    file_name = "notes.pdf"

    def __init__(
        self, context: Context, line: NoteLine, lines: Sequence[NoteLine], zone: tzinfo
    ) -> None:
        super().__init__(context, title="Print notes", save_text="Print", patient_name=line.name)
        self.line, self.zone = line, zone
        everything = tuple(dict.fromkeys(one.thread for one in lines if one.thread))
        one = (line.thread,) if line.thread else ()
        what = [Choice(one, "This note, with what was added")]
        if everything:
            what.append(Choice(everything, f"All {len(everything)} notes of the stay"))
        fields = (
            Field(name="threads", label="What", kind=OneOf(tuple(what), None)),
            paper_field("Paper, upright"),
            target_field(),
        )
        self.add_words(_BEWARE)
        self.form = self.add_form(Form(fields, context.clock, self.page))
        self.content.addStretch(1)

    def job(self, threads: Sequence[Thread]) -> PrintJob:
        """Return these notes as they are to be printed now."""
        bed = self.line.bed
        if bed.patient_id is None:
            raise ValueError("a note of nobody")
        return PrintJob(
            patient_id=bed.patient_id,
            row=bed,
            threads=threads,
            zone=self.zone,
            printed_by=self.context.signed_in.display_name,
            printed_at=self.context.clock(),
        )

    @override
    def record(self, how: str, action: Action, then: Callable[[PrintJob], None]) -> None:
        job = self.job(self.value("threads"))
        number = len(job.threads)
        what = f"{number} nursing note{'' if number == 1 else 's'}, {how}"
        leave = partial(record_print, action=action)
        self.send(TOPIC, lambda _nothing: then(job), leave, job.patient_id, what)

    @override
    def tell(self, job: PrintJob, how: str) -> None:
        self.finish(f"The notes are {how}.")
