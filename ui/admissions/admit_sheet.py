"""Admission: find or register the patient, give a bed, say when and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from typing_extensions import override

from ui import theme
from ui.admissions.admit_fields import alert_fields, stay_fields
from ui.admissions.bed_sheet import BedSheet
from ui.admissions.stay import Stay
from ui.admissions.words import place_of
from ui.context import Context
from ui.formats import date_text, mrn_text, person_name
from ui.patients.alert_fields import (
    flags_changed,
    show_flag_details,
    substances_named,
    ticked_flags,
)
from ui.patients.patient_options import Unlisted, full_name, identity_text, patient_option
from ui.patients.registration_form import RegistrationForm
from ui.patients.search import Patient
from ui.plain_text import PlainLabel
from ui.rooms.bed_picker import option_of_row
from ui.widgets.form import Field, Form
from ward_app.admissions.service import arrive
from ward_app.admissions.types import Arrival, Arrived, NewAdmission
from ward_app.board.types import BoardBed
from ward_app.core.errors import WardError
from ward_app.patients.types import AlertChanges, AllergyStatus, FoundPatient, NewPatient
from ward_app.rooms.types import Ward


@dataclass(frozen=True, slots=True)
class _Rest:
    """What stands under the search for the patient."""

    registration: RegistrationForm
    stay: Form
    alerts: Form


class AdmitSheet(BedSheet):
    """Admits one patient; registers the person first when nobody in the list fits.

    The search is there at once; the forms under it are made one by one in the next turns of the
    event loop, or when somebody asks for them before: all at once would hold the window for 60 ms.
    """

    def __init__(self, context: Context, ward: Ward, bed: BoardBed | None) -> None:
        place = bed.bed_id if bed else ward.id
        super().__init__(context, ward.id, title="Admit", draft_key=f"admit {place}")
        self._ward, self._bed = ward, bed
        self._registration: RegistrationForm | None = None
        self._stay_made: Form | None = None
        self._rest: _Rest | None = None
        self._to_retype: tuple[Mapping[str, Any], ...] | None = None
        self.content.setSpacing(theme.GRID_PX + 4)
        self.patient_form = self.add_form(Form((self._patient_field(),), context.clock, self.page))
        self.facts = PlainLabel(parent=self)
        self.facts.setWordWrap(True)
        theme.tint(self.facts, "dim")
        self.facts.hide()
        self.content.addWidget(self.facts)
        self.content.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.patient_form.changed.connect(self._take_patient)
        self._later = QTimer(self, interval=0)
        self._later.timeout.connect(self._make_next)
        self._later.start()

    @property
    def registration(self) -> RegistrationForm:
        """Who is not known yet."""
        return self._whole().registration

    @property
    def stay_form(self) -> Form:
        """Where, when, whence, under whom and why."""
        return self._whole().stay

    @property
    def alert_form(self) -> Form:
        """Allergies and flags."""
        return self._whole().alerts

    @override
    def check(self) -> bool:
        self._whole()
        return super().check()

    @override
    def form_of(self, name: str) -> Form:
        self._whole()
        return super().form_of(name)

    @override
    def save(self) -> None:
        if not self.check():
            return
        if self._is_registering():
            self.registration.settle(self._send)
        else:
            self._send()

    @property
    @override
    def is_dirty(self) -> bool:
        return self._to_retype is not None or super().is_dirty

    @override
    def draft(self) -> tuple[Mapping[str, Any], ...]:
        self._whole()
        return super().draft()

    @override
    def retype(self, draft: tuple[Mapping[str, Any], ...]) -> None:
        """Put a draft back: the patient at once, the rest as soon as there are fields for it."""
        self._to_retype = draft
        with QSignalBlocker(self.patient_form):
            # before the cursor goes there and marks what is in it
            self.patient_form.retype(draft[0])
        if self._rest is not None:
            self._retype_rest()

    def _retype_rest(self) -> None:
        draft, self._to_retype = self._to_retype, None
        if draft is not None:
            for form, typed in zip(self.forms[1:], draft[1:], strict=True):
                form.retype(typed)
            self._show_chosen()

    def _patient_field(self) -> Field:
        kind = Patient(self.context)
        return Field(name="patient", label="Patient", kind=kind, required=True)

    def _whole(self) -> _Rest:
        """Return the forms under the search, made now if they are not there yet."""
        while self._rest is None:
            self._make_next()
        return self._rest

    def _make_next(self) -> None:
        """Make the next of the forms under the search."""
        if self._registration is None:
            self._registration = self._make_registration()
        elif self._stay_made is None:
            self._stay_made = self._make_stay()
        else:
            self._later.stop()
            self._rest = _Rest(self._registration, self._stay_made, self._make_alerts())
            self.show_sharing()
            self._show_alert_details()
            self._retype_rest()

    def _make_registration(self) -> RegistrationForm:
        made = RegistrationForm(self.context, self.zone, self.ids["patient"], self.page)
        made.hide()
        self.content.addWidget(made)
        self.forms = (*self.forms, made.form, made.details)
        made.named.connect(self._show_name)
        made.same_person.connect(self._take_known)
        made.failed.connect(self._refuse)
        return made

    def _make_stay(self) -> Form:
        bed = option_of_row(self._bed) if self._bed else None
        fields = stay_fields(self.context, self._ward, self.zone, bed)
        made = self.add_form(Form(fields, self.context.clock, self.page))
        made.changed.connect(self.show_sharing)
        return made

    def _make_alerts(self) -> Form:
        made = self.add_form(Form(alert_fields(), self.context.clock, self.page))
        made.changed.connect(self._show_alert_details)
        return made

    def _is_registering(self) -> bool:
        return isinstance(self.patient_form.value("patient"), Unlisted)

    def _take_patient(self) -> None:
        """Follow the choice: facts of a known person, or the form for a new one."""
        chosen = self.patient_form.value("patient")
        self._show_chosen()
        if isinstance(chosen, Unlisted) and chosen.name is None:
            self.registration.start_unidentified()
        elif isinstance(chosen, Unlisted):
            self.registration.start(chosen.name or "")

    def _show_chosen(self) -> None:
        chosen = self.patient_form.value("patient")
        self.facts.setVisible(isinstance(chosen, FoundPatient))
        self.registration.setVisible(isinstance(chosen, Unlisted))
        if isinstance(chosen, FoundPatient):
            self.facts.setText(self._facts_of(chosen))
        self._show_name()

    def _take_known(self, found: FoundPatient) -> None:
        option = patient_option(found, self._today())
        self.patient_form.set_value("patient", option)
        self.bed_input().field.setFocus()

    def _facts_of(self, found: FoundPatient) -> str:
        facts = identity_text(found.identity, self._today())
        if found.last_discharged_at is None:
            return facts
        left_on = found.last_discharged_at.astimezone(self.zone).date()
        return f"{facts}\nLast in hospital until {date_text(left_on)}"

    def _show_name(self) -> None:
        chosen = self.patient_form.value("patient")
        if isinstance(chosen, FoundPatient):
            self.name_patient(full_name(chosen.identity))
        elif isinstance(chosen, Unlisted):
            new = self.registration.patient()
            named = new.family_name or new.given_name
            self.name_patient(_name_of(new) if named else None)
        else:
            self.name_patient(None)

    def _show_alert_details(self) -> None:
        present = self.alert_form.value("allergies") is AllergyStatus.PRESENT
        self.alert_form.set_shown("substances", shown=present)
        show_flag_details(self.alert_form)

    def _refuse(self, error: WardError) -> None:
        self.show_problem(error)

    def _send(self) -> None:
        chosen = self.patient_form.value("patient")
        new = self.registration.patient() if isinstance(chosen, Unlisted) else None
        admission = self._admission(new.id if new else chosen.identity.id)
        arrival = self._arrival(new, admission)
        name = _name_of(new) if new else full_name(chosen.identity)
        then = partial(self._tell, name, admission)
        self.send("beds", then, arrive, arrival, self.context.keys)

    def _arrival(self, new: NewPatient | None, admission: NewAdmission) -> Arrival:
        alerts = self.alert_form.values()
        none_known = alerts["allergies"] is AllergyStatus.NONE_KNOWN
        changes = AlertChanges(
            patient_id=admission.patient_id,
            allergies=substances_named(alerts["substances"], self.ids),
            no_known_allergies_id=self.ids["none known"] if none_known else None,
            flags=flags_changed(
                (),
                ticked_flags(alerts),
                patient_id=admission.patient_id,
                occurred_at=admission.admitted_at,
                reason=None,
                ids=self.ids,
            ),
        )
        return Arrival(
            admission=admission,
            new_patient=new,
            alerts=changes,
            details=self.registration.protected(self.ids["details"]) if new else None,
        )

    def _admission(self, patient_id: UUID) -> NewAdmission:
        entered, place = self.stay_form.values(), self.place()
        return NewAdmission(
            id=self.ids["admission"],
            patient_id=patient_id,
            ward_id=place.ward_id,
            bed_id=place.bed_id,
            admitted_at=entered["occurred_at"],
            source=entered["source"],
            specialty=entered["specialty"],
            consultant=entered["consultant"],
            reason=entered["reason"],
            expected_discharge_on=entered["expected_discharge_on"],
            accept_not_clean=self.accepts_not_clean,
            share=self.share(),
        )

    def _tell(self, name: str, admission: NewAdmission, arrived: Arrived) -> None:
        placement = arrived.placement
        where, when = place_of(placement, self._ward.name), self.when("occurred_at")
        message = f"{name} admitted to {where} {when}."
        if arrived.registered is not None:
            message += f" Patient number {mrn_text(arrived.registered.mrn)}."
        stay = Stay(
            admission_id=placement.admission_id,
            patient_id=admission.patient_id,
            name=name,
            ward_id=admission.ward_id,
            ward_name=placement.ward_name,
            bed_label=placement.bed_label,
        )
        self.finish_step(message, stay)

    def _today(self) -> date:
        return self.context.clock().astimezone(self.zone).date()


def _name_of(patient: NewPatient) -> str:
    return person_name(patient.family_name, patient.given_name, patient.title)
