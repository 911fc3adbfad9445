"""Rows of the MIMIC-IV files as values: what each says, before anything is made of it.

Times are those of the hospital's wall clock, without a zone, shifted per patient into another
century. (Source: MIMIC-IV 2.2 documentation, modules hosp and icu.)
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from ward_app.exchange.report import ImportReport, SourceRow
from ward_app.exchange.source_files import UnusableSourceError, check_folder, read_rows
from ward_app.patients.types import Sex

# the oldest age ever proved is 122 years; MIMIC-IV writes 91 for everybody over 89
_OLDEST_YEARS = 122
# dates are shifted into 2110 to 2201; far outside a date is a slip, and could leave the calendar
_YEARS = (1900, 2300)
_SEX = {"F": Sex.FEMALE, "M": Sex.MALE}
ED, DISCHARGE = "ED", "discharge"
_KINDS = (ED, "admit", "transfer", DISCHARGE)


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A row of `hosp/patients`. `age` is the age in `age_year`; `died_on` None = not known."""

    row: SourceRow
    subject_id: str
    sex: Sex
    age: int
    age_year: int
    died_on: date | None

    @property
    def key(self) -> Hashable:
        """What identifies the patient."""
        return self.subject_id


@dataclass(frozen=True, slots=True)
class AdmissionRecord:
    """A row of `hosp/admissions`. `discharged_at` is the administrative time."""

    row: SourceRow
    subject_id: str
    hadm_id: str
    discharged_at: datetime | None
    died_at: datetime | None

    @property
    def key(self) -> Hashable:
        """What identifies the admission."""
        return self.hadm_id


@dataclass(frozen=True, slots=True)
class MoveRecord:
    """A row of `hosp/transfers`: a time on a care unit, or (kind "discharge") leaving.

    Attributes:
        hadm_id: None = a visit to the emergency department without an admission.
        unit: the care unit; "" for a discharge.
        ends_at: equals `begins_at` for a discharge.
    """

    row: SourceRow
    subject_id: str
    hadm_id: str | None
    transfer_id: str
    kind: str
    unit: str
    begins_at: datetime
    ends_at: datetime

    @property
    def key(self) -> Hashable:
        """What identifies the move."""
        return self.transfer_id


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """A row of `hosp/services`: the service that looks after the patient from then on."""

    row: SourceRow
    subject_id: str
    hadm_id: str
    moment: datetime
    service: str

    @property
    def key(self) -> Hashable:
        """What identifies the change of service."""
        return self.hadm_id, self.moment


@dataclass(frozen=True, slots=True)
class SetRecord:
    """A row of `derived/obs_sets`: what was charted for a patient at one minute."""

    row: SourceRow
    subject_id: str
    hadm_id: str
    moment: datetime

    @property
    def key(self) -> Hashable:
        """What identifies the set."""
        return self.hadm_id, self.moment


@dataclass(frozen=True, slots=True)
class MimicFiles:
    """The readable rows of all files, each once, in file order."""

    patients: list[PatientRecord]
    admissions: list[AdmissionRecord]
    moves: list[MoveRecord]
    services: list[ServiceRecord]
    sets: list[SetRecord]


class _Keyed(Protocol):
    @property
    def row(self) -> SourceRow: ...
    @property
    def key(self) -> Hashable: ...


R = TypeVar("R", bound=_Keyed)

_PATIENTS = ("subject_id", "gender", "anchor_age", "anchor_year", "dod")
_ADMISSIONS = (
    "subject_id",
    "hadm_id",
    "dischtime",
    "deathtime",
    "admission_type",
    "admission_location",
    "discharge_location",
)
_MOVES = ("subject_id", "hadm_id", "transfer_id", "eventtype", "careunit", "intime", "outtime")
_SERVICES = ("subject_id", "hadm_id", "transfertime", "curr_service")
_SETS = (
    "subject_id",
    "hadm_id",
    "charttime",
    "hr",
    "rr",
    "spo2",
    "sbp_nibp",
    "dbp_nibp",
    "sbp_art",
    "dbp_art",
    "temp_c",
    "gcs_eye",
    "gcs_verbal",
    "gcs_motor",
    "o2_flow_lpm",
    "fio2_pct",
    "rass",
    "pain",
)


class _FieldError(ValueError):
    """A field that keeps its row from being read."""

    def __init__(self, field: str, value: str, *, reason: str) -> None:
        super().__init__(reason)
        self.field, self.value, self.reason = field, value, reason


def read_files(folder: Path, report: ImportReport) -> MimicFiles:
    """Return what the data set in a folder says; what cannot be read goes to the report.

    Raises:
        UnusableSourceError: the folder or a file is missing, damaged or of another layout, or
            no row of patients or of ward moves can be read.
    """

    def records(name: str, columns: tuple[str, ...], *, make: Callable[[SourceRow], R]) -> list[R]:
        return _each_once(
            _readable(
                read_rows(folder, name, columns=columns, report=report), make, report=report
            ),
            report,
        )

    check_folder(folder)
    files = MimicFiles(
        patients=records("hosp/patients", _PATIENTS, make=_patient),
        admissions=records("hosp/admissions", _ADMISSIONS, make=_admission),
        moves=records("hosp/transfers", _MOVES, make=_move),
        services=records("hosp/services", _SERVICES, make=_service),
        sets=records("derived/obs_sets", _SETS, make=_set),
    )
    for name, found in (("hosp/patients", files.patients), ("hosp/transfers", files.moves)):
        if not found:
            raise UnusableSourceError(f"Not one row of {name} can be used; {_first(report, name)}")
    return files


def _first(report: ImportReport, name: str) -> str:
    for line in report.lines:
        if line.source_file.startswith(name):
            return f"the first: line {line.line}, {line.field} {line.value}: {line.reason}."
    return "it has none."


def _readable(
    rows: Iterable[SourceRow], make: Callable[[SourceRow], R], *, report: ImportReport
) -> list[R]:
    found = []
    for row in rows:
        try:
            found.append(make(row))
        except _FieldError as error:
            report.refuse_row(row, error.reason, field=error.field, value=error.value)
    return found


def _each_once(records: list[R], report: ImportReport) -> list[R]:
    """Return the first record of each key; the others go to the report."""
    first: dict[Hashable, R] = {}
    for record in records:
        kept = first.setdefault(record.key, record)
        if kept is not record:
            same = kept.row.values == record.row.values
            reason = "the same row was there before" if same else "another row has the same key"
            report.refuse_row(record.row, reason, field="line", value=str(kept.row.line))
    return list(first.values())


def _patient(row: SourceRow) -> PatientRecord:
    return PatientRecord(
        row=row,
        subject_id=_identifier(row, "subject_id"),
        sex=_SEX.get(row.values["gender"], Sex.UNKNOWN),
        age=_whole(row, "anchor_age", highest=_OLDEST_YEARS),
        age_year=_whole(row, "anchor_year", highest=_YEARS[1]),
        died_on=_day(row, "dod") if row.values["dod"] else None,
    )


def _admission(row: SourceRow) -> AdmissionRecord:
    return AdmissionRecord(
        row=row,
        subject_id=_identifier(row, "subject_id"),
        hadm_id=_identifier(row, "hadm_id"),
        discharged_at=_time(row, "dischtime") if row.values["dischtime"] else None,
        died_at=_time(row, "deathtime") if row.values["deathtime"] else None,
    )


def _move(row: SourceRow) -> MoveRecord:
    kind, begins_at = row.values["eventtype"], _time(row, "intime")
    if kind not in _KINDS:
        raise _FieldError("eventtype", kind, reason="not a kind of move that is known")
    leaving = kind == DISCHARGE
    if not leaving and not row.values["careunit"]:
        raise _FieldError("careunit", "", reason="a move needs a care unit")
    ends_at = begins_at if leaving else _time(row, "outtime")
    if not leaving and ends_at <= begins_at:
        raise _FieldError(
            "outtime", row.values["outtime"], reason="the move does not end after it begins"
        )
    return MoveRecord(
        row=row,
        subject_id=_identifier(row, "subject_id"),
        hadm_id=_identifier(row, "hadm_id") if row.values["hadm_id"] else None,
        transfer_id=_identifier(row, "transfer_id"),
        kind=kind,
        unit="" if leaving else row.values["careunit"],
        begins_at=begins_at,
        ends_at=ends_at,
    )


def _service(row: SourceRow) -> ServiceRecord:
    return ServiceRecord(
        row=row,
        subject_id=_identifier(row, "subject_id"),
        hadm_id=_identifier(row, "hadm_id"),
        moment=_time(row, "transfertime"),
        service=row.values["curr_service"],
    )


def _set(row: SourceRow) -> SetRecord:
    return SetRecord(
        row=row,
        subject_id=_identifier(row, "subject_id"),
        hadm_id=_identifier(row, "hadm_id"),
        moment=_time(row, "charttime"),
    )


def _identifier(row: SourceRow, field: str) -> str:
    value = row.values[field]
    if value.isascii() and value.isdigit():
        return value
    raise _FieldError(field, value, reason="not a number of the data set")


def _whole(row: SourceRow, field: str, *, highest: int) -> int:
    value = row.values[field]
    if value.isascii() and value.isdigit() and int(value) <= highest:
        return int(value)
    raise _FieldError(field, value, reason=f"not a whole number from 0 to {highest}")


def _time(row: SourceRow, field: str) -> datetime:
    value = row.values[field]
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _FieldError(field, value, reason="not a date and time") from None
    if moment.tzinfo is not None:
        raise _FieldError(field, value, reason="a time of the wall clock has no zone")
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        raise _FieldError(field, value, reason=f"not between {_YEARS[0]} and {_YEARS[1]}")
    return moment


def _day(row: SourceRow, field: str) -> date:
    try:
        day = date.fromisoformat(row.values[field])
    except ValueError:
        raise _FieldError(field, row.values[field], reason="not a date") from None
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise _FieldError(field, str(day), reason=f"not between {_YEARS[0]} and {_YEARS[1]}")
    return day
