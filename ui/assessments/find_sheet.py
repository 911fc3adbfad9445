"""Finds assessments by what they came to or by an answer, of everybody on the ward."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from functools import partial
from uuid import UUID

from PySide6.QtCore import Signal
from typing_extensions import override

from ui.assessments.words import answers_text, band_token, row_band, row_result_text
from ui.background import Reply
from ui.context import Context
from ui.formats import moment_text
from ui.patients.banner import patient_name
from ui.patients.glass_words import closed_number_text
from ui.widgets.find_sheet import SINCE, FindSheet
from ui.widgets.form import Field, OneOf
from ui.widgets.inputs import Choice
from ui.widgets.rows_table import RowColumn
from ward_app.assessments.queries import assessments_answering
from ward_app.assessments.types import (
    AnswerAsked,
    FoundAssessments,
    Instrument,
    Item,
    RecordedAssessment,
)
from ward_app.audit.service import open_reachable_charts
from ward_app.board.types import BoardBed

TITLE = "Find assessments by answer"
_BAND = "What it came to"


class FindAssessmentsSheet(FindSheet):
    """Instrument, band or answer, since when; a row leads to the patient's assessments.

    The charts of all patients of the ward are opened for it, which is on record.

    Signals:
        row_chosen: (BoardBed, UUID) show this assessment among those of its patient.
    """

    row_chosen = Signal(object, object)

    def __init__(
        self,
        context: Context,
        beds: Sequence[BoardBed],
        instruments: Sequence[Instrument],
        zone: tzinfo,
    ) -> None:
        self._zone = zone
        self._beds = {bed.admission_id: bed for bed in beds if bed.admission_id and bed.patient_id}
        self._behind: FoundAssessments | None = None
        offered = tuple(Choice(one, one.title) for one in instruments)
        fields = (
            Field(name="instrument", label="Instrument", kind=OneOf(offered), required=True),
            Field(name="item", label="What", kind=OneOf(()), required=True),
            Field(name="answer", label="Is", kind=OneOf(()), required=True, half=True),
            Field(name="since", label="In", kind=OneOf(SINCE, None), value=SINCE[1].value,
                  half=True),
        )  # fmt: skip
        super().__init__(context, TITLE, fields, self._columns())
        self.form.changed.connect(self._offer)

    @override
    def zone(self) -> tzinfo:
        return self._zone

    @override
    def look(self, question: int) -> None:
        item, answer = self.value("item"), self.value("answer")
        by_band = item == _BAND
        asked = AnswerAsked(
            instrument=self.value("instrument").name,
            answers={} if by_band else {item.name: answer},
            band=answer if by_band else None,
            stays=tuple(self._beds),
            since=self.context.clock() - self.value("since"),
        )
        patients = tuple(
            dict.fromkeys(bed.patient_id for bed in self._beds.values() if bed.patient_id)
        )
        failed = partial(self.show_failed, question)

        def read(opened: frozenset[UUID]) -> None:
            shown = Reply(partial(self._show, question, len(patients) - len(opened)), failed)
            self.context.work.query(self, shown, assessments_answering, asked)

        self.context.work.query(self, Reply(read, failed), open_reachable_charts, patients)

    @override
    def open_row(self, row: RecordedAssessment) -> None:
        self.row_chosen.emit(self._beds[row.admission_id], row.id)
        self.closed.emit()

    def _show(self, question: int, closed: int, found: FoundAssessments) -> None:
        self._behind = found
        people = len({row.admission_id for row in found.rows})
        told = "No assessment came to this in this time."
        if found.rows:
            number = f"{len(found.rows)} {'assessment' if len(found.rows) == 1 else 'assessments'}"
            told = f"{number} of {people} {'patient' if people == 1 else 'patients'}."
        self.show_found(question, found.rows, f"{told} {closed_number_text(closed)}".rstrip())

    def _offer(self, changed: str) -> None:
        """Offer band and items of the instrument, then what the chosen one can be."""
        instrument: Instrument | None = self.form.value("instrument")
        if changed == "instrument":
            items = [one for one in instrument.items if one.choices] if instrument else []
            bands = [Choice(_BAND, _BAND)] if instrument and instrument.bands else []
            self.form.set_choices("item", [*bands, *(Choice(one, one.label) for one in items)])
        elif changed == "item" and instrument is not None:
            item: Item | str | None = self.form.value("item")
            if isinstance(item, str):
                offered = [Choice(band.name, band.words) for band in instrument.bands]
            else:
                offered = [Choice(one.value, one.words) for one in (item.choices if item else ())]
            self.form.set_choices("answer", offered)

    def _columns(self) -> tuple[RowColumn[RecordedAssessment], ...]:
        def behind() -> dict[str, Instrument]:
            return dict(self._behind.behind) if self._behind else {}

        return (
            RowColumn(
                "When",
                112,
                lambda row: moment_text(row.occurred_at, self._zone, self.context.clock()),
            ),
            RowColumn("Bed", 56, lambda row: self._beds[row.admission_id].bed_label or "No bed"),
            RowColumn("Patient", 180, lambda row: patient_name(self._beds[row.admission_id])),
            RowColumn(
                "Came to",
                160,
                lambda row: row_result_text(row, behind()),
                colour=lambda row: band_token(row_band(row, behind())),
            ),
            RowColumn("Answers", 150, lambda row: answers_text(row, behind().get(row.hash))),
        )
