"""Import of the MIMIC-IV demo: real, de-identified stays moved to the weeks before an anchor.

(Source: MIMIC-IV Clinical Database Demo 2.2, PhysioNet, doi 10.13026/dp1f-ex47, ODbL 1.0.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from ward_app.exchange.anchoring import AnchoredVisit, Timeline, anchor_visits
from ward_app.exchange.load_plan import PATIENTS, STAYS, LoadPlan
from ward_app.exchange.loading import give_numbers, loader, write_plan
from ward_app.exchange.mimic_context import ImportContext
from ward_app.exchange.mimic_people import plan_patient
from ward_app.exchange.mimic_records import PatientRecord, read_files
from ward_app.exchange.mimic_sets import plan_sets
from ward_app.exchange.mimic_stays import plan_visit
from ward_app.exchange.mimic_wards import plan_wards, ward_stays
from ward_app.exchange.place import (
    Facility,
    find_facility,
    find_people,
    grant_wards,
    keep_anchor,
    make_floor,
    refuse_production,
)
from ward_app.exchange.report import ImportReport
from ward_app.exchange.visits import Visit, build_visits

_DURING = STAYS.columns.index("during")

Announce = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What to import, where to, and as of when.

    Attributes:
        report_file: where to write what was not loaded.
        anchor: "now" (of a first import; later the same as then), or an ISO time.
        beds_per_ward: opened on every ward even where nobody lies.
        facility_code: None when the database has one hospital only.
        grant_to: logins of people who shall work on the imported wards.
        into_production: somebody took it upon themselves.
        completed: every stay is over at the anchor, so that every set is loaded.
    """

    folder: Path
    report_file: Path
    anchor: str = "now"
    beds_per_ward: int = 6
    facility_code: str | None = None
    grant_to: tuple[str, ...] = ()
    into_production: bool = False
    completed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOutcome:
    """What an import did.

    Attributes:
        planned: table -> rows that the source gives up to the anchor.
        added: table -> rows that were not there before.
        running: stays that are open at the anchor.
        granted: ward assignments that were added.
    """

    facility_name: str
    anchor: datetime
    planned: dict[str, int]
    added: dict[str, int]
    running: int
    granted: int
    report: ImportReport

    @property
    def changed_nothing(self) -> bool:
        """Whether every row was there already."""
        return not any(self.added.values())


def import_mimic_iv(dsn: str, options: ImportOptions, *, announce: Announce) -> ImportOutcome:
    """Load the data set in one transaction, and write the report; all of it or nothing.

    `dsn` is the administrator's, or that of a member of `ward_migrator`.

    Raises:
        UnusableSourceError: the files are missing, damaged or of another layout.
        RuleBrokenError: the anchor, the hospital or a login cannot be used.
        ConflictError: it was imported with another anchor, or rows stand in the way.
        NotPermittedError: the database is for production.
        ConfigurationError: the report cannot be written, or the user may not load data.
        DatabaseUnavailableError: the server cannot be reached.
    """
    report = ImportReport()
    patients, visits = _read(options.folder, report, announce=announce)
    with loader(dsn) as connection:
        facility = find_facility(connection, options.facility_code)
        refuse_production(connection, anyway=options.into_production)
        people = find_people(connection, facility, logins=options.grant_to)
        context = _context(connection, facility, options=options, report=report)
        anchored = anchor_visits(visits, context.timeline)
        make_plan(patients, anchored, context=context, announce=announce)
        planned = context.plan.counts()
        known = _known_patients(connection, context.plan)
        give_numbers(dsn, context.plan, facility_id=facility.id, known=known)
        added = write_plan(
            connection, context.plan, announce=partial(announce, "Loading the rows")
        )
        granted = grant_wards(connection, people, ward_ids=context.plan.ward_ids())
        report.write(options.report_file)
    return ImportOutcome(
        facility_name=facility.name,
        anchor=context.timeline.anchor.astimezone(facility.zone),
        planned=planned,
        added=added,
        running=_running(context.plan),
        granted=granted,
        report=report,
    )


def _read(
    folder: Path, report: ImportReport, *, announce: Announce
) -> tuple[list[PatientRecord], list[Visit]]:
    announce("Reading the files", 0, 1)
    files = read_files(folder, report)
    visits = build_visits(files, report)
    announce("Reading the files", 1, 1)
    return files.patients, visits


def make_plan(
    patients: Sequence[PatientRecord],
    visits: Sequence[AnchoredVisit],
    *,
    context: ImportContext,
    announce: Announce,
) -> None:
    """Put the rows of patients and visits into the plan; what is left out is reported."""
    stays = {one.visit.key: ward_stays(one, context) for one in visits}
    beds = plan_wards([stay for of_visit in stays.values() for stay in of_visit], context)
    newest = {one.visit.patient.subject_id: one for one in visits}
    for patient in sorted(patients, key=lambda patient: int(patient.subject_id)):
        plan_patient(patient, newest.get(patient.subject_id), context=context)
    for one in sorted(visits, key=lambda one: (stays[one.visit.key][0].begins_at, one.visit.key)):
        plan_visit(one, stays[one.visit.key], beds=beds, context=context)
    plan_sets(visits, context, announce=partial(announce, "Scoring the observations"))


def _context(
    connection: psycopg.Connection[Any],
    facility: Facility,
    *,
    options: ImportOptions,
    report: ImportReport,
) -> ImportContext:
    anchor = keep_anchor(connection, facility, anchor_text=options.anchor)
    return ImportContext(
        facility_id=facility.id,
        floor_id=make_floor(connection, facility),
        beds_per_ward=options.beds_per_ward,
        timeline=Timeline(anchor, facility.zone, completed=options.completed),
        report=report,
    )


def _running(plan: LoadPlan) -> int:
    return sum(row[_DURING].upper is None for row in plan.rows[STAYS])


def _known_patients(connection: psycopg.Connection[Any], plan: LoadPlan) -> set[UUID]:
    ids = [row[0] for row in plan.rows[PATIENTS]]
    found = connection.execute("SELECT id FROM patient.patients WHERE id = ANY (%s)", (ids,))
    return {patient_id for (patient_id,) in found}
