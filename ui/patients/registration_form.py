"""Registering a person nobody found: the fewest facts, and a check for duplicates first."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context
from ui.formats import age, date_text, sex_word
from ui.patients.birth_input import BirthDate
from ui.patients.detail_fields import NO_KEY, detail_fields, entered
from ui.patients.directory import Directory
from ui.patients.duplicates_box import DuplicatesBox
from ui.plain_text import PlainLabel
from ui.widgets.form import Check, Field, Form, OneOf, Text
from ui.widgets.inputs import Choice
from ward_app.core.errors import WardError
from ward_app.patients.detail_queries import duplicates_of, may_protect
from ward_app.patients.queries import search_patients
from ward_app.patients.types import DetailEntry, FoundPatient, NewPatient, ProtectedField, Sex

UNKNOWN_FAMILY_NAME = "Unknown"
# after the last key, before likely duplicates are looked for
_PAUSE_MS = 400
_SEXES = tuple(Choice(sex, sex_word(sex)) for sex in Sex)


def registration_fields(zone: tzinfo) -> tuple[Field, ...]:
    """Return the fields of a registration, in reading order."""
    return (
        Field(name="family_name", label="Surname", kind=Text(max_length=80), required=True),
        Field(name="given_name", label="Given name", kind=Text(max_length=80), required=True),
        Field(name="title", label="Title", kind=Text("Ms, Mr, Dr …", 20), half=True),
        Field(name="sex", label="Sex", kind=OneOf(_SEXES), required=True, half=True),
        Field(
            name="born_on",
            label="Date of birth",
            kind=BirthDate(zone),
            hint="Leave empty when not known",
            half=True,
        ),
        Field(name="estimated", label=" ", kind=Check("Estimated"), half=True),
    )


class RegistrationForm(QWidget):
    """The facts of a new patient. The patient number is given when the admission is saved.

    National id, insurance, address and history follow where the workstation has a key for them.

    Signals:
        named: the surname or given name is another.
        same_person: (FoundPatient) the person turned out to be known already.
        failed: (WardError) the check for duplicates could not be made.
    """

    named = Signal()
    same_person = Signal(object)
    failed = Signal(object)

    def __init__(
        self, context: Context, zone: tzinfo, patient_id: UUID, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._zone = context, zone
        self._directory = Directory(context)
        self._id = patient_id
        self._not_these: set[UUID] = set()
        self._compared: tuple[NewPatient, str | None] | None = None
        self._unidentified = False
        self.form = Form(registration_fields(zone), context.clock, self)
        self.duplicates = DuplicatesBox(self)
        self.details = Form(detail_fields(), context.clock, self)
        self.no_key = PlainLabel(NO_KEY, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        column.addWidget(self.duplicates)
        column.addWidget(self.details)
        column.addWidget(self.no_key)
        self.no_key.setWordWrap(True)
        theme.tint(self.no_key, "dim")
        self._show_details(can_protect=context.keys.is_set_up)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._compare_while_typing)
        self.form.changed.connect(self._note_change)
        self.details.changed.connect(self._note_detail)
        self.duplicates.same_person.connect(self.same_person)
        self.duplicates.really_new.connect(self._reject_duplicates)

    @property
    def is_unidentified(self) -> bool:
        """Whether nobody knows who the person is."""
        return self._unidentified

    def start(self, typed: str) -> None:
        """Begin with the name that was searched for, surname first."""
        self._unidentified = False
        self._ask_for_key()
        family, _, given = typed.replace(",", " ", 1).partition(" ")
        if not any(character.isdigit() for character in typed):
            self.form.set_value("family_name", string.capwords(family))
            self.form.set_value("given_name", string.capwords(given))
        self.form.focus_first()

    def start_unidentified(self) -> None:
        """Begin with "Unknown" and a letter, given once the sex is chosen."""
        self._unidentified = True
        self._ask_for_key()
        self.form.set_value("family_name", UNKNOWN_FAMILY_NAME)
        self.form.input("sex").setFocus(Qt.FocusReason.OtherFocusReason)

    def patient(self) -> NewPatient:
        """Return the person as entered; ask `form.check` first."""
        values = self.form.values()
        return NewPatient(
            id=self._id,
            family_name=values["family_name"] or "",
            given_name=values["given_name"] or "",
            title=values["title"],
            sex=values["sex"] or Sex.UNKNOWN,
            born_on=values["born_on"],
            born_on_is_estimate=bool(values["estimated"] and values["born_on"]),
        )

    def protected(self, entry_id: UUID) -> DetailEntry | None:
        """Return the protected details as entered, None when there are none."""
        if self.details.isHidden():
            return None
        values = {name: text for name, text in entered(self.details).items() if text}
        if not values:
            return None
        return DetailEntry(id=entry_id, patient_id=self._id, version=1, values=values)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        # nobody waits for the answer any more, and the lane may be about to close
        self._pause.stop()
        super().hideEvent(event)

    def settle(self, then: Callable[[], None]) -> None:
        """Run `then` once it is sure that the person is not known already.

        Known persons are shown instead, with the cursor on them, until one is taken or all
        are rejected; the caller's user then saves again.
        """
        person = self._person()
        if (not self._unidentified or person[1]) and self._compared != person:
            self._compare(person, partial(self.settle, then))
        elif self.duplicates.isHidden():
            then()
        else:
            self.duplicates.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _person(self) -> tuple[NewPatient, str | None]:
        """Return what tells a person from others: who it is, and the national id."""
        typed = None if self.details.isHidden() else self.details.value(ProtectedField.NATIONAL_ID)
        return self.patient(), typed

    def _ask_for_key(self) -> None:
        keys = self._context.keys
        if keys.is_set_up:
            reply = Reply(lambda may: self._show_details(can_protect=may), lambda _error: None)
            self._context.work.query(self, reply, may_protect, keys)

    def _show_details(self, *, can_protect: bool) -> None:
        self.details.setVisible(can_protect)
        self.no_key.setVisible(not can_protect)

    def _note_detail(self, name: str) -> None:
        if name == ProtectedField.NATIONAL_ID:
            self._pause.start()

    def _compare(self, person: tuple[NewPatient, str | None], then: Callable[[], None]) -> None:
        def show(found: Sequence[FoundPatient]) -> None:
            self._compared = person
            self._show_duplicates(found)
            then()

        reply = Reply(show, self.failed.emit)
        self._directory.read(self, reply, duplicates_of, self._context.keys, *person)

    def _compare_while_typing(self) -> None:
        person = patient, national_id = self._person()
        named = patient.family_name and patient.given_name and not self._unidentified
        if (named or national_id) and self._compared != person:
            self._compare(person, _nothing)

    def _show_duplicates(self, found: Sequence[FoundPatient]) -> None:
        unasked = [each for each in found if each.identity.id not in self._not_these]
        today = self._context.clock().astimezone(self._zone).date()
        self.duplicates.show_found(unasked, today)

    def _reject_duplicates(self) -> None:
        self._not_these |= {each.identity.id for each in self.duplicates.found()}
        self.duplicates.show_found((), self._context.clock().date())
        self.form.input("estimated").setFocus(Qt.FocusReason.OtherFocusReason)
        self.focusNextChild()

    def _note_change(self, name: str) -> None:
        self._pause.start()
        if name == "born_on":
            self._echo_birth()
        elif name == "sex" and self._unidentified:
            self._give_letter()
        elif name in ("family_name", "given_name"):
            self.named.emit()

    def _echo_birth(self) -> None:
        born_on = self.form.value("born_on")
        today = self._context.clock().astimezone(self._zone).date()
        read = f"{date_text(born_on)} · {age(born_on, today)}" if born_on else ""
        self.form.set_hint("born_on", read or "Leave empty when not known")

    def _give_letter(self) -> None:
        """Name the unidentified person by sex and the first letter nobody here has."""
        sex = self.form.value("sex")
        word = sex_word(sex) if sex in (Sex.FEMALE, Sex.MALE) else "Person"

        def name(found: Sequence[FoundPatient]) -> None:
            self.form.set_value("given_name", free_letter(word, found))

        reply = Reply(name, self._no_letter)
        asked = f"{UNKNOWN_FAMILY_NAME} {word}"
        self._directory.read(self, reply, search_patients, asked)

    def _no_letter(self, error: WardError) -> None:
        self.failed.emit(error)


def _nothing() -> None:
    """Do nothing: the warning shows by itself."""


def free_letter(word: str, found: Sequence[FoundPatient]) -> str:
    """Return "Female A", or with the first letter that no unidentified person found has."""
    taken = {
        each.identity.given_name.casefold()
        for each in found
        if each.identity.family_name.casefold() == UNKNOWN_FAMILY_NAME.casefold()
    }
    names = (f"{word} {letter}" for letter in string.ascii_uppercase)
    return next((name for name in names if name.casefold() not in taken), f"{word} AA")
