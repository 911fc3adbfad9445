"""Allergies and flags of one patient: what is on record, what changes, why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from PySide6.QtGui import QFont
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context
from ui.notices import CAUTION
from ui.patients.alert_fields import (
    Alerts,
    allergy_fields,
    flag_fields,
    flags_changed,
    refuted,
    show_flag_details,
    substances_named,
    ticked_flags,
)
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form
from ui.widgets.reason_input import Reason
from ward_app.audit.service import open_chart
from ward_app.core.database import Transaction
from ward_app.core.errors import WardError
from ward_app.patients.alert_queries import allergies, patient_flags
from ward_app.patients.service import change_alerts
from ward_app.patients.types import AlertChanges, AllergyStatus, FlagKind
from ward_app.staff.types import Permission

_REASONS = (
    "No longer needed",
    "Entered by mistake",
    "Checked with the patient",
    "Doctor's order",
    "Works in this hospital",
    "Known to the public",
)


def read_alerts(tx: Transaction, patient_id: UUID) -> Alerts:
    """Return what is on record of a patient's allergies and flags."""
    status, known = allergies(tx, patient_id)
    flags = patient_flags(tx, patient_id)
    return Alerts(status=status, allergies=tuple(known), flags=tuple(flags))


class AlertsSheet(EntrySheet):
    """Shows what is on record once the chart is opened, and saves only what was changed."""

    def __init__(self, context: Context, patient_id: UUID, patient_name: str) -> None:
        super().__init__(
            context,
            title="Allergies and flags",
            patient_name=patient_name,
            draft_key=f"alerts {patient_id}",
        )
        self._patient_id, self._name = patient_id, patient_name
        self._opened_at = context.clock()
        self._before: Alerts | None = None
        self._draft: tuple[Mapping[str, Any], ...] | None = None
        self._waiting = PlainLabel("Reading what is on record …", self)
        self.content.setSpacing(theme.GRID_PX + 4)
        self.content.addWidget(self._waiting)
        self.content.addStretch(1)
        self.save_button.setEnabled(False)
        self._load()

    @override
    def save(self) -> None:
        if self._before is None or not self.check():
            return
        changes = self._changes(self._before)
        why = _asks_why(changes)
        if changes == AlertChanges(patient_id=self._patient_id):
            self.notice.tell(CAUTION, "Nothing is changed yet. Escape leaves.")
        elif why is not None and self.value("reason") is None:
            self.reason_form.set_problem("reason", why)
            self.reason_form.focus_first()
        else:
            self.send("patients", self._tell, change_alerts, changes)

    @override
    def retype(self, draft: tuple[Mapping[str, Any], ...]) -> None:
        if self._before is None:
            self._draft = draft
        else:
            super().retype(draft)

    def _load(self) -> None:
        # the chart opens, and that is logged, before anything in it can be read; a closed chart
        # would read as a patient of whom nothing is recorded
        opened = Reply(self._read, self._refuse)
        self.context.work.query(self, opened, open_chart, self._patient_id)

    def _read(self, _opened: object) -> None:
        reply = Reply(self._show, self._refuse)
        self.context.work.query(self, reply, read_alerts, self._patient_id)

    def _refuse(self, error: WardError) -> None:
        self._waiting.hide()
        self.show_problem(error)
        self.save_button.setEnabled(False)

    def _show(self, alerts: Alerts) -> None:
        self._waiting.hide()
        self._before = alerts
        clock = self.context.clock
        self._add_heading("Allergies")
        self.allergy_form = self._insert(Form(allergy_fields(alerts), clock, self.page))
        self._add_heading("Flags")
        self.flag_form = self._insert(Form(flag_fields(alerts.flags), clock, self.page))
        self._offer_privacy()
        label = "Why taken away, or marked private"
        reason = Field(name="reason", label=label, kind=Reason(_REASONS))
        self.reason_form = self._insert(Form((reason,), clock, self.page))
        self.flag_form.changed.connect(self._show_details)
        self._show_details()
        self.save_button.setEnabled(True)
        if self._draft is not None:
            super().retype(self._draft)
        self.focus_first()

    def _show_details(self) -> None:
        show_flag_details(self.flag_form)

    def _offer_privacy(self) -> None:
        """Let only those tick it whom the database lets mark somebody private."""
        if not self.context.signed_in.may(Permission.PATIENT_PRIVACY):
            tick = self.flag_form.input(FlagKind.PRIVACY)
            tick.setEnabled(False)
            tick.setToolTip("Who leads the shift or the ward marks a patient private.")

    def _add_heading(self, text: str) -> None:
        heading = PlainLabel(text, self)
        heading.setFont(theme.font(weight=QFont.Weight.DemiBold))
        self.content.insertWidget(self.content.count() - 1, heading)

    def _insert(self, form: Form) -> Form:
        """Put a form above the stretch at the bottom."""
        self.content.insertWidget(self.content.count() - 1, form)
        self.forms = (*self.forms, form)
        return form

    def _changes(self, before: Alerts) -> AlertChanges:
        allergy_values = self.allergy_form.values()
        none_known = allergy_values.get("none_known") and (
            before.status is not AllergyStatus.NONE_KNOWN
        )
        reason = self.value("reason")
        return AlertChanges(
            patient_id=self._patient_id,
            flags=flags_changed(
                before.flags,
                ticked_flags(self.flag_form.values()),
                patient_id=self._patient_id,
                occurred_at=self._opened_at,
                reason=reason,
                ids=self.ids,
            ),
            allergies=substances_named(
                allergy_values["substances"], self.ids, allergy_values["reaction"]
            ),
            refutations=refuted(before, allergy_values, reason, self.ids),
            no_known_allergies_id=self.ids["none known"] if none_known else None,
        )

    def _tell(self, _nothing: object) -> None:
        self.finish(f"Allergies and flags of {self._name} saved.")


def _asks_why(changes: AlertChanges) -> str | None:
    """Return why the changes need a reason, None when they need none."""
    if changes.refutations or any(not flag.active for flag in changes.flags):
        return "Needed, because something is taken away"
    if any(flag.kind is FlagKind.PRIVACY for flag in changes.flags):
        return "Needed, because the chart will ask others for a reason"
    return None
