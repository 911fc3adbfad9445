"""Asking for a reason before a chart opens: of another ward, or of a patient marked private."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.patients.glass_words import (
    ELSEWHERE,
    PRIVATE,
    TOPIC,
    WHAT_HAPPENS,
    WHAT_MAY_BE_DONE,
    found_name,
)
from ui.patients.search import PatientInput
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form
from ui.widgets.inputs import Clock, Input
from ui.widgets.option_model import Option
from ui.widgets.reason_input import Reason
from ward_app.openings.queries import search_elsewhere
from ward_app.openings.service import open_with_reason
from ward_app.openings.types import FEWEST_LETTERS, FoundElsewhere, OpeningKind

_REASONS = (
    "Emergency, called there",
    "Covering this ward now",
    "Asked for my advice",
    "Coming to my ward now",
)
_PRIVATE_REASONS = (
    "In my care just now",
    "Emergency, called there",
    "Asked for my advice",
    "Ward round or handover",
)
_NOBODY = Option("Nobody of another ward fits", "", None, refusal="Patients of your own wards"
                 " are on the board. Who is marked private is found by the number.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class PatientElsewhere:
    """A kind of form field: a patient of another ward, by name alone."""

    context: Context

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return ElsewhereInput(self.context)


class ElsewhereInput(PatientInput):
    """Finds patients of other wards; a name is all that is told of them."""

    @override
    def ask(self, text: str, reply: Reply) -> None:
        self.directory.read(self, reply, search_elsewhere, text)

    @override
    def options(self, found: Sequence[Any], text: str) -> Sequence[Option]:
        offered = tuple(
            Option(found_name(each), PRIVATE if each.is_private else ELSEWHERE, each)
            for each in found
        )
        return offered or ((_NOBODY,) if text else ())


class GlassSheet(EntrySheet):
    """Says what will happen, asks why, and opens one chart for an hour.

    Signals:
        opened: (UUID) the patient whose chart is open from now on.
    """

    opened = Signal(object)

    def __init__(
        self, context: Context, patient_id: UUID | None = None, patient_name: str | None = None
    ) -> None:
        """Ask for a reason.

        Args:
            context: the surroundings of the person who asks.
            patient_id: of the own ward and marked private; None: somebody elsewhere, to be found.
            patient_name: of that patient.
        """
        super().__init__(
            context,
            title="Open a private chart" if patient_id else "Break the glass",
            save_text="Open the chart",
            patient_name=patient_name,
            draft_key=f"glass {patient_id or ''}",
        )
        self._patient_id = patient_id
        self.add_words(WHAT_HAPPENS)
        usual = _PRIVATE_REASONS if patient_id else _REASONS
        why = Field(
            name="reason",
            label=f"Why (at least {FEWEST_LETTERS} letters)",
            kind=Reason(usual),
            required=True,
        )
        who = Field(
            name="patient",
            label="Patient of another ward",
            kind=PatientElsewhere(context),
            required=True,
            hint="Two of one name? The patient number or the date of birth tells them apart.",
        )
        self.form = self.add_form(
            Form((why,) if patient_id else (who, why), context.clock, self.page)
        )
        if patient_id is None:
            self.add_words(WHAT_MAY_BE_DONE)
            self.form.changed.connect(self._name)
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        if self._patient_id is not None:
            self._open(self._patient_id, OpeningKind.PRIVACY)
        else:
            found: FoundElsewhere = self.value("patient")
            self._open(found.id, OpeningKind.BREAK_GLASS)

    def _open(self, patient_id: UUID, kind: OpeningKind) -> None:
        self.send(
            TOPIC,
            lambda _nothing: self._tell(patient_id),
            open_with_reason,
            patient_id,
            kind,
            reason=self.value("reason"),
        )

    def _tell(self, patient_id: UUID) -> None:
        self.opened.emit(patient_id)
        self.finish(
            "The chart is open for one hour. It is logged, and who leads the ward is told."
        )

    def _name(self) -> None:
        found: FoundElsewhere | None = self.value("patient")
        self.name_patient(found_name(found) if found else None)
