"""The sheet that prints a chart or saves it as a PDF; either is on record before it happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from typing_extensions import override

from ui.context import Context
from ui.observations.chart_print import DAYS_PER_PAGE, PAGES, PrintJob, pages_of
from ui.widgets.form import Field, Form, OneOf
from ui.widgets.inputs import Choice
from ui.widgets.print_sheet import PrintSheet, paper_field, target_field
from ward_app.audit.service import record_print
from ward_app.audit.types import Action

TOPIC = "prints"
_BEWARE = "The page carries the patient's name. Keep the file where only those who may see it can."


class PrintChartSheet(PrintSheet[PrintJob]):
    """Chooses stretch, paper and printer or file. `job` is what the chart shows now."""

    pages = PAGES
    what = "chart"
    file_name = "observations.pdf"

    def __init__(self, context: Context, job: PrintJob, *, patient_name: str) -> None:
        super().__init__(
            context, title="Print chart", save_text="Print", patient_name=patient_name
        )
        self._job = job
        stretches = (
            Choice(job.windows, "What the chart shows now"),
            Choice(pages_of(job.content.whole), f"The whole stay, {DAYS_PER_PAGE} days on a page"),
        )
        fields = (
            Field(name="windows", label="What", kind=OneOf(stretches, None)),
            paper_field("Paper, landscape"),
            target_field(),
        )
        self.add_words(_BEWARE)
        self.form = self.add_form(Form(fields, context.clock, self.page))
        self.content.addStretch(1)

    @override
    def record(self, how: str, action: Action, then: Callable[[PrintJob], None]) -> None:
        job = replace(self._job, windows=self.value("windows"))
        pages = len(job.windows)
        what = f"observation chart, {how}, {pages} page{'' if pages == 1 else 's'}"
        leave = partial(record_print, action=action)
        self.send(TOPIC, lambda _nothing: then(job), leave, job.patient_id, what)
