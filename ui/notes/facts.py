"""What of the chart a template is filled with, each value with the time it is from. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import NamedTuple
from uuid import UUID

from ui.devices.words import device_text
from ui.formats import date_text, due_text, moment_text
from ui.observations.charted import latest_in_force
from ui.observations.target_words import range_text
from ui.observations.words import score_text, values_text
from ui.patients.banner import FLAG_WORDS, patient_name, place_text
from ward_app.board.types import BoardBed
from ward_app.core.database import Transaction
from ward_app.devices.pack import device_pack
from ward_app.devices.queries import devices_of
from ward_app.devices.rules import is_in_place
from ward_app.devices.types import Device
from ward_app.measurements.queries import measurement_chart
from ward_app.measurements.types import RecordedMeasurement
from ward_app.notes.queries import own_drafts
from ward_app.notes.types import Draft
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.queries import observation_chart
from ward_app.patients.types import AllergyStatus, FlagKind


class Facts(NamedTuple):
    """What was read of a stay to write about it, at one moment."""

    chart: ObservationChart
    measured: tuple[RecordedMeasurement, ...]
    devices: tuple[Device, ...]
    drafts: tuple[Draft, ...]


def read_facts(tx: Transaction, admission_id: UUID) -> Facts:
    """Return what the chart of a stay knows, and the reader's own drafts.

    Raises:
        NotPermittedError: the chart was not opened in an earlier transaction, or the patient is
            no longer in reach.
    """
    return Facts(
        observation_chart(tx, admission_id),
        measurement_chart(tx, admission_id).sets,
        devices_of(tx, (admission_id,)),
        own_drafts(tx),
    )


def field_texts(row: BoardBed, facts: Facts, zone: tzinfo) -> dict[str, str | None]:
    """Return the words for every field a template may name; None = not recorded."""
    now = facts.chart.read_at
    return {
        **_of_the_stay(row, zone, now),
        **_of_observations(facts.chart, zone, now),
        "pain": _measured(facts.measured, "pain", zone, now),
        "glucose": _measured(facts.measured, "blood_glucose", zone, now),
        "devices": _devices(facts.devices, zone, now),
    }


def _of_the_stay(row: BoardBed, zone: tzinfo, now: datetime) -> dict[str, str | None]:
    leaves = row.expected_discharge_on
    return {
        "patient": patient_name(row),
        "place": f"{place_text(row)}, {row.ward_name}",
        "reason": row.admission_reason,
        "consultant": row.consultant,
        "expected_discharge": date_text(leaves) if leaves else None,
        "allergies": _as_known(_allergies(row), zone, now),
        "alerts": _as_known(_alerts(row), zone, now),
    }


def _of_observations(
    chart: ObservationChart, zone: tzinfo, now: datetime
) -> dict[str, str | None]:
    latest = latest_in_force(chart)
    due = chart.next_due_at
    facts: dict[str, str | None] = {
        "score": None,
        "vital_signs": None,
        "next_due": f"{moment_text(due, zone, now)}, {due_text(due, now)}" if due else None,
    }
    if latest is not None:
        at = moment_text(latest.occurred_at, zone, now)
        facts["score"] = f"{score_text(latest.score)} ({at})"
        wanted = chart.oxygen.target
        target = f" · oxygen target {range_text(wanted)}" if wanted else ""
        facts["vital_signs"] = f"{values_text(replace(latest, score=None))}{target} ({at})"
    return facts


def _measured(
    measured: Iterable[RecordedMeasurement], kind: str, zone: tzinfo, now: datetime
) -> str | None:
    """Return the summary of the newest measurement of a kind in force, with its time."""
    found = [
        one
        for one in measured
        if one.kind == kind and one.superseded_by is None and not one.struck_out
    ]
    if not found:
        return None
    newest = max(found, key=lambda one: (one.occurred_at, one.id))
    return f"{newest.summary} ({moment_text(newest.occurred_at, zone, now)})"


def _devices(devices: Iterable[Device], zone: tzinfo, now: datetime) -> str | None:
    """Return what is in place and since when; None = no device is recorded."""
    kinds = {kind.name: kind for kind in device_pack().kinds}
    words = []
    for device in devices:
        if is_in_place(device) and device.kind in kinds:
            text = device_text(kinds[device.kind], device.site, device.side, device.size)
            at = device.inserted_at
            since = f"since {moment_text(at, zone, now)}" if at else "since when not known"
            words.append(f"{text} ({since})")
    return "; ".join(words) or None


def _allergies(row: BoardBed) -> str | None:
    if row.allergy_status == AllergyStatus.NONE_KNOWN:
        return "no known allergies"
    if row.allergy_status == AllergyStatus.PRESENT:
        return ", ".join(row.allergies or ("see record",))
    return None


def _alerts(row: BoardBed) -> str | None:
    words = [
        f"{FLAG_WORDS[FlagKind(kind)]}{f': {detail}' if detail else ''}"
        for kind, detail in row.flags or ()
    ]
    return ", ".join(words) or None


def _as_known(words: str | None, zone: tzinfo, now: datetime) -> str | None:
    """Return words of the record that bear no time of their own, with when they were read."""
    return f"{words} (record of {moment_text(now, zone, now)})" if words else None
